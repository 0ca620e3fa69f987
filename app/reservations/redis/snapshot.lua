-- One page of holds in lexical order of sessions. A position is {session, given}, where `given` counts the session's rows
-- that were already returned.
-- request  {limit, after = position}
-- returns  {rows, next = position}

local SESSIONS_BEYOND_ROWS = 1000
local rows, next_position = {}, nil
local after = request.after
local from = after and '[' .. after.session or '-'

local function rows_of(record)
  local found = {}
  for _, hold in ipairs((holds_of(record))) do
    local units = largest({ hold.granted, hold.pending })
    local deadline = math.max(hold.granted[1] > 0 and hold.granted[2] or 0, hold.pending[1] > 0 and hold.pending[2] or 0)
    if units > 0 then found[#found + 1] = { productId = hold.product, quantity = units, expiresInMs = deadline * TICK_MS - now_ms } end
  end
  for _, claim in ipairs(record.claims) do
    for _, line in ipairs(claim.lines) do
      found[#found + 1] = { productId = line[1], quantity = line[2], isClaimed = true, checkoutId = claim.checkoutId }
    end
  end
  return found
end

local sessions = call('ZRANGE', NAMES, from, '+', 'BYLEX', 'LIMIT', 0, request.limit + SESSIONS_BEYOND_ROWS)
local is_full = false
for _, session in ipairs(sessions) do
  local found = rows_of(cjson.decode(call('HGET', CARTS, session)))
  local given = after and after.session == session and after.given or 0
  for index = given + 1, #found do
    if #rows == request.limit then
      next_position = { session = session, given = index - 1 }
      is_full = true
      break
    end
    found[index].session = session
    rows[#rows + 1] = found[index]
  end
  if is_full then break end
end
if not is_full and #sessions == request.limit + SESSIONS_BEYOND_ROWS then next_position = { session = sessions[#sessions], given = 1000000 } end
return reply({ rows = rows, next = next_position })
