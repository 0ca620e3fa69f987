-- Step 1 of a reservation: writes what is asked for as pending, and notes what others hold of it.
-- request  {session, operationId, lines, maxLines}
-- answer   {outcome = "placed", others = {held units of each line}} | "busy" | {"checkout_open", claim} | "too_many_lines" | "not_rebuilt"

if not is_rebuilt() then return answer({ outcome = 'not_rebuilt' }) end
local session, lines = request.session, request.lines
local record = find(session) or new_record()
local claim = record.claims[1]
if claim then return answer({ outcome = 'checkout_open', claim = claim }) end
if record.pending and record.pending.op ~= request.operationId then return answer({ outcome = 'busy' }) end
local cart_lines = #with_set(record.granted, lines)
if cart_lines > request.maxLines and cart_lines > #record.granted then return answer({ outcome = 'too_many_lines' }) end
if record.pending == nil then
  change(session, record, lines, function()
    record.pending = { op = request.operationId, lines = lines, deadline = tick_of(now_ms + settings.pending) }
  end)
end
return answer({ outcome = 'placed', others = held(record, products_of(lines)) })
