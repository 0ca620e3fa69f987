-- The claim with this id, or none.
-- request  {claimId}
-- answer   {claim}

return answer({ claim = (find_claim(request.claimId)) })
