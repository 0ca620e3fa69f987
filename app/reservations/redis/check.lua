-- Does once what holds do, on no hold: writes that need room, each kind of key and command, and a message that says nothing.
-- Stands alone: what every other script begins with is the first thing that a right may be missing for.
-- KEYS, ARGV  as in base.lua
-- request  {}
-- answer   {outcome = "done", refused = {{command, reason}...}}

local EPOCH, CARTS, NAMES, LAPSES, CLAIMS, AGES, SUMS, BUCKETS, DEADLINES, LEASES, UNSTAMPED = unpack(KEYS)
local settings = cjson.decode(ARGV[1])
local PROBE = '\0probe'
local refused = {}

-- Inside a script Redis does not say which command it refused.
local function try(command, ...)
  local result = redis.pcall(command, ...)
  if type(result) == 'table' and result.err then refused[#refused + 1] = { command, result.err } end
end

for _, hash in ipairs({ EPOCH, CARTS, CLAIMS, SUMS, BUCKETS, LEASES }) do
  try('HSET', hash, PROBE, '1')
  try('HGET', hash, PROBE)
  try('HMGET', hash, PROBE)
  try('HINCRBY', hash, PROBE, 1)
  try('HDEL', hash, PROBE)
end
for _, sorted in ipairs({ NAMES, LAPSES, AGES, DEADLINES, UNSTAMPED }) do
  try('ZADD', sorted, 0, PROBE)
  try('ZRANGE', sorted, 0, 0)
  try('ZREM', sorted, PROBE)
end
try('ZREMRANGEBYLEX', DEADLINES, '[' .. PROBE, '[' .. PROBE)
try('MEMORY', 'USAGE', EPOCH)
try('INFO', 'server')
try('TIME')
try('PUBLISH', settings.channel, cjson.encode({ instance = settings.instance, changed = {}, expired = {} }))
return cjson.encode({ outcome = 'done', refused = refused })
