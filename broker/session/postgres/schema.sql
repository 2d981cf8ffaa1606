CREATE TABLE IF NOT EXISTS lanyard_sessions (
	key     text   PRIMARY KEY,
	version bigint NOT NULL,
	expires bigint NOT NULL, -- nanoseconds since 1970
	owner   text   NOT NULL,
	data    bytea  NOT NULL,
	write   bytea  NOT NULL, -- id of the last write
	number  bigint NOT NULL DEFAULT 0 -- of the last change that was numbered
);
CREATE INDEX IF NOT EXISTS lanyard_sessions_owner ON lanyard_sessions (owner) WHERE owner <> '';
CREATE INDEX IF NOT EXISTS lanyard_sessions_expires ON lanyard_sessions (expires);

-- The number of the last change of each group of keys. Its row is locked while
-- a change is made, so that numbers are committed in their order, and while a
-- lease is renewed, so that the two never miss each other.
CREATE TABLE IF NOT EXISTS lanyard_groups (
	id     integer PRIMARY KEY,
	number bigint  NOT NULL
);
INSERT INTO lanyard_groups SELECT id, 0 FROM generate_series(0, 15) AS id ON CONFLICT DO NOTHING;

-- The last changes of each group, each in the place of one long before.
CREATE TABLE IF NOT EXISTS lanyard_changes (
	group_id integer NOT NULL,
	place    integer NOT NULL,
	number   bigint  NOT NULL,
	key      text    NOT NULL,
	PRIMARY KEY (group_id, place)
);

CREATE TABLE IF NOT EXISTS lanyard_leases (
	node    text   PRIMARY KEY,
	renewal bigint NOT NULL
);

-- Changes a record that is at a version, numbers the change and lists the
-- leases of other nodes. Each statement sees what was committed before it, so
-- the leases are read behind the lock. number is null where the record is not
-- at that version; a change that was made by an earlier call is not made again.
CREATE OR REPLACE FUNCTION lanyard_change(
	in_group integer, in_key text, in_version bigint, in_expires bigint, in_owner text, in_data bytea,
	in_write bytea, in_now bigint, in_kept integer, in_node text, in_ask bigint,
	OUT number bigint, OUT nodes text[], OUT renewals bigint[]
) LANGUAGE plpgsql AS $$
DECLARE
	next bigint;
BEGIN
	SELECT g.number + 1 INTO STRICT next FROM lanyard_groups g WHERE g.id = in_group FOR UPDATE;
	UPDATE lanyard_sessions s
		SET version = in_version + 1, expires = in_expires, owner = in_owner, data = in_data, write = in_write, number = next
		WHERE s.key = in_key AND s.version = in_version AND s.expires > in_now;
	IF FOUND THEN
		number := next;
		UPDATE lanyard_groups g SET number = next WHERE g.id = in_group;
		INSERT INTO lanyard_changes AS c VALUES (in_group, next % in_kept, next, in_key)
			ON CONFLICT (group_id, place) DO UPDATE SET number = excluded.number, key = excluded.key;
		PERFORM pg_notify('lanyard_changes', concat_ws(' ', in_group, next, in_node, in_ask, in_key));
	ELSE
		SELECT s.number INTO number FROM lanyard_sessions s
			WHERE s.key = in_key AND s.version = in_version + 1 AND s.write = in_write;
		IF NOT FOUND THEN
			RETURN;
		END IF;
	END IF;
	SELECT coalesce(array_agg(l.node), '{}'), coalesce(array_agg(l.renewal), '{}') INTO nodes, renewals
		FROM lanyard_leases l WHERE l.node <> in_node;
END $$;

-- Sets a node's lease and tells what changed in all groups above the numbers
-- that it knows.
CREATE OR REPLACE FUNCTION lanyard_renew(
	in_node text, in_renewal bigint, in_groups integer[], in_since bigint[],
	OUT numbers bigint[], OUT changed_groups integer[], OUT changed_numbers bigint[], OUT changed_keys text[],
	OUT nodes text[], OUT renewals bigint[]
) LANGUAGE plpgsql AS $$
BEGIN
	PERFORM g.id FROM lanyard_groups g WHERE g.id = ANY (in_groups) ORDER BY g.id FOR SHARE;
	INSERT INTO lanyard_leases AS l VALUES (in_node, in_renewal)
		ON CONFLICT (node) DO UPDATE SET renewal = greatest(l.renewal, excluded.renewal);
	SELECT array_agg(g.number ORDER BY a.at) INTO numbers
		FROM unnest(in_groups) WITH ORDINALITY AS a(id, at) JOIN lanyard_groups g USING (id);
	SELECT coalesce(array_agg(c.group_id ORDER BY c.group_id, c.number), '{}'),
		coalesce(array_agg(c.number ORDER BY c.group_id, c.number), '{}'),
		coalesce(array_agg(c.key ORDER BY c.group_id, c.number), '{}')
		INTO changed_groups, changed_numbers, changed_keys
		FROM lanyard_changes c JOIN unnest(in_groups, in_since) AS a(id, since) ON c.group_id = a.id AND c.number > a.since;
	SELECT coalesce(array_agg(l.node), '{}'), coalesce(array_agg(l.renewal), '{}') INTO nodes, renewals
		FROM lanyard_leases l WHERE l.node <> in_node;
END $$;
