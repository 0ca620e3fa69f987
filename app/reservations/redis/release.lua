-- Releases the named granted lines, or all of them without `productIds`, and renews the rest.
-- `seen` is the latest change (`last`) that the caller read, so that a late release frees nothing that was granted since.
-- request  {sessionHash, productIds, seen, operationId}
-- returns  {outcome = "released", lines, view} | "busy" | {"checkout_open", claim} | "changed"

local record = find(request.sessionHash)
if record == nil then return reply({ outcome = 'released', lines = {}, view = view(nil) }) end
local claim = record.claims[1]
if claim then return reply({ outcome = 'checkout_open', claim = claim }) end
if record.pending then return reply({ outcome = 'busy' }) end
if record.last ~= request.seen then return reply({ outcome = 'changed' }) end
local named = {}
for _, product in ipairs(request.productIds or products_of(record.granted)) do named[product] = true end
local released, kept = {}, {}
for _, line in ipairs(record.granted) do
  local list = named[line[1]] and released or kept
  list[#list + 1] = line
end
change(request.sessionHash, record, record.granted, function()
  record.granted = kept
  record.last = request.operationId
  record.deadline = renewed(record)
end)
return reply({ outcome = 'released', lines = released, view = view(record) })
