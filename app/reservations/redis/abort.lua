-- Drops the operation's pending; what was granted stays as it was.
-- request  {sessionHash, operationId}
-- answer   {outcome = "done"}

local record = find(request.sessionHash)
if record and record.pending and record.pending.op == request.operationId then
  change(request.sessionHash, record, record.pending.lines, function()
    record.pending = nil
  end)
end
return answer({ outcome = 'done' })
