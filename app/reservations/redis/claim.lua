-- Binds all granted units of the session to a payment page that is about to be opened, and returns what others hold.
-- request  {sessionHash, claimId, terms if any}
-- returns  {outcome = "claimed", claim, others} | "nothing_held" | "busy" | {"checkout_open", claim} | "not_rebuilt"

if not is_rebuilt() then return reply({ outcome = 'not_rebuilt' }) end
local session, claim_id = request.sessionHash, request.claimId
local known = find_claim(claim_id)
if known and known.session ~= session then error('holdfast: claim ' .. claim_id .. ' belongs to another session') end
local record = find(session)
if record == nil then return reply({ outcome = 'nothing_held' }) end
if known then return reply({ outcome = 'claimed', claim = known, others = held(record, products_of(known.lines)) }) end
local open = record.claims[1]
if open then return reply({ outcome = 'checkout_open', claim = open }) end
if record.pending then return reply({ outcome = 'busy' }) end
if #record.granted == 0 then return reply({ outcome = 'nothing_held' }) end
local claim = { claimId = claim_id, session = session, lines = record.granted, claimedAt = time_ms, epoch = current_epoch, terms = request.terms }
call('HSET', CLAIMS, claim_id, session)
call('ZADD', AGES, time_ms, claim_id)
call('ZADD', UNSTAMPED, time_ms, claim_id)
change(session, record, claim.lines, function()
  record.claims = { claim }
  record.granted = {}
  record.last = nil
end)
return reply({ outcome = 'claimed', claim = claim, others = held(record, products_of(claim.lines)) })
