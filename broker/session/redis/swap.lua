-- Changes a record that is as the write "base" left it: 1 if done, 0 if not.
local key = KEYS[1]
local write, now, expires, ttl, owner, data, base, version = unpack(ARGV)
local was = redis.call('HMGET', key, 'write', 'expires')
if was[1] == write then -- an earlier try took effect
	redis.call('HSET', key, 'write', write)
	return 1
end
if was[1] ~= base or was[2] <= now then
	return 0
end
redis.call('HSET', key, 'version', version, 'expires', expires, 'owner', owner, 'data', data, 'write', write)
redis.call('PEXPIRE', key, ttl)
return 1
