-- queue.sql - the queue of jobs: what lib/store/queue.c uses.
-- SPDX-License-Identifier: ISC

-- name: queue_claim
-- Take the job that stands first, in one statement. Parameters: worker,
-- lease_until, to (the word for assigned), now. Column: id. Index:
-- jobs_pending, of which the first row is read, and those before it that wait
-- out a pause, however long the queue and the history. What the attempt
-- before left is cleared.
UPDATE jobs SET state = :to, attempt = attempt + 1, worker = :worker,
	lease_until_ms = :lease_until, pid = NULL, pid_started = NULL,
	reason = NULL, log = NULL, engine = NULL, container = NULL,
	exit_code = NULL, started_at_ms = NULL, not_before_ms = 0
WHERE id = (SELECT id FROM jobs WHERE state = 'pending'
	AND not_before_ms <= :now
	ORDER BY rank_ms, id LIMIT 1)
RETURNING id

-- name: queue_process
-- Parameters: job (primary key), attempt, pid, pid_started.
UPDATE jobs SET pid = :pid, pid_started = :pid_started
WHERE id = :job AND attempt = :attempt
	AND state IN ('assigned', 'running', 'completing')

-- name: queue_renew
-- Parameters: job (primary key), attempt, lease_until. Column: whether
-- cancelling was asked for; no row: it is not this attempt's any more.
UPDATE jobs SET lease_until_ms = :lease_until
WHERE id = :job AND attempt = :attempt
	AND state IN ('assigned', 'running', 'completing')
RETURNING cancel_at_ms IS NOT NULL

-- name: queue_give_back
-- Clear what belonged to the lost attempt. Parameters: job (primary key),
-- reason, not_before.
UPDATE jobs SET worker = NULL, pid = NULL, pid_started = NULL,
	lease_until_ms = NULL, reason = :reason, not_before_ms = :not_before
WHERE id = :job

-- name: queue_next
-- When the next pause ends. Parameter: now. Column: not_before_ms. Index:
-- jobs_paused.
SELECT not_before_ms FROM jobs WHERE state = 'pending' AND not_before_ms > 0
	AND not_before_ms > :now
ORDER BY not_before_ms LIMIT 1

-- name: queue_active
-- All that hold a lease, the one that ends first in front. Index:
-- jobs_active.
SELECT * FROM job_view
WHERE id IN (SELECT id FROM jobs
	WHERE state IN ('assigned', 'running', 'completing'))
ORDER BY id

-- name: queue_stats
-- Columns: pending, active. Indexes: jobs_pending, jobs_active.
SELECT (SELECT count(*) FROM jobs WHERE state = 'pending') AS pending,
	(SELECT count(*) FROM jobs
		WHERE state IN ('assigned', 'running', 'completing')) AS active
