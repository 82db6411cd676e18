-- counters.sql - numbers: what lib/store/{counters,numbers}.c use.
-- SPDX-License-Identifier: ISC

-- name: counter_add
-- Parameters: name, labels, bucket (-1: a plain counter), repo, n, total.
-- Index: the primary key.
INSERT INTO counters (name, labels, bucket, repo, n, total_ms)
VALUES (:name, :labels, :bucket, :repo, :n, :total)
ON CONFLICT DO UPDATE SET n = n + excluded.n,
	total_ms = total_ms + excluded.total_ms

-- name: counter_add_of_run
-- One more, in the repository of a run. Parameters: name, labels, run (primary
-- key).
INSERT INTO counters (name, labels, repo, n)
SELECT :name, :labels, repo, 1 FROM runs WHERE id = :run
ON CONFLICT DO UPDATE SET n = n + 1

-- name: counter_add_of_delivery
-- One more of a delivery's forge. Parameters: name, id (primary key), state.
INSERT INTO counters (name, labels, n)
SELECT :name, 'forge="' || forge || '",verdict="' || :state || '"', 1
FROM deliveries WHERE id = :id
ON CONFLICT DO UPDATE SET n = n + 1

-- name: counter_run_took
-- Parameter: run (primary key). Column: milliseconds; no row: it never started.
SELECT finished_at_ms - started_at_ms FROM runs
WHERE id = :run AND started_at_ms IS NOT NULL AND finished_at_ms IS NOT NULL

-- name: counter_job_took
-- The newest attempt. Parameter: job (primary key).
SELECT finished_at_ms - started_at_ms FROM jobs
WHERE id = :job AND started_at_ms IS NOT NULL AND finished_at_ms IS NOT NULL

-- name: counter_job_waited
-- Parameter: job (primary key).
SELECT claimed_at_ms - queued_at_ms FROM jobs
WHERE id = :job AND queued_at_ms IS NOT NULL AND claimed_at_ms IS NOT NULL

-- name: counter_step_took
-- Parameters: job, attempt, number: the unique index.
SELECT finished_at_ms - started_at_ms FROM steps
WHERE job = :job AND attempt = :attempt AND number = :number
	AND started_at_ms IS NOT NULL AND finished_at_ms IS NOT NULL

-- name: number_counted
-- Of all repositories. Parameter: name. Index: the primary key, a range.
SELECT labels, bucket, sum(n) AS n, sum(total_ms) AS total_ms FROM counters
WHERE name = :name GROUP BY labels, bucket ORDER BY labels, bucket

-- name: number_counted_by_repo
-- Of each repository; those that are gone, and those that somebody does not
-- see, are one. Parameters: name, sees. Indexes: the primary key, a range, and
-- that of repos.
SELECT c.labels || ',repository="' || coalesce(r.owner || '/' || r.name, '')
	|| '"' AS labels, c.bucket, sum(c.n) AS n, sum(c.total_ms) AS total_ms
FROM counters c LEFT JOIN repos r ON r.id = c.repo AND (:sees IS NULL
	OR r.id IN (SELECT value FROM json_each(:sees)))
WHERE c.name = :name GROUP BY 1, 2 ORDER BY 1, 2

-- name: number_queue_jobs
-- Indexes: jobs_pending, jobs_active: what there is now.
SELECT 'state="pending"' AS labels, count(*) AS n FROM jobs
WHERE state = 'pending'
UNION ALL SELECT 'state="' || state || '"', count(*) FROM jobs
INDEXED BY jobs_active
WHERE state IN ('assigned', 'running', 'completing') GROUP BY state

-- name: number_queue_oldest
-- Milliseconds that the first has waited. Parameter: now. Index: jobs_pending,
-- its first entry.
SELECT '' AS labels, coalesce(max(0, :now - (SELECT queued_at_ms FROM jobs
	WHERE state = 'pending' ORDER BY queued_at_ms LIMIT 1)), 0) AS n

-- name: number_queue_stopped
-- Reads a table of two rows at most.
SELECT 'what="' || w.what || '"' AS labels,
	EXISTS (SELECT 1 FROM queue_stops s WHERE s.what = w.what) AS n
FROM (SELECT 'host' AS what UNION ALL SELECT 'queue') w

-- name: number_leases_over
-- Parameter: now. Index: jobs_active.
SELECT '' AS labels, count(*) AS n FROM jobs INDEXED BY jobs_active
WHERE state IN ('assigned', 'running', 'completing') AND lease_until_ms < :now

-- name: number_runs_active
-- Index: runs_active.
SELECT 'state="' || state || '"' AS labels, count(*) AS n FROM runs
INDEXED BY runs_active WHERE state IN ('pending', 'running') GROUP BY state

-- name: number_gates_open
-- Index: gates_open.
SELECT '' AS labels, count(*) AS n FROM gates WHERE state = 'open'

-- name: number_deliveries_waiting
-- Index: deliveries_received.
SELECT '' AS labels, count(*) AS n FROM deliveries
INDEXED BY deliveries_received WHERE state = 'received'

-- name: number_deliveries_oldest
-- The one that came first stands first in the table. Parameter: now. Index:
-- deliveries_received.
SELECT '' AS labels, coalesce(max(0, :now - (SELECT received_at_ms
	FROM deliveries WHERE rowid = (SELECT min(rowid) FROM deliveries
	INDEXED BY deliveries_received WHERE state = 'received'))), 0) AS n

-- name: number_outbox_queued
-- Index: outbox_once.
SELECT 'kind="' || kind || '"' AS labels, count(*) AS n
FROM outbox INDEXED BY outbox_once WHERE state = 'queued' GROUP BY kind

-- name: number_outbox_oldest
-- Parameter: now. Index: outbox_once, which alone is read to find it.
SELECT '' AS labels, coalesce(max(0, :now - (SELECT queued_at_ms FROM outbox
	WHERE id = (SELECT min(id) FROM outbox INDEXED BY outbox_once
		WHERE state = 'queued'))), 0) AS n

-- name: number_outbox_dead
-- Index: outbox_dead.
SELECT '' AS labels, count(*) AS n FROM outbox INDEXED BY outbox_dead
WHERE state = 'failed'

-- name: number_hosts_left
-- Parameter: now. Reads a small table: hosts that cannot be reached now.
SELECT '' AS labels, count(*) AS n FROM outbox_hosts WHERE until_ms > :now
