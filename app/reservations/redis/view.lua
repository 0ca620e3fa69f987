-- Returns the session's holds and the latest change of its granted lines (`last`).
-- request  {sessionHash}
-- returns  {view, last}

local record = find(request.sessionHash)
return reply({ view = view(record), last = record and record.last })
