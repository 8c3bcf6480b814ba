--[[
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
