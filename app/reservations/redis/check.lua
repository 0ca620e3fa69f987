-- Tries everything that holds need without touching a hold: writes that take memory, each kind of key and command, and an
-- empty message. Runs without base.lua, whose commands would be the first to fail for lack of permissions.
-- KEYS, ARGV  as in base.lua
-- request  {}
-- returns  {outcome = "done", refused = {{command, reason}...}}

local EPOCH, CARTS, NAMES, LAPSES, CLAIMS, AGES, SUMS, BUCKETS, DEADLINES, LEASES, UNSTAMPED = unpack(KEYS)
local settings = cjson.decode(ARGV[1])
local PROBE = '\0probe'
local refused = {}

-- Records refused commands, because the error that Redis raises in a script does not name the command.
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
