-- Marks claims as complete, unless data was lost again since this generation began. The new epoch is newer than any that
-- this Redis or the caller knows of; `id` tells it apart from one of another Redis with the same counter.
-- request  {generation, id}
-- returns  {outcome = "rebuilt", epoch} | "lost"

local found = call('HMGET', EPOCH, 'generation', 'run', 'rebuilt', 'epoch')
if found[1] ~= request.generation or found[2] ~= run_id() then return cjson.encode({ outcome = 'lost' }) end
local epoch = found[4] or nil
if found[3] ~= '1' then
  epoch = math.max(counter_of(epoch), counter_of(settings.newest)) + 1 .. '.' .. request.id
  call('HSET', EPOCH, 'rebuilt', '1', 'epoch', epoch)
  call('HDEL', EPOCH, 'rebuilder', 'turnUntil')
end
return cjson.encode({ outcome = 'rebuilt', epoch = epoch })
