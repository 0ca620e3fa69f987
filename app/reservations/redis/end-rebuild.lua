-- Says that the claims are complete, unless data was lost again since this generation began.
-- request  {generation}
-- answer   {outcome = "rebuilt"} | "lost"

local epoch = call('HMGET', EPOCH, 'generation', 'run')
if epoch[1] ~= request.generation or epoch[2] ~= run_id() then return cjson.encode({ outcome = 'lost' }) end
call('HSET', EPOCH, 'rebuilt', '1')
call('HDEL', EPOCH, 'rebuilder', 'turnUntil')
return cjson.encode({ outcome = 'rebuilt' })
