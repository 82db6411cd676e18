-- jobs.sql - jobs of runs: what lib/store/{runs,jobs,settle,cancel}.c use.
-- SPDX-License-Identifier: ISC

-- name: job_insert
-- Parameters: a column each; queued and rank NULL while blocked. Column: id.
INSERT INTO jobs (uuid, run, key, title, plan, state, priority, queued_at_ms,
	rank_ms, created_at_ms, updated_at_ms)
VALUES (:uuid, :run, :key, :title, :plan, :state, :priority, :queued,
	:rank, :now, :now)
RETURNING id

-- name: job_need_insert
-- Parameters: job, need.
INSERT INTO job_needs (job, need) VALUES (:job, :need)

-- name: job_by_id
-- Parameters: id, the primary key.
SELECT * FROM job_view WHERE id = :id

-- name: job_list
-- Parameters: run. Index: jobs_run.
SELECT * FROM job_view WHERE run = :run ORDER BY id

-- name: job_needs
-- Parameters: job. The primary keys of job_needs and jobs.
SELECT d.key FROM job_needs n JOIN jobs d ON d.id = n.need
WHERE n.job = :job ORDER BY n.need

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

-- name: job_doomed
-- Blocked jobs of a run that need one which ended without success, with that
-- one's key and state (of the first, if several). Parameters: run. Indexes:
-- jobs_run, primary keys.
SELECT j.id, j.key, min(d.id) AS need_id, d.key AS need,
	d.state AS need_state
FROM jobs j JOIN job_needs n ON n.job = j.id JOIN jobs d ON d.id = n.need
WHERE j.run = :run AND j.state = 'blocked'
	AND d.state IN ('failed', 'cancelled', 'skipped')
GROUP BY j.id

-- name: job_ready
-- Blocked jobs of a run whose needs have all succeeded. Parameters: run.
-- Indexes: jobs_run, primary keys.
SELECT j.id, j.key, j.priority FROM jobs j
WHERE j.run = :run AND j.state = 'blocked' AND NOT EXISTS (
	SELECT 1 FROM job_needs n JOIN jobs d ON d.id = n.need
	WHERE n.job = j.id AND d.state <> 'succeeded')
ORDER BY j.id

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
-- Parameters: id (primary key), reason, exit_code (NULL: none).
UPDATE jobs SET reason = :reason, exit_code = :exit_code, pid = NULL,
	pid_started = NULL, lease_until_ms = NULL
WHERE id = :id

-- name: job_set_cancel
-- Parameters: id (primary key), now, by.
UPDATE jobs SET cancel_at_ms = :now, cancel_by = :by WHERE id = :id
