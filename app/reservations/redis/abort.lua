-- Drops the operation's pending; what was granted stays as it was.
-- request  {session, operationId}
-- answer   {outcome = "done"}

local record = find(request.session)
if record and record.pending and record.pending.op == request.operationId then
  change(request.session, record, record.pending.lines, function()
    record.pending = nil
  end)
end
return answer({ outcome = 'done' })
