-- Checks whether claims are complete, and otherwise requests the turn to rebuild them. `generation` identifies a new loss.
-- After a loss there is a quiet period, so that leases taken before it, which their holders still rely on, have lapsed.
-- A Redis whose epoch is older than one that the caller knows of counts as lost, for all servers from then on.
-- `unproven`: claims look complete, but the caller does not know yet whether there is a newer epoch. An epoch newer than
-- all it knows needs no proof: it was rebuilt after those, by a server that had read them all.
-- request  {generation, turnMs, quietMs}
-- returns  {outcome = "rebuilt" | "unproven", epoch} | "elsewhere" | {"begun", generation}

local fitting = fitting_epoch()
local is_news = settings.newest and fitting and counter_of(fitting) > counter_of(settings.newest)
if fitting then return cjson.encode({ outcome = (settings.isProven or is_news) and 'rebuilt' or 'unproven', epoch = fitting }) end
local run = run_id()
local epoch = call('HMGET', EPOCH, 'run', 'rebuilt', 'quietUntil', 'rebuilder', 'turnUntil', 'generation')
if epoch[1] ~= run or epoch[2] then
  local quiet_until = time_ms + request.quietMs
  call('HDEL', EPOCH, 'rebuilt', 'rebuilder', 'turnUntil')
  call('HSET', EPOCH, 'run', run, 'generation', request.generation, 'quietUntil', string.format('%.0f', quiet_until))
  epoch = { run, nil, quiet_until, nil, nil, request.generation }
end
-- A time further away than the quiet period itself was set while the clock was ahead.
local quiet_until = tonumber(epoch[3])
if quiet_until > time_ms + request.quietMs then
  quiet_until = time_ms + request.quietMs
  call('HSET', EPOCH, 'quietUntil', string.format('%.0f', quiet_until))
end
if quiet_until > time_ms then return cjson.encode({ outcome = 'elsewhere' }) end
local turn_left = epoch[4] and epoch[4] ~= settings.instance and tonumber(epoch[5]) - time_ms or 0
if turn_left > 0 and turn_left <= request.turnMs then return cjson.encode({ outcome = 'elsewhere' }) end
call('HSET', EPOCH, 'rebuilder', settings.instance, 'turnUntil', string.format('%.0f', time_ms + request.turnMs))
return cjson.encode({ outcome = 'begun', generation = epoch[6] })
