--[[
Accepts a task: acceptance record and start command together, or what is known of that run (laws L1, L2).

KEYS  1 acceptance  2 inbox  3 ready
ARGV  1 body hash  2 acceptance record  3 start command  4 run id
Returns {code, now}; now = TIME in ms
  1 put, 2 duplicate (same hash), 3 conflict (other hash)
]]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local known = redis.call('HGET', KEYS[1], 'hash')
if known then
  if known == ARGV[1] then
    return {2, now}
  end
  return {3, now}
end

redis.call('HSET', KEYS[1], 'hash', ARGV[1], 'record', ARGV[2])
redis.call('XADD', KEYS[2], '*', 'c', ARGV[3])
redis.call('ZADD', KEYS[3], 'NX', now, ARGV[4])
return {1, now}
