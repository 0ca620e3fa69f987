-- Held units of each product, split for the session (none: everybody is another).
-- Not told while claims are lost: it would be too few.
-- request  {sessionHash, productIds}
-- answer   {outcome = "counted", held = {of each product in order}} | "not_rebuilt"

if not is_rebuilt() then return answer({ outcome = 'not_rebuilt' }) end
return answer({ outcome = 'counted', held = held(request.sessionHash and find(request.sessionHash), request.productIds) })
