-- inbox.sql - deliveries as people look at them: what lib/store/inbox.c uses.
-- SPDX-License-Identifier: ISC

-- name: inbox_place
-- Where a delivery stands in lists. Parameters: id, the primary key.
SELECT received_at_ms AS at, rowid AS place FROM deliveries WHERE id = :id

-- name: inbox_all
-- Parameters: at, place (older than that), limit. Index: deliveries_time, backwards.
SELECT id, forge, forge_id, event, repo, owner, name, headers, remote_addr,
	received_at_ms, state, verdict, attempts, settled_at_ms, origin,
	replay_of, asked_by
FROM delivery_view
WHERE (received_at_ms, place) < (:at, :place)
ORDER BY received_at_ms DESC, place DESC LIMIT :limit

-- name: inbox_state
-- Parameters: state, at, place (older than that), limit. Index: deliveries_state, backwards.
SELECT id, forge, forge_id, event, repo, owner, name, headers, remote_addr,
	received_at_ms, state, verdict, attempts, settled_at_ms, origin,
	replay_of, asked_by
FROM delivery_view
WHERE state = :state AND (received_at_ms, place) < (:at, :place)
ORDER BY received_at_ms DESC, place DESC LIMIT :limit

-- name: inbox_event
-- Parameters: event, state (NULL: any), at, place (older than that), limit. Index: deliveries_event, backwards.
SELECT id, forge, forge_id, event, repo, owner, name, headers, remote_addr,
	received_at_ms, state, verdict, attempts, settled_at_ms, origin,
	replay_of, asked_by
FROM delivery_view
WHERE event = :event AND (received_at_ms, place) < (:at, :place)
	AND (:state IS NULL OR state = :state)
ORDER BY received_at_ms DESC, place DESC LIMIT :limit

-- name: inbox_repo
-- Parameters: repo, at, place (older than that), limit. Index: deliveries_repo, backwards.
SELECT id, forge, forge_id, event, repo, owner, name, headers, remote_addr,
	received_at_ms, state, verdict, attempts, settled_at_ms, origin,
	replay_of, asked_by
FROM delivery_view
WHERE repo = :repo AND (received_at_ms, place) < (:at, :place)
ORDER BY received_at_ms DESC, place DESC LIMIT :limit

-- name: inbox_repo_state
-- Parameters: repo, state, at, place (older than that), limit. Index: deliveries_repo_state, backwards.
SELECT id, forge, forge_id, event, repo, owner, name, headers, remote_addr,
	received_at_ms, state, verdict, attempts, settled_at_ms, origin,
	replay_of, asked_by
FROM delivery_view
WHERE repo = :repo AND state = :state
	AND (received_at_ms, place) < (:at, :place)
ORDER BY received_at_ms DESC, place DESC LIMIT :limit

-- name: inbox_repo_event
-- Parameters: repo, event, state (NULL:
-- any), at, place (older than that), limit. Index: deliveries_repo_event, backwards.
SELECT id, forge, forge_id, event, repo, owner, name, headers, remote_addr,
	received_at_ms, state, verdict, attempts, settled_at_ms, origin,
	replay_of, asked_by
FROM delivery_view
WHERE repo = :repo AND event = :event
	AND (received_at_ms, place) < (:at, :place)
	AND (:state IS NULL OR state = :state)
ORDER BY received_at_ms DESC, place DESC LIMIT :limit

-- name: inbox_seen
-- Of the repositories that somebody sees. Each step takes the newest of the next
-- ones of all of them, so that others cost nothing. Parameters: sees, at, place,
-- limit. Index: deliveries_repo, backwards.
WITH RECURSIVE line (repo, at, place) AS (
	SELECT d.repo, d.received_at_ms, d.rowid
	FROM json_each(:sees) s CROSS JOIN deliveries d ON d.rowid =
		(SELECT x.rowid FROM deliveries x WHERE x.repo = s.value
			AND (x.received_at_ms, x.rowid) < (:at, :place)
		ORDER BY x.received_at_ms DESC, x.rowid DESC LIMIT 1)
	UNION ALL
	SELECT d.repo, d.received_at_ms, d.rowid
	FROM line l CROSS JOIN deliveries d ON d.rowid =
		(SELECT x.rowid FROM deliveries x WHERE x.repo = l.repo
			AND (x.received_at_ms, x.rowid) < (l.at, l.place)
		ORDER BY x.received_at_ms DESC, x.rowid DESC LIMIT 1)
	ORDER BY 2 DESC, 3 DESC LIMIT :limit
)
SELECT v.id, v.forge, v.forge_id, v.event, v.repo, v.owner, v.name, v.headers,
	v.remote_addr, v.received_at_ms, v.state, v.verdict, v.attempts,
	v.settled_at_ms, v.origin, v.replay_of, v.asked_by
FROM line l CROSS JOIN deliveries k ON k.rowid = l.place
	CROSS JOIN delivery_view v ON v.id = k.id
ORDER BY l.at DESC, l.place DESC LIMIT :limit

-- name: inbox_seen_state
-- Parameters: state besides. Index: deliveries_repo_state, backwards.
WITH RECURSIVE line (repo, at, place) AS (
	SELECT d.repo, d.received_at_ms, d.rowid
	FROM json_each(:sees) s CROSS JOIN deliveries d ON d.rowid =
		(SELECT x.rowid FROM deliveries x WHERE x.repo = s.value
			AND x.state = :state
			AND (x.received_at_ms, x.rowid) < (:at, :place)
		ORDER BY x.received_at_ms DESC, x.rowid DESC LIMIT 1)
	UNION ALL
	SELECT d.repo, d.received_at_ms, d.rowid
	FROM line l CROSS JOIN deliveries d ON d.rowid =
		(SELECT x.rowid FROM deliveries x WHERE x.repo = l.repo
			AND x.state = :state
			AND (x.received_at_ms, x.rowid) < (l.at, l.place)
		ORDER BY x.received_at_ms DESC, x.rowid DESC LIMIT 1)
	ORDER BY 2 DESC, 3 DESC LIMIT :limit
)
SELECT v.id, v.forge, v.forge_id, v.event, v.repo, v.owner, v.name, v.headers,
	v.remote_addr, v.received_at_ms, v.state, v.verdict, v.attempts,
	v.settled_at_ms, v.origin, v.replay_of, v.asked_by
FROM line l CROSS JOIN deliveries k ON k.rowid = l.place
	CROSS JOIN delivery_view v ON v.id = k.id
ORDER BY l.at DESC, l.place DESC LIMIT :limit

-- name: inbox_seen_event
-- Parameters: event, state (NULL: any) besides. Index: deliveries_repo_event,
-- backwards.
WITH RECURSIVE line (repo, at, place) AS (
	SELECT d.repo, d.received_at_ms, d.rowid
	FROM json_each(:sees) s CROSS JOIN deliveries d ON d.rowid =
		(SELECT x.rowid FROM deliveries x WHERE x.repo = s.value
			AND x.event = :event
			AND (:state IS NULL OR x.state = :state)
			AND (x.received_at_ms, x.rowid) < (:at, :place)
		ORDER BY x.received_at_ms DESC, x.rowid DESC LIMIT 1)
	UNION ALL
	SELECT d.repo, d.received_at_ms, d.rowid
	FROM line l CROSS JOIN deliveries d ON d.rowid =
		(SELECT x.rowid FROM deliveries x WHERE x.repo = l.repo
			AND x.event = :event
			AND (:state IS NULL OR x.state = :state)
			AND (x.received_at_ms, x.rowid) < (l.at, l.place)
		ORDER BY x.received_at_ms DESC, x.rowid DESC LIMIT 1)
	ORDER BY 2 DESC, 3 DESC LIMIT :limit
)
SELECT v.id, v.forge, v.forge_id, v.event, v.repo, v.owner, v.name, v.headers,
	v.remote_addr, v.received_at_ms, v.state, v.verdict, v.attempts,
	v.settled_at_ms, v.origin, v.replay_of, v.asked_by
FROM line l CROSS JOIN deliveries k ON k.rowid = l.place
	CROSS JOIN delivery_view v ON v.id = k.id
ORDER BY l.at DESC, l.place DESC LIMIT :limit

-- name: inbox_copy
-- Parameters: id (of the copy), now, of (the primary key). What the forge's id
-- was is not taken along: it counts once.
INSERT INTO deliveries (id, repo, forge, event, headers, remote_addr,
	received_at_ms, state, body)
SELECT :id, repo, forge, event, headers, remote_addr, :now, 'received', body
FROM deliveries WHERE id = :of

-- name: inbox_origin
-- Parameters: a column each; the primary key.
INSERT INTO delivery_origins (delivery, origin, replay_of, asked_by, at_ms)
VALUES (:delivery, :origin, :replay_of, :asked_by, :now)
ON CONFLICT (delivery) DO UPDATE SET origin = excluded.origin,
	replay_of = excluded.replay_of, asked_by = excluded.asked_by,
	at_ms = excluded.at_ms

-- name: inbox_waiting
-- How many are not planned yet, at most `max`. Index: deliveries_received.
SELECT count(*) FROM (SELECT 1 FROM deliveries
	INDEXED BY deliveries_received WHERE state = 'received' LIMIT :max)

-- name: inbox_waiting_repo
-- The same of one repository. Parameters: repo, max. Index:
-- deliveries_received.
SELECT count(*) FROM (SELECT 1 FROM deliveries
	INDEXED BY deliveries_received WHERE state = 'received' AND repo = :repo LIMIT :max)

-- name: inbox_remove
-- Those that came before a time and wait for nothing. Parameters: before,
-- limit. Index: deliveries_time.
DELETE FROM deliveries WHERE rowid IN (SELECT rowid FROM deliveries
	WHERE received_at_ms < :before AND state <> 'received'
	ORDER BY received_at_ms LIMIT :limit)
