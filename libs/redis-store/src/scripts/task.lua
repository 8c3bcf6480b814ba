--[[
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
