// Made of the .lua files beside it by scripts/lua-sources.spec.ts; do not edit.
export const LUA = {
  close: `--[[
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
`,
  replyCounts: `--[[
  replyCounts: how many replies each of these lists holds.

  KEYS     reply lists
  ARGV[1]  the tombstone, which does not count

  Returns  numbers, in the order of KEYS
]]
local counts = {}
for i = 1, #KEYS do
  local length = redis.call('LLEN', KEYS[i])
  -- Only ever pushed on an empty list, a tombstone is the oldest element or not there.
  if length > 0 and redis.call('LINDEX', KEYS[i], -1) == ARGV[1] then length = length - 1 end
  counts[i] = length
end
return counts
`,
  revoke: `--[[
  revoke: takes an assignment back and settles what is known of it. The verdict is stored, so asking again
  gives the same answer, and a delayed \`send\` finds it and sends nothing.

  KEYS[1]  sent marker, hash
  KEYS[2]  queue:<agent>, list
  KEYS[3]  a2a_bridge:removed:<agent>, counter

  ARGV[1]  attempt id
  ARGV[2]  agent
  ARGV[3]  the assignment, exact bytes
  ARGV[4]  incarnation of this server when the attempt was decided: '<run_id>.<master_replid>'
  ARGV[5]  horizon of \`send\`, epoch ms
  ARGV[6]  seconds the marker and the counter live

  Returns  { verdict, took }
           verdict  'never_sent'       no marker, horizon not reached, same incarnation
                    'unclaimed'        exactly one element was taken out of the queue, same incarnation
                    'claimed_or_lost'  anything else
           took     '1' if the agent took other work since the send: only known when unclaimed
]]
local marker = redis.call('HMGET', KEYS[1], 'verdict', 'took', 'attemptId', 'ahead', 'removed')
if marker[1] then return { marker[1], marker[2] or '0' } end

-- INFO is asked here and not by the caller: only so it speaks of the server that runs this very script.
-- Where a script may not ask, nothing is proven and the verdict is the careful one.
local function incarnation()
  local server = redis.pcall('INFO', 'server')
  local replication = redis.pcall('INFO', 'replication')
  if type(server) ~= 'string' or type(replication) ~= 'string' then return nil end
  return (string.match(server, 'run_id:(%w+)') or '') .. '.' .. (string.match(replication, 'master_replid:(%w+)') or '')
end
local unchanged = incarnation() == ARGV[4]

local position = false
local length = 0
local removed = 0
-- A key of another type holds no assignment.
if redis.call('TYPE', KEYS[2]).ok == 'list' then
  position = redis.call('LPOS', KEYS[2], ARGV[3], 'RANK', -1)
  if position then
    length = redis.call('LLEN', KEYS[2])
    removed = redis.call('LREM', KEYS[2], 0, ARGV[3])
  end
end

local verdict = 'claimed_or_lost'
local took = '0'
if unchanged and removed == 1 then
  verdict = 'unclaimed'
  if marker[4] then
    -- Agents take from the right. What went from ahead of us and was not revoked, the agent took. A revoke of
    -- something behind us counts as well: that hides work taken, and never invents any.
    local revoked = math.max(0, tonumber(redis.call('GET', KEYS[3]) or '0') - tonumber(marker[5] or '0'))
    if length - 1 - position + revoked < tonumber(marker[4]) then took = '1' end
  end
elseif unchanged and removed == 0 and not marker[3] then
  local time = redis.call('TIME')
  if time[1] * 1000 + math.floor(time[2] / 1000) <= tonumber(ARGV[5]) then verdict = 'never_sent' end
end

if removed > 0 then
  redis.call('INCRBY', KEYS[3], removed)
  redis.call('EXPIRE', KEYS[3], ARGV[6])
end
if not marker[3] then redis.call('HSET', KEYS[1], 'attemptId', ARGV[1], 'agent', ARGV[2]) end
redis.call('HSET', KEYS[1], 'verdict', verdict, 'took', took)
redis.call('EXPIRE', KEYS[1], ARGV[6])
return { verdict, took }
`,
  send: `--[[
  send: puts one assignment into an agent's queue, once per (run, step, epoch, number), whatever happens to our own store.

  KEYS[1]  sent marker, hash
  KEYS[2]  queue:<agent>, list
  KEYS[3]  a2a_correlation:<taskId>, string
  KEYS[4]  a2a_bridge:removed:<agent>, counter of what \`revoke\` took out of that queue

  ARGV[1]  attempt id
  ARGV[2]  agent
  ARGV[3]  the assignment, exact bytes
  ARGV[4]  seconds of the correlation key
  ARGV[5]  horizon: this server's time after which nothing is sent, epoch ms
  ARGV[6]  seconds the marker lives
  ARGV[7]  value of the correlation key

  Returns  { 'sent', at }                       at: this server's time, epoch ms
           { 'exists', attempt id, agent, at }  the marker was there; nothing was done
           { 'refused' }                        horizon reached, or the number was revoked; nothing was done
]]
local marker = redis.call('HMGET', KEYS[1], 'attemptId', 'agent', 'sentAt', 'verdict')
if marker[4] then return { 'refused' } end
if marker[1] then return { 'exists', marker[1], marker[2], marker[3] } end

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if now > tonumber(ARGV[5]) then return { 'refused' } end

-- First of the writes, because it alone can fail (a queue that is no list), and a script is not rolled back.
local length = redis.call('LPUSH', KEYS[2], ARGV[3])
local at = string.format('%.0f', now)
local removed = redis.call('GET', KEYS[4]) or '0'
redis.call('HSET', KEYS[1], 'attemptId', ARGV[1], 'agent', ARGV[2], 'sentAt', at, 'ahead', length - 1, 'removed', removed)
redis.call('EXPIRE', KEYS[1], ARGV[6])
redis.call('SETEX', KEYS[3], ARGV[4], ARGV[7])
return { 'sent', at }
`,
} as const;
