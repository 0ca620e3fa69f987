-- Returns the claim with this id and its age, if it exists.
-- request  {claimId}
-- returns  {claim, ageMs}

local claim = find_claim(request.claimId)
return reply({ claim = claim, ageMs = claim and time_ms - claim.claimedAt })
