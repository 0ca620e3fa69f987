-- Put before every script: the keys, the arguments, the clock, and whether claims are complete.
--
-- KEYS  the same for every script, all under one hash tag, so each script is one step in one slot of a cluster:
--   1 epoch     hash: which run of Redis the claims were rebuilt in, and who is rebuilding
--   2 carts     hash: session -> its record (JSON, see holds.lua)
--   3 names     sorted set, all scores 0: sessions in lexical order, for pages
--   4 lapses    sorted set: session -> tick of its next deadline
--   5 claims    hash: claim id -> session
--   6 ages      sorted set: claim id -> claimedAt
--   7 sums      hash: tally -> units that count now; also the latest time seen
--   8 buckets   hash: tally and deadline -> units that count until then
--   9 deadlines sorted set, all scores 0: the fields of `buckets` in order
--  10 leases    hash: lease -> its holder (JSON)
-- No key has a TTL: deadlines are in the values, and every verb clears a bounded number of lapsed ones.
-- ARGV  1 settings {instance, channel, offset, ttl, maxAge, pending} (milliseconds), 2 the request; both JSON.
-- RETURNS  JSON. An empty list is an empty object there, because Lua has one kind of table.

local EPOCH, CARTS, NAMES, LAPSES, CLAIMS, AGES, SUMS, BUCKETS, DEADLINES, LEASES = unpack(KEYS)
local call = redis.call
local settings = cjson.decode(ARGV[1])
local request = cjson.decode(ARGV[2])

local TICK_MS = 100
local LATEST_TIME = '\0now'

local function tick_of(milliseconds)
  return math.floor(milliseconds / TICK_MS)
end

-- Deadlines that were dropped must stay dropped, so time does not go back, even where another server of Redis took over.
local function read_clock()
  local time = call('TIME')
  local ms = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000 + settings.offset)
  local latest = tonumber(call('HGET', SUMS, LATEST_TIME) or '0')
  if ms <= latest then return latest end
  call('HSET', SUMS, LATEST_TIME, string.format('%.0f', ms))
  return ms
end

local now_ms = read_clock()
local now = tick_of(now_ms)

-- A restart or a failover may have lost the latest writes: each is another run of Redis.
local function run_id()
  return string.match(call('INFO', 'server'), 'run_id:(%x+)') or 'unknown'
end

local function is_rebuilt()
  local epoch = call('HMGET', EPOCH, 'rebuilt', 'run')
  return epoch[1] == '1' and epoch[2] == run_id()
end
