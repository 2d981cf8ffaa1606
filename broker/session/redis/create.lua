-- Creates a record: 1 if it is there, 0 if another is in its way.
local key = KEYS[1]
local write, now, expires, ttl, owner, data = unpack(ARGV)
local was = redis.call('HMGET', key, 'made', 'expires')
if was[1] == write then -- an earlier try took effect
	redis.call('HSET', key, 'made', write)
	return 1
end
if was[2] and was[2] > now then
	return 0
end
redis.call('DEL', key)
redis.call('HSET', key, 'version', '1', 'expires', expires, 'owner', owner, 'data', data, 'made', write, 'write', write)
redis.call('PEXPIRE', key, ttl)
return 1
