--[[
The only writer of run state (laws L3, L4): everything a decision changed, at the version it was decided on.

KEYS  1 acceptance  2 run  3 outputs  4 events  5 inbox  6 ready  7 agenda  8 open  9 parked
ARGV  1 run id  2 expected version  3 first inbox id to keep, '' = trim nothing  4 parked: '1' put in, '0' take out, '' as is
      5..11 how many values follow of each: events, run fields, outputs, agenda set, agenda removed, open added, open removed
      12..  events: id, json   run fields and outputs: field, value   agenda set: due, member   the others: member
Returns {code, now, more}; now = TIME in ms, more = 1: the inbox still holds entries, so the run stays in ready
  0 conflict: another version, or the run is gone; nothing was changed
  1 appended
]]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local version = redis.call('HGET', KEYS[2], 'v') or '0'
if version ~= ARGV[2] or redis.call('EXISTS', KEYS[1]) == 0 then
  return {0, now, 0}
end

local at = 12
-- unpack fails at about 8,000 values; 1,000 is even, so pairs stay together.
local function chunks(count, write)
  local last = at + tonumber(count) - 1
  while at <= last do
    local to = math.min(at + 999, last)
    write(unpack(ARGV, at, to))
    at = to + 1
  end
end

-- First, because it is the write that can fail (an id that is not above the last one): nothing is half done then.
local afterEvents = at + tonumber(ARGV[5])
while at < afterEvents do
  redis.call('XADD', KEYS[4], ARGV[at], 'e', ARGV[at + 1])
  at = at + 2
end
chunks(ARGV[6], function(...) redis.call('HSET', KEYS[2], ...) end)
chunks(ARGV[7], function(...) redis.call('HSET', KEYS[3], ...) end)
chunks(ARGV[8], function(...) redis.call('ZADD', KEYS[7], ...) end)
chunks(ARGV[9], function(...) redis.call('ZREM', KEYS[7], ...) end)
local afterOpen = at + tonumber(ARGV[10])
while at < afterOpen do
  redis.call('ZADD', KEYS[8], 'NX', now, ARGV[at])
  at = at + 1
end
chunks(ARGV[11], function(...) redis.call('ZREM', KEYS[8], ...) end)

if ARGV[4] == '1' then
  redis.call('ZADD', KEYS[9], 'NX', now, ARGV[1])
elseif ARGV[4] == '0' then
  redis.call('ZREM', KEYS[9], ARGV[1])
end

if ARGV[3] ~= '' then
  redis.call('XTRIM', KEYS[5], 'MINID', '=', ARGV[3])
end
if redis.call('XLEN', KEYS[5]) == 0 then
  redis.call('ZREM', KEYS[6], ARGV[1])
  return {1, now, 0}
end
return {1, now, 1}
