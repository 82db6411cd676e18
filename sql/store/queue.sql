-- queue.sql - the queue of jobs: what lib/store/queue.c uses.
-- SPDX-License-Identifier: ISC

-- name: queue_wake
-- Pauses that are over. Parameter: now. Index: jobs_paused.
UPDATE jobs SET not_before_ms = 0
WHERE state = 'pending' AND not_before_ms > 0 AND not_before_ms <= :now

-- name: queue_claim
-- Take the job that stands first, in one statement: of the owner that has the
-- fewest running, of its repository that has the fewest, in both cases the one
-- that used less when there are several, of their lanes the one whose first
-- job has the smallest rank, that job. Who may not have another is passed
-- over, with all that is his: the cost is that of the owners, repositories and
-- lanes before it, whatever they have waiting, and whatever was.
-- Parameters: worker, lease_until, to (the word for assigned), now, max_jobs,
-- max_owner, max_repo (of the configuration; 0: no limit). Column: id.
-- Indexes: queue_owners_next, queue_repos_next, queue_lanes_next, jobs_ready.
-- What the attempt before left is cleared.
UPDATE jobs SET state = :to, attempt = attempt + 1, worker = :worker,
	lease_until_ms = :lease_until, pid = NULL, pid_started = NULL,
	reason = NULL, log = NULL, engine = NULL, container = NULL,
	exit_code = NULL, started_at_ms = NULL, claimed_at_ms = :now
WHERE id = (SELECT (SELECT j.id FROM jobs j WHERE j.lane = l.id
			AND j.state = 'pending' AND j.not_before_ms = 0
			ORDER BY j.rank_ms, j.id LIMIT 1)
	FROM queue_owners o
		CROSS JOIN queue_repos r ON r.owner = o.id
		CROSS JOIN queue_lanes l ON l.repo = r.repo
	WHERE NOT EXISTS (SELECT 1 FROM queue_stops)
		AND (:max_jobs = 0 OR (SELECT count(*) FROM jobs WHERE state IN
			('assigned', 'running', 'completing')) < :max_jobs)
		AND o.ready > 0 AND o.paused_at_ms IS NULL
		AND o.running < coalesce(o.max_running,
			nullif(:max_owner, 0), o.running + 1)
		AND r.ready > 0 AND r.paused_at_ms IS NULL
		AND r.running < coalesce(r.max_running,
			nullif(:max_repo, 0), r.running + 1)
		AND l.ready > 0
		AND NOT EXISTS (SELECT 1 FROM queue_labels q
			WHERE instr(char(10) || l.labels || char(10),
				char(10) || q.label || char(10)) > 0
			AND q.max_running <= (SELECT coalesce(sum(a.running), 0)
				FROM queue_lanes a WHERE a.running > 0
				AND instr(char(10) || a.labels || char(10),
				char(10) || q.label || char(10)) > 0))
	ORDER BY o.running, o.used_ms, o.id, r.running, r.used_ms, r.repo,
		(SELECT j.rank_ms FROM jobs j WHERE j.lane = l.id
			AND j.state = 'pending' AND j.not_before_ms = 0
			ORDER BY j.rank_ms LIMIT 1), l.id
	LIMIT 1)
RETURNING id

-- name: queue_waits
-- May there be one to be claimed, or to be woken? Parameter: now. Column: 1 or
-- 0. Indexes: queue_owners_next, jobs_paused.
SELECT EXISTS (SELECT 1 FROM queue_owners WHERE ready > 0)
	OR EXISTS (SELECT 1 FROM jobs WHERE state = 'pending'
		AND not_before_ms > 0 AND not_before_ms <= :now)

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

-- name: queue_recall
-- Those put off to behind a time wait until then: the clock was ahead.
-- Parameter: latest. Index: jobs_paused.
UPDATE jobs SET not_before_ms = :latest
WHERE state = 'pending' AND not_before_ms > 0 AND not_before_ms > :latest

-- name: queue_active
-- All that hold a lease, the one that ends first in front. Index:
-- jobs_active.
SELECT * FROM job_view
WHERE id IN (SELECT id FROM jobs
	WHERE state IN ('assigned', 'running', 'completing'))
ORDER BY id

-- name: queue_charge_repo
-- An attempt is over: the time that it held a slot. Parameters: job (primary
-- key), now. Not negative, and at most a day, should the clock have been set.
UPDATE queue_repos SET used_ms = used_ms + coalesce((SELECT
		max(0, min(:now - j.claimed_at_ms, 86400000))
		FROM jobs j WHERE j.id = :job), 0)
WHERE repo = (SELECT r.repo FROM jobs j JOIN runs r ON r.id = j.run
	WHERE j.id = :job)

-- name: queue_charge_owner
-- The same for the owner.
UPDATE queue_owners SET used_ms = used_ms + coalesce((SELECT
		max(0, min(:now - j.claimed_at_ms, 86400000))
		FROM jobs j WHERE j.id = :job), 0)
WHERE id = (SELECT q.owner FROM jobs j JOIN runs r ON r.id = j.run
	JOIN queue_repos q ON q.repo = r.repo WHERE j.id = :job)

-- name: queue_stats
-- Columns: pending, active. Indexes: jobs_pending, jobs_active.
SELECT (SELECT count(*) FROM jobs WHERE state = 'pending') AS pending,
	(SELECT count(*) FROM jobs
		WHERE state IN ('assigned', 'running', 'completing')) AS active
