--[[
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
