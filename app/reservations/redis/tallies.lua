-- Put before every script of holds: sums of held units.
--
-- Counting is that of the memory driver (`expiring-tally.ts`, `held-ledger.ts`): units are summed by deadline, and time
-- moving on drops whole deadlines. So what has lapsed never counts, whether its record was visited or not.

local NEVER = 99999999999

local function bucket_of(tally, deadline)
  return tally .. '\0' .. string.format('%011d', deadline)
end

-- What the script adds to buckets and sums, by name: kept until `write_tallies`, because a command costs more than an addition.
local added_to_buckets, added_to_sums = {}, {}

local function add_to_sum(name, units)
  added_to_sums[name] = (added_to_sums[name] or 0) + units
end

-- Adds to the fields of the hash. What comes to 0 is left out. Returns the fields that are new, each after a score of 0, and those that went.
local function write_added(hash, added)
  local names, set, new, gone = {}, {}, {}, {}
  for name, units in pairs(added) do
    if units ~= 0 then names[#names + 1] = name end
  end
  if #names == 0 then return new, gone end
  for index, before in ipairs(call('HMGET', hash, unpack(names))) do
    local name = names[index]
    local units = tonumber(before or '0') + added[name]
    if units == 0 then
      gone[#gone + 1] = name
    else
      set[#set + 1] = name
      set[#set + 1] = string.format('%.0f', units)
      if not before then
        new[#new + 1] = 0
        new[#new + 1] = name
      end
    end
  end
  if #set > 0 then call('HSET', hash, unpack(set)) end
  if #gone > 0 then call('HDEL', hash, unpack(gone)) end
  return new, gone
end

-- To be called before a tally is read.
local function write_tallies()
  local new, gone = write_added(BUCKETS, added_to_buckets)
  if #new > 0 then call('ZADD', DEADLINES, unpack(new)) end
  if #gone > 0 then call('ZREM', DEADLINES, unpack(gone)) end
  write_added(SUMS, added_to_sums)
  added_to_buckets, added_to_sums = {}, {}
end

local function tally_at(tally)
  local from, to = '[' .. tally .. '\0', '[' .. bucket_of(tally, now)
  local lapsed = call('ZRANGE', DEADLINES, from, to, 'BYLEX')
  if #lapsed > 0 then
    local units = 0
    for _, bucket in ipairs(lapsed) do
      units = units + tonumber(call('HGET', BUCKETS, bucket))
      call('HDEL', BUCKETS, bucket)
    end
    call('ZREMRANGEBYLEX', DEADLINES, from, to)
    add_to_sum(tally, -units)
    write_tallies()
  end
  return tonumber(call('HGET', SUMS, tally) or '0')
end

-- What has lapsed already is dropped with its whole deadline, so there is nothing to add or to take back.
local function tally_add(tally, deadline, units)
  if deadline <= now or units == 0 then return end
  local bucket = bucket_of(tally, deadline)
  added_to_buckets[bucket] = (added_to_buckets[bucket] or 0) + units
  add_to_sum(tally, units)
end

-- The first deadline at which units other than the session's own lapse.
local function tally_next(tally, own_deadline, own_units)
  local from, to = '(' .. bucket_of(tally, now), '(' .. tally .. '\0:'
  for _, bucket in ipairs(call('ZRANGE', DEADLINES, from, to, 'BYLEX', 'LIMIT', 0, 2)) do
    local deadline = tonumber(string.sub(bucket, -11))
    if deadline == NEVER then return nil end
    if deadline ~= own_deadline or tonumber(call('HGET', BUCKETS, bucket)) ~= own_units then return deadline end
  end
  return nil
end
