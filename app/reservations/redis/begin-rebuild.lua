-- Asks whether claims are complete, and for the turn to rebuild them if not. `generation` is what a new loss is told apart by.
-- A loss is quiet for a while first: leases taken before it still count for their holders, and must have lapsed.
-- request  {generation, turnMs, quietMs}
-- answer   {outcome = "rebuilt"} | "elsewhere" | {"begun", generation}

local run = run_id()
if call('HGET', EPOCH, 'run') ~= run then
  call('DEL', EPOCH)
  call('HSET', EPOCH, 'run', run, 'generation', request.generation, 'quietUntil', string.format('%.0f', now_ms + request.quietMs))
end
local epoch = call('HMGET', EPOCH, 'rebuilt', 'quietUntil', 'rebuilder', 'turnUntil', 'generation')
if epoch[1] == '1' then return cjson.encode({ outcome = 'rebuilt' }) end
if tonumber(epoch[2]) > now_ms then return cjson.encode({ outcome = 'elsewhere' }) end
if epoch[3] and epoch[3] ~= settings.instance and tonumber(epoch[4]) > now_ms then return cjson.encode({ outcome = 'elsewhere' }) end
call('HSET', EPOCH, 'rebuilder', settings.instance, 'turnUntil', string.format('%.0f', now_ms + request.turnMs))
return cjson.encode({ outcome = 'begun', generation = epoch[5] })
