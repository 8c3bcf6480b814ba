--[[
Renews an engine's beat, forgets the dead, and says who is alive.

KEYS  1 engines
ARGV  1 engine id  2 ms after which an engine without a beat is dead
Returns {now, ids}; now = TIME in ms
]]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', '(' .. (now - tonumber(ARGV[2])))
return {now, redis.call('ZRANGE', KEYS[1], 0, -1)}
