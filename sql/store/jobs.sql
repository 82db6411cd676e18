-- jobs.sql - jobs of runs: what lib/store/{jobs,ends,cancel,decisions}.c use.
-- SPDX-License-Identifier: ISC

-- name: job_insert
-- Parameters: a column each; queued, rank and plan NULL while blocked. Column:
-- id.
INSERT INTO jobs (uuid, run, key, title, needs, expanded, plan, why,
	why_values, why_place, reason, continue_on_error, state, labels,
	priority, queued_at_ms, rank_ms, created_at_ms, updated_at_ms)
VALUES (:uuid, :run, :key, :title, :needs, :expanded, :plan, :why,
	:why_values, :why_place, :reason, :continue_on_error, :state,
	:labels, :priority, :queued, :rank, :now, :now)
RETURNING id

-- name: job_by_id
-- Parameters: id, the primary key.
SELECT v.*, j.plan FROM job_view v JOIN jobs j ON j.id = v.work WHERE v.id = :id

-- name: job_list
-- Parameters: run. Index: jobs_run.
SELECT * FROM job_view WHERE run = :run ORDER BY id

-- name: job_head
-- What a move needs to know. Parameters: id, the primary key.
SELECT id, run, key, state, attempt, priority,
	coalesce(cancel_at_ms, 0) AS cancel_at_ms,
	coalesce(cancel_by, '') AS cancel_by
FROM jobs WHERE id = :id

-- name: job_heads
-- The same of all jobs of a run that have not ended. Parameters: run. Index:
-- jobs_run.
SELECT id, run, key, state, attempt, priority,
	coalesce(cancel_at_ms, 0) AS cancel_at_ms,
	coalesce(cancel_by, '') AS cancel_by
FROM jobs
WHERE run = :run
	AND state NOT IN ('succeeded', 'failed', 'cancelled', 'skipped')
ORDER BY id

-- name: job_set_state
-- Parameters: id (primary key), from, to, finished (NULL: not finished),
-- queued and rank (NULL: leave them).
UPDATE jobs SET state = :to, finished_at_ms = :finished,
	queued_at_ms = coalesce(:queued, queued_at_ms),
	rank_ms = coalesce(:rank, rank_ms)
WHERE id = :id AND state = :from

-- name: job_set_started
-- Parameters: id (primary key), engine, container, log, now.
UPDATE jobs SET engine = :engine, container = :container, log = :log,
	started_at_ms = :now
WHERE id = :id

-- name: job_set_ended
-- Parameters: id (primary key), reason, exit_code, outputs, generated and
-- ended_seq (each NULL: none).
UPDATE jobs SET reason = :reason, exit_code = :exit_code, outputs = :outputs,
	generated = :generated, ended_seq = :ended_seq, pid = NULL, pid_started = NULL,
	lease_until_ms = NULL
WHERE id = :id

-- name: job_set_cancel
-- Parameters: id (primary key), now, by.
UPDATE jobs SET cancel_at_ms = :now, cancel_by = :by WHERE id = :id
