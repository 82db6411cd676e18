-- outbox.sql - messages to send: what lib/store/outbox.c uses.
-- SPDX-License-Identifier: ISC

-- name: outbox_replaced
-- Parameters: kind, run. Index: outbox_once.
DELETE FROM outbox WHERE run = :run AND kind = :kind AND state = 'queued'

-- name: outbox_insert
-- Parameters: kind, run, data, state (queued), now.
INSERT INTO outbox (kind, run, data, state, due_at_ms, created_at_ms)
VALUES (:kind, :run, :data, :state, :now, :now)

-- name: outbox_due
-- Parameters: now, max. Index: outbox_due.
SELECT id, kind, run, data, attempts, due_at_ms FROM outbox
WHERE state = 'queued' AND due_at_ms <= :now
ORDER BY due_at_ms, id LIMIT :max

-- name: outbox_next_due
-- Column: due_at_ms of the first. Index: outbox_due, its first entry.
SELECT due_at_ms FROM outbox WHERE state = 'queued'
ORDER BY due_at_ms LIMIT 1

-- name: outbox_head
-- Parameters: id, the primary key.
SELECT id, kind, run, state FROM outbox WHERE id = :id

-- name: outbox_sent
-- Parameters: id, the primary key.
DELETE FROM outbox WHERE id = :id AND state = 'queued'

-- name: outbox_failed
-- Parameters: id (primary key), from, to, due_at_ms, error.
UPDATE outbox SET state = :to, attempts = attempts + 1,
	due_at_ms = :due_at_ms, error = :error
WHERE id = :id AND state = :from

-- name: outbox_requeue
-- Parameters: id (primary key), from, to, now.
UPDATE outbox SET state = :to, attempts = 0, due_at_ms = :now
WHERE id = :id AND state = :from
