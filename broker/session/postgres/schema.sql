CREATE TABLE IF NOT EXISTS lanyard_sessions (
	key     text   PRIMARY KEY,
	version bigint NOT NULL,
	expires bigint NOT NULL, -- nanoseconds since 1970
	owner   text   NOT NULL,
	data    bytea  NOT NULL,
	write   bytea  NOT NULL  -- id of the last write
);
CREATE INDEX IF NOT EXISTS lanyard_sessions_owner ON lanyard_sessions (owner) WHERE owner <> '';
CREATE INDEX IF NOT EXISTS lanyard_sessions_expires ON lanyard_sessions (expires);
