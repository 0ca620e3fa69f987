-- The claim with this id and its age, or none.
-- request  {claimId}
-- answer   {claim, ageMs}

local claim = find_claim(request.claimId)
return answer({ claim = claim, ageMs = claim and time_ms - claim.claimedAt })
