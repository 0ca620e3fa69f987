-- One page of claims of at least this age, oldest first; with `isUnstamped` only those without a checkout.
-- request  {olderThanMs, limit, isUnstamped, after = {claimedAt, claimId}}
-- returns  {claims}

local index = request.isUnstamped and UNSTAMPED or AGES
local after = request.after
local from = after and string.format('%.0f', after.claimedAt) or '-inf'
local to = string.format('%.0f', time_ms - request.olderThanMs)
local found, outdated, offset = {}, {}, 0

local function is_after(claim)
  if not after or claim.claimedAt > after.claimedAt then return true end
  return claim.claimedAt == after.claimedAt and claim.claimId > after.claimId
end

repeat
  local ids = call('ZRANGE', index, from, to, 'BYSCORE', 'LIMIT', offset, request.limit)
  for _, claim_id in ipairs(ids) do
    local claim = find_claim(claim_id)
    if claim == nil or (request.isUnstamped and claim.checkoutId) then
      outdated[#outdated + 1] = claim_id
    elseif is_after(claim) and #found < request.limit then
      found[#found + 1] = claim
    end
  end
  offset = offset + request.limit
until #ids < request.limit or #found == request.limit
for _, claim_id in ipairs(outdated) do call('ZREM', index, claim_id) end
return reply({ claims = found })
