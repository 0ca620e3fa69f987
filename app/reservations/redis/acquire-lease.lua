-- Takes a lease that is free or has lapsed. It keeps naming the checkout that its last holder left unsettled; a holder
-- that let it lapse left its own checkout. Refused until claims are rebuilt, except to the rebuilding server: announced
-- moves come before new ones. Idempotent by token.
-- request  {key, checkoutId, token, leaseMs, forRebuild}
-- returns  {outcome = "taken", unsettled} | "busy" | "not_rebuilt"

local is_rebuilder = request.forRebuild and call('HGET', EPOCH, 'rebuilder') == settings.instance
if not is_rebuilder and not is_rebuilt() then return cjson.encode({ outcome = 'not_rebuilt' }) end
local stored = call('HGET', LEASES, request.key)
local lease = stored and cjson.decode(stored) or {}
if lease.token and lease.token ~= request.token then
  if lease.untilMs > time_ms + 2 * request.leaseMs then
    -- Taken while the clock was ahead: the holder may rely on it for its own length, and no longer.
    lease.untilMs = time_ms + request.leaseMs
    call('HSET', LEASES, request.key, cjson.encode(lease))
  end
  if lease.untilMs > time_ms then return cjson.encode({ outcome = 'busy' }) end
  lease.unsettled = lease.unsettled or lease.checkoutId
end
lease.token, lease.checkoutId, lease.untilMs = request.token, request.checkoutId, time_ms + request.leaseMs
call('HSET', LEASES, request.key, cjson.encode(lease))
local is_own = lease.unsettled == request.checkoutId
return cjson.encode({ outcome = 'taken', unsettled = not is_own and lease.unsettled or nil })
