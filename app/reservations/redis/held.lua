-- Returns the held units of each product, split into the session's and others' (all are others' without a session).
-- Refused while claims are lost, because the figures would be too low.
-- request  {sessionHash, productIds}
-- returns  {outcome = "counted", held = {units of each product, in order}} | "not_rebuilt"

if not is_rebuilt() then return reply({ outcome = 'not_rebuilt' }) end
return reply({ outcome = 'counted', held = held(request.sessionHash and find(request.sessionHash), request.productIds) })
