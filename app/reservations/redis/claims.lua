-- Claims at least this old, oldest first.
-- request  {olderThanMs}
-- answer   {claims}

local found = {}
for _, claim_id in ipairs(call('ZRANGE', AGES, '-inf', string.format('%.0f', time_ms - request.olderThanMs), 'BYSCORE')) do
  found[#found + 1] = (find_claim(claim_id))
end
return answer({ claims = found })
