-- Extends the deadline of all granted lines, up to the absolute age.
-- request  {sessionHash}
-- returns  {outcome = "renewed", view} | "nothing_held" | {"checkout_open", claim}

local record = find(request.sessionHash)
local claim = record and record.claims[1]
if claim then return reply({ outcome = 'checkout_open', claim = claim }) end
if record == nil or #record.granted == 0 then return reply({ outcome = 'nothing_held' }) end
change(request.sessionHash, record, record.granted, function()
  record.deadline = renewed(record)
end)
return reply({ outcome = 'renewed', view = view(record) })
