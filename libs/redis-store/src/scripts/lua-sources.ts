// Made of the .lua files beside it by scripts/lua-sources.spec.ts; do not edit.
export const LUA = {
  accept: `--[[
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
`,
  append: `--[[
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
`,
  beat: `--[[
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
`,
  drain: `--[[
Reads what a decision needs: the run if the caller's copy is old, and the inbox behind the run's cursor.

KEYS  1 acceptance  2 run  3 outputs  4 inbox
ARGV  1 version the caller holds, '' for none  2 most entries  3 most bytes of entries (the first always comes)
Returns {0} without an acceptance record, else
  {1, now, record or false, run fields or false, outputs or false, entries}; now = TIME in ms
  record only if the caller holds nothing; run fields and outputs (flat field-value lists, empty before the first
  append) only if the caller's version is not the stored one
]]
local held = ARGV[1]
local most = tonumber(ARGV[2])
local room = tonumber(ARGV[3])

local record = false
if held == '' then
  record = redis.call('HGET', KEYS[1], 'record')
  if not record then
    return {0}
  end
elseif redis.call('EXISTS', KEYS[1]) == 0 then
  return {0}
end

local stored = redis.call('HMGET', KEYS[2], 'v', 'c')
local version = stored[1] or '0'
local cursor = stored[2] or '0-0'
local run = false
local outputs = false
if version ~= held then
  run = redis.call('HGETALL', KEYS[2])
  outputs = redis.call('HGETALL', KEYS[3])
end

-- A few at a time: 200 large messages at once would be 200 MiB in here.
local entries = {}
local full = false
while not full do
  local page = redis.call('XRANGE', KEYS[4], '(' .. cursor, '+', 'COUNT', 10)
  for _, entry in ipairs(page) do
    local size = #entry[2][2]
    if #entries > 0 and size > room then
      full = true
      break
    end
    room = room - size
    cursor = entry[1]
    entries[#entries + 1] = entry
    if #entries >= most then
      full = true
      break
    end
  end
  if #page < 10 then
    full = true
  end
end

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
return {1, now, record, run, outputs, entries}
`,
  put: `--[[
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
`,
  remove: `--[[
Deletes everything of a run that has ended; the caller read that at \`version\`, and an ended run stays ended.
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
`,
  sweep: `--[[
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
`,
  task: `--[[
What clients may see of a task, at one moment.

KEYS  1 acceptance  2 run  3 outputs
Returns {} without an acceptance record, else {record, {sv, head, status, meta, msgs}, outputs as a flat list}
  the fields are false and the outputs empty before the first append
]]
local record = redis.call('HGET', KEYS[1], 'record')
if not record then
  return {}
end
return {
  record,
  redis.call('HMGET', KEYS[2], 'sv', 'head', 'status', 'meta', 'msgs'),
  redis.call('HGETALL', KEYS[3]),
}
`,
} as const;
