-- Prelude of every script except check.lua: keys, arguments, clock, and whether claims are complete.
--
-- KEYS  the same for every script, all under one hash tag, so that each script is one atomic step in one cluster slot:
--   1 epoch     hash: the run of Redis that claims were rebuilt in, its epoch, and the rebuilding server
--   2 carts     hash: session -> record (JSON, see holds.lua)
--   3 names     sorted set, all scores 0: sessions in lexical order, for pages
--   4 lapses    sorted set: session -> tick of its next deadline
--   5 claims    hash: claim id -> session
--   6 ages      sorted set: claim id -> claimedAt
--   7 sums      hash: tally -> units that count now; also the latest time seen, and its skew ahead of Redis' clock
--   8 buckets   hash: tally and deadline -> units that count until then
--   9 deadlines sorted set, all scores 0: the fields of `buckets` in order
--  10 leases    hash: lease -> its holder (JSON)
--  11 unstamped sorted set: claim id -> claimedAt of claims without a checkout; may contain stamped or ended claims
-- No key has a TTL: deadlines are in the values, and every operation cleans up a bounded number of lapsed ones.
-- ARGV  both JSON: 1 settings {instance, channel, offset, ttl, maxAge, pending (milliseconds), newest, isProven}, 2 request
--   newest    the newest epoch that the caller knows of, if any
--   isProven  whether the caller is sure that there is no newer one
-- RETURNS  JSON. Empty lists become empty objects, because Lua has only one kind of table.

local EPOCH, CARTS, NAMES, LAPSES, CLAIMS, AGES, SUMS, BUCKETS, DEADLINES, LEASES, UNSTAMPED = unpack(KEYS)
local call = redis.call
local settings = cjson.decode(ARGV[1])
local request = cjson.decode(ARGV[2])

local TICK_MS = 100
local LATEST_TIME, SKEW = '\0now', '\0skew'

local function tick_of(milliseconds)
  return math.floor(milliseconds / TICK_MS)
end

-- Redis' own time, uncorrected. Used only for short durations, which are checked for plausibility, and to date claims.
local function read_time()
  local time = call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000 + settings.offset)
end

-- The store's time. Deadlines that were dropped must stay dropped, so it never goes back, even if another Redis server took
-- over. Nor does it stand still: if Redis' clock goes back, it continues from the latest time seen, ahead by a skew.
local function read_clock(time_ms)
  local known = call('HMGET', SUMS, LATEST_TIME, SKEW)
  local latest, skew = tonumber(known[1] or '0'), tonumber(known[2] or '0')
  local ms = time_ms + skew
  if ms < latest then
    call('HSET', SUMS, SKEW, string.format('%.0f', skew + latest - ms))
    return latest
  end
  if ms > latest then call('HSET', SUMS, LATEST_TIME, string.format('%.0f', ms)) end
  return ms
end

local time_ms = read_time()
local now_ms = read_clock(time_ms)
local now = tick_of(now_ms)

-- Identifies the Redis process. A restart or failover, which may lose the latest writes, is another run.
local function run_id()
  return string.match(call('INFO', 'server'), 'run_id:(%x+)') or 'unknown'
end

-- The counter of an epoch, which is a counter and a random id: `7.x4Tq`. The run alone is not enough: a primary that was
-- failed over and returns without a restart is the same run, and does not know what was sold since.
local function counter_of(epoch)
  return tonumber(string.match(epoch or '', '^(%d+)%.')) or 0
end

-- The epoch, if claims are complete in this Redis as far as the caller can tell; else nil.
local function fitting_epoch()
  local found = call('HMGET', EPOCH, 'rebuilt', 'run', 'epoch')
  local epoch, newest = found[3], settings.newest
  if found[1] ~= '1' or not epoch or found[2] ~= run_id() then return nil end
  if newest and epoch ~= newest and counter_of(epoch) <= counter_of(newest) then return nil end
  return epoch
end

local current_epoch = nil

local function is_rebuilt()
  if settings.isProven then current_epoch = fitting_epoch() end
  return current_epoch ~= nil
end
