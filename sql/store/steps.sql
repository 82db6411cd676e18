-- steps.sql - steps of jobs: what lib/store/{steps,runs,queue}.c use.
-- SPDX-License-Identifier: ISC

-- name: step_insert
-- Parameters: a column each. Attempt 1, in state queued.
INSERT INTO steps (job, attempt, number, title, command, state)
VALUES (:job, 1, :number, :title, :command, :state)

-- name: step_again
-- The steps of a job for a new attempt, as its first one had them.
-- Parameters: job, attempt, state (queued). Index: (job, attempt, number).
INSERT INTO steps (job, attempt, number, title, command, state)
SELECT job, :attempt, number, title, command, :state FROM steps
WHERE job = :job AND attempt = 1 ORDER BY number

-- name: step_list
-- Steps of a job's newest attempt, or of the job that did its work.
-- Parameters: job. Index: (job, attempt, number).
SELECT s.id, j.id AS job, s.attempt, s.number, s.title, s.command, s.state,
	s.exit_code, s.reason, s.log_offset, s.started_at_ms, s.finished_at_ms
FROM jobs j JOIN step_view s
	ON s.job = coalesce(j.work, j.id) AND s.attempt = max(j.attempt, 1)
WHERE j.id = :job ORDER BY s.number

-- name: step_list_run
-- The same for all jobs of a run. Parameters: run. Indexes: jobs_run, (job,
-- attempt, number).
SELECT s.id, j.id AS job, s.attempt, s.number, s.title, s.command, s.state,
	s.exit_code, s.reason, s.log_offset, s.started_at_ms, s.finished_at_ms
FROM jobs j CROSS JOIN step_view s
	ON s.job = coalesce(j.work, j.id) AND s.attempt = max(j.attempt, 1)
WHERE j.run = :run ORDER BY j.id, s.number

-- name: step_list_jobs
-- The same for some of them. Parameters: run, jobs: a JSON list of their ids.
-- Indexes: the primary key, (job, attempt, number).
SELECT s.id, j.id AS job, s.attempt, s.number, s.title, s.command, s.state,
	s.exit_code, s.reason, s.log_offset, s.started_at_ms, s.finished_at_ms
FROM json_each(:jobs) w CROSS JOIN jobs j ON j.id = w.value
	CROSS JOIN step_view s
	ON s.job = coalesce(j.work, j.id) AND s.attempt = max(j.attempt, 1)
WHERE j.run = :run ORDER BY j.id, s.number

-- name: step_head
-- What a move needs to know. Parameters: job, attempt, number: the unique
-- index.
SELECT id, number, state FROM steps
WHERE job = :job AND attempt = :attempt AND number = :number

-- name: step_open
-- Steps of an attempt that have not ended. Parameters: job, attempt. Index:
-- (job, attempt, number).
SELECT id, number, state FROM steps
WHERE job = :job AND attempt = :attempt AND state IN ('queued', 'running')
ORDER BY number

-- name: step_set_state
-- Parameters: id (primary key), from, to, finished (NULL: not finished).
UPDATE steps SET state = :to, finished_at_ms = :finished
WHERE id = :id AND state = :from

-- name: step_set_started
-- Parameters: id (primary key), log_offset, now, title (NULL: as it was).
UPDATE steps SET log_offset = :log_offset, started_at_ms = :now,
       title = coalesce(:title, title)
WHERE id = :id

-- name: step_set_ended
-- Parameters: id (primary key), exit_code (NULL: none), reason.
UPDATE steps SET exit_code = :exit_code, reason = :reason WHERE id = :id
