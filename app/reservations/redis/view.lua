-- What the session holds right now, and the operation that changed its granted lines last.
-- request  {sessionHash}
-- answer   {view, last}

local record = find(request.sessionHash)
return answer({ view = view(record), last = record and record.last })
