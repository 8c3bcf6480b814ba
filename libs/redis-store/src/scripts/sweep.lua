--[[
What a partition's owner must look at: due obligations, runs whose input nobody drained, and when to come back.

KEYS  1 agenda  2 ready
ARGV  1 age in ms from which a member of ready is stale  2 most members of each
Returns {now, due, stale, next}; now = TIME in ms
  due = member, score, member, score ...; stale = run ids; next = score of the first member after now, '' if none
]]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'WITHSCORES', 'LIMIT', 0, ARGV[2])
local stale = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now - tonumber(ARGV[1]), 'LIMIT', 0, ARGV[2])
local after = redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. now, '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
return {now, due, stale, after[2] or ''}
