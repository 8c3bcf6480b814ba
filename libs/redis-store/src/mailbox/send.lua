--[[
  send: puts one assignment into an agent's queue, once per (run, step, epoch, number), whatever happens to our own store.

  KEYS[1]  sent marker, hash
  KEYS[2]  queue:<agent>, list
  KEYS[3]  a2a_correlation:<taskId>, string
  KEYS[4]  a2a_bridge:removed:<agent>, counter of what `revoke` took out of that queue

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
