-- Puts a record's key into its owner's index, and what has long expired out.
local index = KEYS[1]
local key, score, ttl, expired = unpack(ARGV)
redis.call('ZREMRANGEBYSCORE', index, '-inf', expired)
redis.call('ZADD', index, 'GT', score, key)
-- Always a write, so that WAIT behind a repeated run covers the first.
redis.call('PEXPIRE', index, math.max(redis.call('PTTL', index), tonumber(ttl)))
return 1
