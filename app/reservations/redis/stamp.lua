-- Writes the Stripe checkout id on the claim.
-- request  {claimId, checkoutId}
-- returns  {outcome = "stamped"} | "gone"

local claim, record = find_claim(request.claimId)
if claim == nil or (claim.checkoutId and claim.checkoutId ~= request.checkoutId) then return reply({ outcome = 'gone' }) end
claim.checkoutId = request.checkoutId
call('ZREM', UNSTAMPED, claim.claimId)
save(claim.session, record)
return reply({ outcome = 'stamped' })
