--[[
  revoke: takes an assignment back and settles what is known of it. The verdict is stored, so asking again
  gives the same answer, and a delayed `send` finds it and sends nothing.

  KEYS[1]  sent marker, hash
  KEYS[2]  queue:<agent>, list
  KEYS[3]  a2a_bridge:removed:<agent>, counter

  ARGV[1]  attempt id
  ARGV[2]  agent
  ARGV[3]  the assignment, exact bytes
  ARGV[4]  incarnation of this server when the attempt was decided: '<run_id>.<master_replid>'
  ARGV[5]  horizon of `send`, epoch ms
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
