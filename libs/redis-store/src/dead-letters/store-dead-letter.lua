--[[
Stores a dead letter, idempotent by (id, epoch): a newer epoch reopens the same entry, an older or equal one
changes nothing.

KEYS[1] entry (hash)   KEYS[2] index (zset)
ARGV[1] id  ARGV[2] epoch  ARGV[3] when, epoch ms  ARGV[4] the letter as JSON, opaque
Returns 1 = stored, 0 = known already
]]
local entry, index = KEYS[1], KEYS[2]
local id, epoch, at, letter = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4]

local known = tonumber(redis.call('HGET', entry, 'epoch') or '-1')
if known >= epoch then
  return 0
end
redis.call('HSETNX', entry, 'firstSeen', at)
redis.call('HSET', entry, 'epoch', epoch, 'state', 'open', 'lastSeen', at, 'letter', letter)
redis.call('ZADD', index, at, id)
return 1
