-- Prelude of every script for holds: sums of held units.
--
-- Counts like the memory driver (`expiring-tally.ts`, `held-ledger.ts`): units are summed by deadline, and passing time
-- drops whole deadlines. Lapsed holds therefore never count, whether their record was visited or not.

local NEVER = 99999999999

local function bucket_of(tally, deadline)
  return tally .. '\0' .. string.format('%011d', deadline)
end

-- Skips 0, because Redis does not accept Lua's -0 as a number.
local function add_to_sum(name, units)
  if units == 0 then return end
  if call('HINCRBY', SUMS, name, units) == 0 then call('HDEL', SUMS, name) end
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
  end
  return tonumber(call('HGET', SUMS, tally) or '0')
end

-- Ignores lapsed deadlines: they were dropped as a whole, so there is nothing to add or to revert.
local function tally_add(tally, deadline, units)
  if deadline <= now or units == 0 then return end
  local bucket = bucket_of(tally, deadline)
  local left = call('HINCRBY', BUCKETS, bucket, units)
  if left == 0 then
    call('HDEL', BUCKETS, bucket)
    call('ZREM', DEADLINES, bucket)
  elseif left == units then
    call('ZADD', DEADLINES, 0, bucket)
  end
  add_to_sum(tally, units)
end

-- The first deadline at which units of other sessions lapse; nil if none.
local function tally_next(tally, own_deadline, own_units)
  local from, to = '(' .. bucket_of(tally, now), '(' .. tally .. '\0:'
  for _, bucket in ipairs(call('ZRANGE', DEADLINES, from, to, 'BYLEX', 'LIMIT', 0, 2)) do
    local deadline = tonumber(string.sub(bucket, -11))
    if deadline == NEVER then return nil end
    if deadline ~= own_deadline or tonumber(call('HGET', BUCKETS, bucket)) ~= own_units then return deadline end
  end
  return nil
end
