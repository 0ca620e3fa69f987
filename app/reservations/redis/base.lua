-- Put before every script: the keys, the arguments, the clock, and whether claims are complete.
--
-- KEYS  the same for every script, all under one hash tag, so each script is one step in one slot of a cluster:
--   1 epoch     hash: which run of Redis the claims were rebuilt in, under which epoch, and who is rebuilding
--   2 carts     hash: session -> its record (JSON, see holds.lua)
--   3 names     sorted set, all scores 0: sessions in lexical order, for pages
--   4 lapses    sorted set: session -> tick of its next deadline
--   5 claims    hash: claim id -> session
--   6 ages      sorted set: claim id -> claimedAt
--   7 sums      hash: tally -> units that count now; also the latest time seen, and how far it is ahead of Redis' clock
--   8 buckets   hash: tally and deadline -> units that count until then
--   9 deadlines sorted set, all scores 0: the fields of `buckets` in order
--  10 leases    hash: lease -> its holder (JSON)
--  11 unstamped sorted set: claim id -> claimedAt, of claims without a checkout; may name some that have one, or have ended
-- No key has a TTL: deadlines are in the values, and every verb clears a bounded number of lapsed ones.
-- ARGV  1 settings {instance, channel, offset, ttl, maxAge, pending (milliseconds), newest, isProven}, 2 the request; both JSON.
--   newest    the newest epoch that the caller knows of (none: it knows of none)
--   isProven  whether the caller can be sure that there is no newer one
-- RETURNS  JSON. An empty list is an empty object there, because Lua has one kind of table.

local EPOCH, CARTS, NAMES, LAPSES, CLAIMS, AGES, SUMS, BUCKETS, DEADLINES, LEASES, UNSTAMPED = unpack(KEYS)
local call = redis.call
local settings = cjson.decode(ARGV[1])
local request = cjson.decode(ARGV[2])

local TICK_MS = 100
local LATEST_TIME, SKEW = '\0now', '\0skew'

local function tick_of(milliseconds)
  return math.floor(milliseconds / TICK_MS)
end

-- Redis' own time, as it is: what is measured by it is short, and checked for being sane.
local function read_time()
  local time = call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000 + settings.offset)
end

-- Deadlines that were dropped must stay dropped, so the store's time never goes back, even where another server of Redis took
-- over. It does not stand still either: where Redis' clock went back, it goes on from the latest moment, ahead by a skew.
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

-- A restart or a failover may have lost the latest writes: each is another run of Redis.
local function run_id()
  return string.match(call('INFO', 'server'), 'run_id:(%x+)') or 'unknown'
end

-- An epoch is a counter and a random id, `7.x4Tq`. The run alone is not enough: a primary that was left for another, and
-- comes back without a restart, is the same run and knows nothing of what was sold meanwhile.
local function counter_of(epoch)
  return tonumber(string.match(epoch or '', '^(%d+)%.')) or 0
end

-- Whether claims are complete in this Redis, as far as the caller can tell.
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
