--[[
  close: the attempt is settled; nothing of it may stay on this server for ever. An agent's later LPUSH keeps
  the TTL of a list that exists, so an empty list gets an element of ours to carry one.

  KEYS[1]  reply list
  KEYS[2]  a2a_correlation:<taskId>

  ARGV[1]  seconds the reply list lives from now on
  ARGV[2]  the tombstone

  Returns  how many replies the list holds, the tombstone not counted
]]
redis.call('DEL', KEYS[2])
local length = redis.call('LLEN', KEYS[1])
if length == 0 then
  redis.call('LPUSH', KEYS[1], ARGV[2])
  redis.call('EXPIRE', KEYS[1], ARGV[1])
  return 0
end
if redis.call('TTL', KEYS[1]) == -1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
-- Only ever pushed on an empty list, a tombstone is the oldest element or not there.
if redis.call('LINDEX', KEYS[1], -1) == ARGV[2] then length = length - 1 end
return length
