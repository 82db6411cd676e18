-- deliveries.sql - webhooks as they came, and those refused: what
-- lib/store/deliveries.c uses.
-- SPDX-License-Identifier: ISC

-- name: delivery_seen
-- Parameters: repo, forge, forge_id (not NULL). Column: id of the first one.
-- Index: deliveries_forge_id.
SELECT id FROM deliveries
WHERE repo = :repo AND forge = :forge AND forge_id = :forge_id

-- name: delivery_nth
-- When the newest but so many came. Parameters: repo, before. Index:
-- deliveries_repo, backwards.
SELECT received_at_ms FROM deliveries WHERE repo = :repo
ORDER BY received_at_ms DESC LIMIT 1 OFFSET :before

-- name: delivery_insert
-- Parameters: a column each; settled NULL while received.
INSERT INTO deliveries (id, repo, forge, forge_id, event, headers,
	remote_addr, received_at_ms, state, verdict, settled_at_ms, body)
VALUES (:id, :repo, :forge, :forge_id, :event, :headers,
	:remote_addr, :now, :state, :verdict, :settled, :body)

-- name: delivery_by_id
-- Parameters: id, the primary key.
SELECT v.id, v.forge, v.forge_id, v.event, v.repo, v.owner, v.name,
	v.headers, v.remote_addr, v.received_at_ms, v.state, v.verdict,
	v.attempts, v.settled_at_ms, v.origin, v.replay_of, v.asked_by,
	d.body, length(d.body) AS body_len
FROM delivery_view v JOIN deliveries d ON d.id = v.id WHERE v.id = :id

-- name: delivery_waiting
-- The first of each repository: pushes are planned in the order in which they
-- came, and a repository with many keeps no other waiting. By rowid, which a
-- clock that is set back does not change. Parameters: max. Index:
-- deliveries_received, which alone is read to find them.
SELECT id, repo, attempts FROM deliveries
WHERE rowid IN (SELECT min(rowid) FROM deliveries
	INDEXED BY deliveries_received WHERE state = 'received' GROUP BY repo)
ORDER BY rowid LIMIT :max

-- name: delivery_state
-- Parameters: id, the primary key. Column: state, a word.
SELECT state FROM deliveries WHERE id = :id

-- name: delivery_attempt
-- Parameters: id, the primary key.
UPDATE deliveries SET attempts = attempts + 1
WHERE id = :id AND state = 'received'

-- name: delivery_move
-- Parameters: id (primary key), from, to, verdict, settled, attempts (NULL:
-- leave them).
UPDATE deliveries SET state = :to, verdict = :verdict,
	settled_at_ms = :settled, attempts = coalesce(:attempts, attempts)
WHERE id = :id AND state = :from

-- name: refusal_insert
-- Parameters: a column each. A trigger keeps the newest 1,000.
INSERT INTO refusals (at_ms, path, remote_addr, status, reason, snippet)
VALUES (:now, :path, :remote_addr, :status, :reason, :snippet)

-- name: refusal_list
-- Parameters: before (an id), limit. The primary key, backwards.
SELECT id, at_ms, path, remote_addr, status, reason, snippet
FROM refusals WHERE id < :before ORDER BY id DESC LIMIT :limit
