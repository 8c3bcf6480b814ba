--[[
Deletes everything of a run that has ended; the caller read that at `version`, and an ended run stays ended.
Undrained input is never thrown away: it must be drained first.

KEYS  1 acceptance  2 inbox  3 input ids  4 run  5 outputs  6 events  7 ready  8 agenda  9 open  10 parked
ARGV  1 run id  2 version at which the caller saw it ended, '' = it saw no run at all
      3 number of agenda members  4.. agenda members, then open attempts
Returns 1 removed (or nothing was there), 0 nothing changed
]]
local version = redis.call('HGET', KEYS[4], 'v') or ''
if version ~= ARGV[2] or redis.call('XLEN', KEYS[2]) > 0 then
  return 0
end
if version == '' and redis.call('EXISTS', KEYS[1]) == 1 then
  return 0
end

redis.call('UNLINK', KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6])
redis.call('ZREM', KEYS[7], ARGV[1])
redis.call('ZREM', KEYS[10], ARGV[1])
local lastAgenda = 3 + tonumber(ARGV[3])
for at = 4, #ARGV do
  if at <= lastAgenda then
    redis.call('ZREM', KEYS[8], ARGV[at])
  else
    redis.call('ZREM', KEYS[9], ARGV[at])
  end
end
return 1
