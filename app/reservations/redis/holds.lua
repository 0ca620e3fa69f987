-- Prelude of every script for holds, after tallies.lua: session records, bounded cleanup, events.
--
-- record  {granted = lines, deadline, first, pending = {op, lines, deadline}, claims = {claim...}, last, clients}
--   Times are ticks; a line is {product id, units}. `first` is the start of the absolute age. `last` identifies the latest
--   change of the granted lines: an operation, or the end of a claim. `clients` are the caps that it counts towards, if any.
-- claim   {claimId, checkoutId, session, lines, claimedAt, epoch, terms}
--   The session's own claim comes first. `claimedAt` is Redis' own time.

local CLAIMED_LINES = '\0claimed lines'
local UNITS, SHOPPING, SESSIONS = 'units', 'shopping', 'sessions'
local CLEANED_PER_STEP = 4

-- Tally names include the length of the product id, so that no id can make its tally a prefix of another's. Tallies of
-- pending units are stored as `undecided`; another name would be a new key layout.
local function firm_of(product) return 'firm\0' .. #product .. ':' .. product end
local function client_of(client) return 'client\0' .. client end
local function pending_of(product) return 'undecided\0' .. #product .. ':' .. product end

-- Records --------------------------------------------------------------------------------------------------------------

local function new_record()
  return { granted = {}, deadline = 0, first = 0, claims = {} }
end

local function is_empty(record)
  return #record.granted == 0 and record.pending == nil and #record.claims == 0
end

-- The session's holds: a list of {product, claimed, granted, pending}, where the last three are layers {units, deadline}.
local function holds_of(record)
  local holds, by_product = {}, {}
  local function hold_of(product)
    local hold = by_product[product]
    if hold == nil then
      hold = { product = product, claimed = { 0, NEVER }, granted = { 0, record.deadline }, pending = { 0, 0 } }
      by_product[product] = hold
      holds[#holds + 1] = hold
    end
    return hold
  end
  for _, line in ipairs(record.granted) do hold_of(line[1]).granted[1] = line[2] end
  if record.pending then
    for _, line in ipairs(record.pending.lines) do hold_of(line[1]).pending = { line[2], record.pending.deadline } end
  end
  for _, claim in ipairs(record.claims) do
    for _, line in ipairs(claim.lines) do
      local claimed = hold_of(line[1]).claimed
      claimed[1] = claimed[1] + line[2]
    end
  end
  return holds, by_product
end

-- Converts layers to steps whose sum at any time equals the largest layer that is live then. `layers` are few.
local function increments(layers)
  table.sort(layers, function(a, b) return a[2] > b[2] end)
  local steps, counted = {}, 0
  for _, layer in ipairs(layers) do
    if layer[1] > counted then
      steps[#steps + 1] = { layer[1] - counted, layer[2] }
      counted = layer[1]
    end
  end
  return steps
end

local function largest(layers)
  local most = 0
  for _, layer in ipairs(layers) do
    if layer[2] > now and layer[1] > most then most = layer[1] end
  end
  return most
end

-- Adds the record's holds to the tallies (sign 1) or removes them (-1).
local function count(record, sign)
  local last = 0
  local function add_units(deadline, units)
    tally_add(UNITS, deadline, units)
    for _, client in ipairs(record.clients or {}) do tally_add(client_of(client.clientId), deadline, units) end
  end
  for _, hold in ipairs((holds_of(record))) do
    local firm, pending = firm_of(hold.product), pending_of(hold.product)
    local has_pending = hold.pending[1] > 0
    for _, step in ipairs(increments({ hold.claimed, hold.granted })) do
      tally_add(firm, step[2], sign * step[1])
      if has_pending then tally_add(pending, step[2], -sign * step[1]) else add_units(step[2], sign * step[1]) end
    end
    if has_pending then
      for _, step in ipairs(increments({ hold.claimed, hold.granted, hold.pending })) do
        tally_add(pending, step[2], sign * step[1])
        add_units(step[2], sign * step[1])
      end
    end
    local shopping = 0
    if hold.granted[1] > 0 then shopping = hold.granted[2] end
    if has_pending then shopping = math.max(shopping, hold.pending[2]) end
    tally_add(SHOPPING, shopping, sign)
    last = math.max(last, shopping, hold.claimed[1] > 0 and NEVER or 0)
  end
  for _, claim in ipairs(record.claims) do add_to_sum(CLAIMED_LINES, sign * #claim.lines) end
  tally_add(SESSIONS, last, sign)
end

local function save(session, record)
  if is_empty(record) then
    call('HDEL', CARTS, session)
    call('ZREM', NAMES, session)
    call('ZREM', LAPSES, session)
    return
  end
  call('HSET', CARTS, session, cjson.encode(record))
  call('ZADD', NAMES, 0, session)
  local lapse = NEVER
  if #record.granted > 0 then lapse = record.deadline end
  if record.pending then lapse = math.min(lapse, record.pending.deadline) end
  if lapse == NEVER then call('ZREM', LAPSES, session) else call('ZADD', LAPSES, lapse, session) end
end

-- Events ---------------------------------------------------------------------------------------------------------------

local changed, changed_products, expired = {}, {}, {}

local function note_changed(lines)
  for _, line in ipairs(lines) do
    if not changed_products[line[1]] then
      changed_products[line[1]] = true
      changed[#changed + 1] = line[1]
    end
  end
end

-- Encodes the script's reply, after publishing all changes in one message.
local function reply(result)
  if #changed > 0 or #expired > 0 then
    -- Without permission for the channel, pages show changes a little later. That must not fail a half-applied operation.
    redis.pcall('PUBLISH', settings.channel, cjson.encode({ instance = settings.instance, changed = changed, expired = expired }))
  end
  result.epoch = current_epoch
  return cjson.encode(result)
end

-- Steps ----------------------------------------------------------------------------------------------------------------

-- Removes lapsed holds from the record. The tallies no longer count them; reading those here only frees their memory.
local function drop_lapsed(session, record)
  local lapsed, is_lapsed = {}, false
  if record.pending and record.pending.deadline <= now then
    for _, line in ipairs(record.pending.lines) do lapsed[#lapsed + 1] = line end
    record.pending = nil
    is_lapsed = true
  end
  if #record.granted > 0 and record.deadline <= now then
    for _, line in ipairs(record.granted) do lapsed[#lapsed + 1] = line end
    expired[#expired + 1] = { session = session, lines = record.granted }
    record.granted = {}
    is_lapsed = true
  end
  if not is_lapsed then return end
  save(session, record)
  note_changed(lapsed)
  for _, line in ipairs(lapsed) do
    tally_at(firm_of(line[1]))
    tally_at(pending_of(line[1]))
  end
  for _, tally in ipairs({ UNITS, SHOPPING, SESSIONS }) do tally_at(tally) end
  for _, client in ipairs(record.clients or {}) do tally_at(client_of(client.clientId)) end
end

-- The session's record without lapsed holds; nil if nothing is left.
local function find(session)
  local stored = call('HGET', CARTS, session)
  if not stored then return nil end
  local record = cjson.decode(stored)
  drop_lapsed(session, record)
  if is_empty(record) then return nil end
  return record
end

local function change(session, record, lines, act)
  count(record, -1)
  act()
  count(record, 1)
  save(session, record)
  note_changed(lines)
end

-- The deadline of the record's granted lines if they are renewed now.
local function renewed(record)
  return math.min(tick_of(now_ms + settings.ttl), record.first + tick_of(settings.maxAge))
end

local function find_claim(claim_id)
  local session = call('HGET', CLAIMS, claim_id)
  if not session then return nil end
  local record = find(session)
  for index, claim in ipairs(record and record.claims or {}) do
    if claim.claimId == claim_id then return claim, record, index end
  end
  error('holdfast: claim ' .. claim_id .. ' is in no record')
end

-- The cart with each of `changes` applied; 0 units remove a line.
local function with_set(lines, changes)
  local set, result = {}, {}
  for _, line in ipairs(changes) do set[line[1]] = line[2] end
  for _, line in ipairs(lines) do
    local units = set[line[1]] or line[2]
    set[line[1]] = nil
    if units > 0 then result[#result + 1] = { line[1], units } end
  end
  for _, line in ipairs(changes) do
    if (set[line[1]] or 0) > 0 then result[#result + 1] = { line[1], line[2] } end
  end
  return result
end

-- Held units of each product, split into the record's and others' (all are others' without a record).
local function held(record, products)
  local by_product = {}
  if record then by_product = select(2, holds_of(record)) end
  local counted = {}
  for index, product in ipairs(products) do
    local firm, pending = tally_at(firm_of(product)), tally_at(pending_of(product))
    local own = by_product[product] or { claimed = { 0, NEVER }, granted = { 0, 0 }, pending = { 0, 0 } }
    local by_you = largest({ own.claimed, own.granted, own.pending })
    local units = firm + pending - by_you
    if units < 0 then error('holdfast: others hold ' .. units .. ' units of ' .. product) end
    local own_deadline, own_units = NEVER, 0
    for _, step in ipairs(increments({ own.claimed, own.granted })) do
      if step[2] ~= NEVER then own_units, own_deadline = step[1], step[2] end
    end
    local next_release = tally_next(firm_of(product), own_deadline, own_units)
    counted[index] = {
      total = firm + pending,
      byYou = by_you,
      units = units,
      pendingUnits = pending - (by_you - largest({ own.claimed, own.granted })),
      nextReleaseInMs = next_release and next_release * TICK_MS - now_ms,
    }
  end
  return counted
end

local function products_of(lines)
  local products = {}
  for index, line in ipairs(lines) do products[index] = line[1] end
  return products
end

-- The session's holds, as `SessionView`.
local function view(record)
  if record == nil or #record.claims > 0 or #record.granted == 0 then
    return { lines = {}, claim = record and record.claims[1] }
  end
  return {
    lines = record.granted,
    expiresInMs = record.deadline * TICK_MS - now_ms,
    renewableForMs = (record.first + tick_of(settings.maxAge)) * TICK_MS - now_ms,
  }
end

for _, session in ipairs(call('ZRANGE', LAPSES, '-inf', now, 'BYSCORE', 'LIMIT', 0, CLEANED_PER_STEP)) do
  local stored = call('HGET', CARTS, session)
  if stored then drop_lapsed(session, cjson.decode(stored)) else call('ZREM', LAPSES, session) end
end
