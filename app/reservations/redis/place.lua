-- Step 1 of a reservation: checks the hints, writes requested units as pending, and returns what others hold of them.
-- request  {sessionHash, operationId, lines, hints = {last stock figure of each line, or null}, maxLines,
--           clients = {{clientId, maxUnits}...} if any}
-- returns  {outcome = "placed" or "cannot_fit", others = {held units of each line}} | "busy" | {"checkout_open", claim}
--           | "too_many_lines" | {"client_full", maxUnits} | "not_rebuilt"

if not is_rebuilt() then return reply({ outcome = 'not_rebuilt' }) end
local session, lines = request.sessionHash, request.lines
local record = find(session) or new_record()
local others, clients = held(record, products_of(lines)), record.clients or request.clients
if request.clients and record.pending == nil then
  local more = 0
  for index, line in ipairs(lines) do more = more + line[2] - others[index].byYou end
  for _, client in ipairs(clients) do
    if more > 0 and tally_at(client_of(client.clientId)) + more > client.maxUnits then
      return reply({ outcome = 'client_full', maxUnits = client.maxUnits })
    end
  end
end
local claim = record.claims[1]
if claim then return reply({ outcome = 'checkout_open', claim = claim }) end
if record.pending and record.pending.op ~= request.operationId then return reply({ outcome = 'busy' }) end
local cart_lines = #with_set(record.granted, lines)
if cart_lines > request.maxLines and cart_lines > #record.granted then return reply({ outcome = 'too_many_lines' }) end
if record.pending == nil then
  for index, line in ipairs(lines) do
    local hint = request.hints[index]
    if hint ~= cjson.null and line[2] > 0 and hint - others[index].units < line[2] then
      return reply({ outcome = 'cannot_fit', others = others })
    end
  end
  change(session, record, lines, function()
    record.pending = { op = request.operationId, lines = lines, deadline = tick_of(now_ms + settings.pending) }
    record.clients = clients
  end)
end
return reply({ outcome = 'placed', others = others })
