-- Turns the operation's pending units into granted ones and renews the cart.
-- request  {sessionHash, operationId}
-- returns  {outcome = "confirmed", view} | "gone"

local record = find(request.sessionHash)
local pending = record and record.pending
if not pending or pending.op ~= request.operationId then
  if record == nil or record.last ~= request.operationId then return reply({ outcome = 'gone' }) end
  return reply({ outcome = 'confirmed', view = view(record) })
end
change(request.sessionHash, record, pending.lines, function()
  if #record.granted == 0 then record.first = now end
  record.granted = with_set(record.granted, pending.lines)
  record.pending = nil
  record.last = request.operationId
  record.deadline = renewed(record)
end)
return reply({ outcome = 'confirmed', view = view(record) })
