-- Restores a claim that Stripe knows about, whatever else is held.
-- request  {claim}
-- returns  {outcome = "done"}

local claim = request.claim
if find_claim(claim.claimId) then return reply({ outcome = 'done' }) end
local record = find(claim.session) or new_record()
call('HSET', CLAIMS, claim.claimId, claim.session)
call('ZADD', AGES, claim.claimedAt, claim.claimId)
if not claim.checkoutId then call('ZADD', UNSTAMPED, claim.claimedAt, claim.claimId) end
change(claim.session, record, claim.lines, function()
  local claimed_at = tick_of(now_ms - math.max(0, time_ms - claim.claimedAt))
  local is_first = #record.granted == 0 and #record.claims == 0
  record.first = is_first and claimed_at or math.min(record.first, claimed_at)
  record.claims[#record.claims + 1] = claim
  -- A pending call must not be confirmed into a cart that is being paid for.
  record.pending = nil
  record.last = nil
end)
return reply({ outcome = 'done' })
