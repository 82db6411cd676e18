-- rebuild.sql - states as the tables have them, to compare with the events:
-- what lib/store/rebuild.c uses.
-- SPDX-License-Identifier: ISC

-- name: rebuild_next
-- Parameters: after. Column: the id of the next run. The primary key.
SELECT id FROM runs WHERE id > :after ORDER BY id LIMIT 1

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
