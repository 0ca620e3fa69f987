-- Lowers a claim that has exactly this checkout to these lines. Never raises a quantity; drops products not listed.
-- request  {claimId, checkoutId, lines}
-- returns  {outcome = "lowered"} | "gone"

local claim, record = find_claim(request.claimId)
if claim == nil or claim.checkoutId ~= request.checkoutId then return reply({ outcome = 'gone' }) end
local most = {}
for _, line in ipairs(request.lines) do most[line[1]] = line[2] end
local kept, freed = {}, {}
for _, line in ipairs(claim.lines) do
  local units = math.min(line[2], most[line[1]] or 0)
  if units > 0 then kept[#kept + 1] = { line[1], units } end
  if units < line[2] then freed[#freed + 1] = line end
end
if #freed > 0 then
  change(claim.session, record, freed, function() claim.lines = kept end)
end
return reply({ outcome = 'lowered' })
