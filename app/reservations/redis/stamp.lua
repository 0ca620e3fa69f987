-- Writes the Stripe checkout id on the claim.
-- request  {claimId, checkoutId}
-- answer   {outcome = "stamped"} | "gone"

local claim, record = find_claim(request.claimId)
if claim == nil or (claim.checkoutId and claim.checkoutId ~= request.checkoutId) then return answer({ outcome = 'gone' }) end
claim.checkoutId = request.checkoutId
call('ZREM', UNSTAMPED, claim.claimId)
save(claim.session, record)
return answer({ outcome = 'stamped' })
