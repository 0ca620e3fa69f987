-- Gives a lease back if it is ours. A predecessor's name stays on it; unsettled, the holder's own checkout does.
-- request  {key, token, settled = true | false | "as_before"}
-- answer   {outcome = "released"} | "lost"

local stored = call('HGET', LEASES, request.key)
local lease = stored and cjson.decode(stored) or {}
if lease.token ~= request.token then return cjson.encode({ outcome = 'lost' }) end
local unsettled = lease.unsettled
if request.settled == true and unsettled == lease.checkoutId then unsettled = nil end
if request.settled == false then unsettled = unsettled or lease.checkoutId end
if unsettled then
  call('HSET', LEASES, request.key, cjson.encode({ unsettled = unsettled }))
else
  call('HDEL', LEASES, request.key)
end
return cjson.encode({ outcome = 'released' })
