-- Extends a lease that the token still holds.
-- request  {key, token, leaseMs}
-- returns  {outcome = "renewed"} | "lost"

local stored = call('HGET', LEASES, request.key)
local lease = stored and cjson.decode(stored) or {}
if lease.token ~= request.token or lease.untilMs <= time_ms then return cjson.encode({ outcome = 'lost' }) end
lease.untilMs = time_ms + request.leaseMs
call('HSET', LEASES, request.key, cjson.encode(lease))
return cjson.encode({ outcome = 'renewed' })
