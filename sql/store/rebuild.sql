-- rebuild.sql - states as the tables have them, to compare with the events:
-- what lib/store/rebuild.c uses.
-- SPDX-License-Identifier: ISC

-- name: rebuild_next
-- Parameters: after, repo (0: any). Column: the id of the next run. The primary
-- key.
SELECT id FROM runs WHERE id > :after AND (:repo = 0 OR repo = :repo)
ORDER BY id LIMIT 1

-- name: rebuild_run
-- Parameters: run, the primary key.
SELECT 0 AS job, 0 AS attempt, 0 AS step, state FROM runs WHERE id = :run

-- name: rebuild_jobs
-- Parameters: run. Index: jobs_run.
SELECT id AS job, attempt, 0 AS step, state FROM jobs WHERE run = :run
ORDER BY id

-- name: rebuild_steps
-- Of all attempts. Parameters: run. Indexes: jobs_run, (job, attempt, number).
SELECT s.job, s.attempt, s.number AS step, s.state
FROM jobs j CROSS JOIN steps s ON s.job = j.id
WHERE j.run = :run ORDER BY j.id, s.attempt, s.number

-- name: rebuild_set_run
-- Parameters: run (primary key), state, ended (NULL: it has not).
UPDATE runs SET state = :state, finished_at_ms = :ended WHERE id = :run

-- name: rebuild_set_job
-- What the state must have besides, where it is missing. Parameters: job
-- (primary key), state, attempt, at (of the last event), ended (NULL: not).
UPDATE jobs SET state = :state, attempt = :attempt, finished_at_ms = :ended,
	queued_at_ms = coalesce(queued_at_ms, :at),
	rank_ms = coalesce(rank_ms, :at),
	lease_until_ms = coalesce(lease_until_ms, :at)
WHERE id = :job

-- name: rebuild_set_step
-- Parameters: job, attempt, step (its number), state, ended (NULL: not).
-- Index: (job, attempt, number).
UPDATE steps SET state = :state, finished_at_ms = :ended
WHERE job = :job AND attempt = :attempt AND number = :step

-- name: rebuild_lanes
-- Lanes whose counts are wrong. Parameters: repo (0: any). A walk over the
-- lanes; indexes: jobs_ready, jobs_active.
SELECT l.id, p.owner || '/' || p.name AS repo, l.labels, l.ready, l.running,
	l.is_ready, l.is_running
FROM (SELECT id, repo, labels, ready, running,
		(SELECT count(*) FROM jobs j WHERE j.lane = q.id
			AND j.state = 'pending' AND j.not_before_ms = 0)
			AS is_ready,
		(SELECT count(*) FROM jobs j WHERE j.lane = q.id
			AND j.state IN ('assigned', 'running', 'completing'))
			AS is_running
	FROM queue_lanes q) l JOIN repos p ON p.id = l.repo
WHERE (:repo = 0 OR l.repo = :repo)
	AND (l.ready <> l.is_ready OR l.running <> l.is_running)
ORDER BY l.id
