-- Releases a lease if the token still holds it. The lease keeps naming a predecessor's unsettled checkout, or the
-- holder's own if that is not settled.
-- request  {key, token, settled = true | false | "as_before"}
-- returns  {outcome = "released"} | "lost"

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
