--[[
Puts a command other than a start into the inbox of an accepted run, once per input id.

KEYS  1 acceptance  2 inbox  3 input ids  4 ready
ARGV  1 input id  2 command  3 run id
Returns {code, now}; now = TIME in ms
  0 no acceptance record, 1 put, 2 duplicate
]]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

if redis.call('EXISTS', KEYS[1]) == 0 then
  return {0, now}
end
if redis.call('SADD', KEYS[3], ARGV[1]) == 0 then
  return {2, now}
end
redis.call('XADD', KEYS[2], '*', 'c', ARGV[2])
redis.call('ZADD', KEYS[4], 'NX', now, ARGV[3])
return {1, now}
