-- Drops the operation's pending units and leaves granted ones unchanged.
-- request  {sessionHash, operationId}
-- returns  {outcome = "done"}

local record = find(request.sessionHash)
if record and record.pending and record.pending.op == request.operationId then
  change(request.sessionHash, record, record.pending.lines, function()
    record.pending = nil
  end)
end
return reply({ outcome = 'done' })
