-- Ends a claim that has exactly this checkout (none if `checkoutId` is absent). `to` = "shopper" makes its units granted.
-- request  {claimId, checkoutId, to}
-- returns  {outcome = "ended", claim} | "gone"

local claim, record, index = find_claim(request.claimId)
if claim == nil or claim.checkoutId ~= request.checkoutId then return reply({ outcome = 'gone' }) end
call('HDEL', CLAIMS, claim.claimId)
call('ZREM', AGES, claim.claimId)
call('ZREM', UNSTAMPED, claim.claimId)
change(claim.session, record, claim.lines, function()
  table.remove(record.claims, index)
  local deadline = renewed(record)
  if request.to ~= 'shopper' or deadline <= now then return end
  local units = {}
  for _, line in ipairs(record.granted) do units[line[1]] = line[2] end
  local least = {}
  for _, line in ipairs(claim.lines) do least[#least + 1] = { line[1], math.max(units[line[1]] or 0, line[2]) } end
  record.granted = with_set(record.granted, least)
  record.deadline = deadline
  record.last = 'claim ' .. claim.claimId
end)
return reply({ outcome = 'ended', claim = claim })
