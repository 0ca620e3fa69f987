-- Returns totals over all live holds, and Redis' own estimate of their memory.
-- request  {}
-- returns  {shopping, checkout, units, sessions, bytes}

local bytes = 0
for _, key in ipairs(KEYS) do bytes = bytes + (call('MEMORY', 'USAGE', key, 'SAMPLES', 20) or 0) end
return reply({
  shopping = tally_at(SHOPPING),
  checkout = tonumber(call('HGET', SUMS, CLAIMED_LINES) or '0'),
  units = tally_at(UNITS),
  sessions = tally_at(SESSIONS),
  bytes = bytes,
})
