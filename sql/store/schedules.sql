-- schedules.sql - workflows and schedules: what lib/store/schedules.c uses.
-- SPDX-License-Identifier: ISC

-- name: workflow_forget
-- Parameters: repo. Primary key.
DELETE FROM workflows WHERE repo = :repo

-- name: workflow_put
-- Parameters: a column each.
INSERT INTO workflows (repo, path, name, config, by_hand)
VALUES (:repo, :path, :name, :config, :by_hand)

-- name: workflow_list
-- Parameters: repo. Columns of struct workflow_row. Primary key.
SELECT w.path, w.name, w.by_hand FROM workflows w
WHERE w.repo = :repo ORDER BY w.path

-- name: workflow_text
-- Parameters: repo, path: the primary key; then that of pipeline_configs.
-- Columns of struct workflow_row.
SELECT w.path, w.name, w.by_hand, c.text FROM workflows w
JOIN pipeline_configs c ON c.id = w.config
WHERE w.repo = :repo AND w.path = :path

-- name: schedule_insert
-- Parameters: a column each. Column: id.
INSERT INTO schedules (repo, workflow, cron, timezone, added_by, ref, inputs,
	due_at_ms, created_at_ms)
VALUES (:repo, :workflow, :cron, :timezone, :by, :ref, :inputs, :due, :now)
RETURNING id

-- name: schedule_count
-- Parameters: repo. Column: how many it has, which is bounded. Index:
-- schedules_repo.
SELECT count(*) FROM schedules WHERE repo = :repo

-- name: schedule_list
-- Those behind an id. Parameters: repo (0: of all), after, limit. Columns of
-- struct schedule. Index: the primary key.
SELECT s.id, s.repo, r.owner, r.name, s.workflow, s.cron, s.timezone,
	s.added_by, s.ref, s.inputs, s.paused_by,
	coalesce(s.due_at_ms, 0) AS due_at_ms,
	coalesce(s.fired_at_ms, 0) AS fired_at_ms
FROM schedules s JOIN repos r ON r.id = s.repo
WHERE s.id > :after ORDER BY s.id LIMIT :limit

-- name: schedule_list_repo
-- The same of one repository. Parameters: repo, after, limit. Index:
-- schedules_repo.
SELECT s.id, s.repo, r.owner, r.name, s.workflow, s.cron, s.timezone,
	s.added_by, s.ref, s.inputs, s.paused_by,
	coalesce(s.due_at_ms, 0) AS due_at_ms,
	coalesce(s.fired_at_ms, 0) AS fired_at_ms
FROM schedules s JOIN repos r ON r.id = s.repo
WHERE s.repo = :repo AND s.id > :after ORDER BY s.id LIMIT :limit

-- name: schedule_find
-- Parameters: id, the primary key. Columns of struct schedule.
SELECT s.id, s.repo, r.owner, r.name, s.workflow, s.cron, s.timezone,
	s.added_by, s.ref, s.inputs, s.paused_by,
	coalesce(s.due_at_ms, 0) AS due_at_ms,
	coalesce(s.fired_at_ms, 0) AS fired_at_ms
FROM schedules s JOIN repos r ON r.id = s.repo
WHERE s.id = :id

-- name: schedule_due
-- Parameters: now, limit. Columns of struct schedule, what is due longest
-- first. Index: schedules_due.
SELECT s.id, s.repo, r.owner, r.name, s.workflow, s.cron, s.timezone,
	s.added_by, s.ref, s.inputs, s.paused_by,
	coalesce(s.due_at_ms, 0) AS due_at_ms,
	coalesce(s.fired_at_ms, 0) AS fired_at_ms
FROM schedules s JOIN repos r ON r.id = s.repo
WHERE s.paused_by IS NULL AND s.due_at_ms <= :now
ORDER BY s.due_at_ms LIMIT :limit

-- name: schedule_next
-- Column: when the next is due. Index: schedules_due, of which the first entry
-- is read.
SELECT min(due_at_ms) FROM schedules
WHERE paused_by IS NULL AND due_at_ms IS NOT NULL

-- name: schedule_move
-- Parameters: id (primary key), due (NULL: never), fired (NULL: it did not).
UPDATE schedules SET due_at_ms = :due,
	fired_at_ms = coalesce(:fired, fired_at_ms)
WHERE id = :id

-- name: schedule_pause
-- Parameters: id (primary key), by (NULL: it goes on), due.
UPDATE schedules SET paused_by = :by, due_at_ms = :due WHERE id = :id

-- name: schedule_delete
-- Parameters: id (primary key).
DELETE FROM schedules WHERE id = :id
