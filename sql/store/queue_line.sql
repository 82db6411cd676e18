-- queue_line.sql - who waits, in which place and why; pauses and limits: what
-- lib/store/{queue_line,queue_hold}.c use.
-- SPDX-License-Identifier: ISC

-- name: queue_line
-- Waiting jobs in the order in which they would be claimed if nobody ended
-- meanwhile, then those that are held back. The n-th job of a repository is
-- claimed when that has n - 1 more running; so are those of an owner. Reads
-- all that waits (jobs_pending) and nothing of the history. Parameters:
-- max_owner, max_repo (of the configuration; 0: no limit), run and job (0:
-- all), sees, skip, limit.
WITH lanes AS MATERIALIZED (
	SELECT l.id, l.repo, r.owner, r.running, r.used_ms,
		coalesce(r.max_running, nullif(:max_repo, 0)) AS max_running,
		o.running AS owner_running, o.used_ms AS owner_used_ms,
		coalesce(o.max_running, nullif(:max_owner, 0)) AS owner_max,
		(SELECT q.label FROM queue_labels q
			WHERE instr(char(10) || l.labels || char(10),
				char(10) || q.label || char(10)) > 0
			AND q.max_running <= (SELECT coalesce(sum(a.running), 0)
				FROM queue_lanes a WHERE a.running > 0
				AND instr(char(10) || a.labels || char(10),
				char(10) || q.label || char(10)) > 0)
			ORDER BY q.label LIMIT 1) AS label,
		o.name AS owner_name, coalesce(o.paused_by, r.paused_by) AS by,
		CASE WHEN o.paused_at_ms IS NOT NULL THEN o.paused_reason
			ELSE r.paused_reason END AS text,
		o.paused_at_ms IS NOT NULL AS owner_paused,
		r.paused_at_ms IS NOT NULL AS repo_paused
	FROM queue_lanes l JOIN queue_repos r ON r.repo = l.repo
		JOIN queue_owners o ON o.id = r.owner
	WHERE l.id IN (SELECT lane FROM jobs WHERE state = 'pending')
), waiting AS (
	SELECT j.id, l.id AS lane, CASE
			WHEN j.not_before_ms > 0 THEN 'later'
			WHEN l.owner_paused THEN 'owner-paused'
			WHEN l.repo_paused THEN 'repo-paused'
			WHEN l.owner_running >= l.owner_max THEN 'owner-limit'
			WHEN l.running >= l.max_running THEN 'repo-limit'
			WHEN l.label IS NOT NULL THEN 'label-limit'
			ELSE '' END AS held,
		l.repo, l.owner, l.running, l.used_ms, l.owner_running,
		l.owner_used_ms, j.rank_ms
	FROM jobs j JOIN lanes l ON l.id = j.lane
	WHERE j.state = 'pending'
), in_repo AS (
	SELECT w.*, w.running + row_number() OVER (
		PARTITION BY w.held <> '', w.repo ORDER BY w.rank_ms, w.id)
		AS nth
	FROM waiting w
), in_owner AS (
	SELECT w.*, w.owner_running + row_number() OVER (
		PARTITION BY w.held <> '', w.owner
		ORDER BY w.nth, w.used_ms, w.repo) AS owner_nth
	FROM in_repo w
), line AS (
	SELECT w.id, w.lane, w.held, row_number() OVER (ORDER BY w.held <> '',
		w.owner_nth, w.owner_used_ms, w.owner) AS place
	FROM in_owner w
)
SELECT j.id AS job, j.run, p.owner, p.name, r.number, j.key, j.title,
	j.priority, j.attempt, j.queued_at_ms, j.not_before_ms, j.labels,
	j.reason AS text, w.held, CASE w.held WHEN '' THEN w.place
		ELSE 0 END AS place,
	l.running, coalesce(l.max_running, 0) AS max_running, l.owner_running,
	coalesce(l.owner_max, 0) AS owner_max, l.label,
	coalesce(q.max_running, 0) AS label_max, l.by, l.text AS paused_reason
FROM line w JOIN lanes l ON l.id = w.lane JOIN jobs j ON j.id = w.id
	JOIN runs r ON r.id = j.run JOIN repos p ON p.id = r.repo
	LEFT JOIN queue_labels q ON q.label = l.label
WHERE (:run = 0 OR j.run = :run) AND (:job = 0 OR j.id = :job)
	AND (:sees IS NULL OR p.id IN (SELECT value FROM json_each(:sees)))
ORDER BY w.place LIMIT :limit OFFSET :skip

-- name: queue_stops
-- Why nothing is claimed, the host first. At most two rows.
SELECT what = 'host' AS drain, at_ms, by, reason FROM queue_stops
ORDER BY what

-- name: queue_running
-- Jobs that hold a slot. Index: jobs_active.
SELECT count(*) FROM jobs WHERE state IN ('assigned', 'running', 'completing')

-- name: queue_stop
-- Parameters: a column each. No row changes when it stands already.
INSERT INTO queue_stops (what, at_ms, by, reason)
VALUES (:what, :now, :by, :reason) ON CONFLICT (what) DO NOTHING

-- name: queue_go
-- Parameter: what, the primary key.
DELETE FROM queue_stops WHERE what = :what

-- name: queue_pause_owner
-- Parameters: name (unique), now, by, reason. No row changes when it is
-- paused already.
UPDATE queue_owners SET paused_at_ms = :now, paused_by = :by,
	paused_reason = :reason
WHERE name = :name AND paused_at_ms IS NULL

-- name: queue_pause_repo
-- Parameters: repo (primary key), now, by, reason.
UPDATE queue_repos SET paused_at_ms = :now, paused_by = :by,
	paused_reason = :reason
WHERE repo = :repo AND paused_at_ms IS NULL

-- name: queue_resume_owner
-- Parameter: name, unique.
UPDATE queue_owners SET paused_at_ms = NULL, paused_by = NULL,
	paused_reason = NULL
WHERE name = :name AND paused_at_ms IS NOT NULL

-- name: queue_resume_repo
-- Parameter: repo, the primary key.
UPDATE queue_repos SET paused_at_ms = NULL, paused_by = NULL,
	paused_reason = NULL
WHERE repo = :repo AND paused_at_ms IS NOT NULL

-- name: queue_owner_id
-- Parameter: name, unique.
SELECT id FROM queue_owners WHERE name = :name

-- name: queue_limit_owner
-- Parameters: name (unique), max (NULL: the configuration's).
UPDATE queue_owners SET max_running = :max WHERE name = :name

-- name: queue_limit_repo
-- Parameters: repo (primary key), max.
UPDATE queue_repos SET max_running = :max WHERE repo = :repo

-- name: queue_limit_label
-- Parameters: label, max.
INSERT INTO queue_labels (label, max_running) VALUES (:label, :max)
ON CONFLICT (label) DO UPDATE SET max_running = :max

-- name: queue_unlimit_label
-- Parameter: label, the primary key.
DELETE FROM queue_labels WHERE label = :label

-- name: queue_shares
-- What every owner and repository has of the host, that wait, run, or have a
-- limit or a pause. Of an owner what can be seen of him. Parameters: sees, max.
-- Reads a row for each repository.
SELECT o.name AS owner, p.name AS name, q.ready, q.running, q.used_ms,
	coalesce(q.max_running, -1) AS max_running,
	coalesce(q.paused_at_ms, 0) AS paused_at_ms, q.paused_by,
	q.paused_reason, CASE WHEN :sees IS NULL THEN o.ready ELSE
		(SELECT sum(x.ready) FROM queue_repos x WHERE x.owner = o.id
			AND x.repo IN (SELECT value FROM json_each(:sees)))
		END AS owner_ready,
	CASE WHEN :sees IS NULL THEN o.running ELSE
		(SELECT sum(x.running) FROM queue_repos x WHERE x.owner = o.id
			AND x.repo IN (SELECT value FROM json_each(:sees)))
		END AS owner_running,
	o.used_ms AS owner_used_ms,
	coalesce(o.max_running, -1) AS owner_max,
	coalesce(o.paused_at_ms, 0) AS owner_paused_at_ms,
	o.paused_by AS owner_paused_by, o.paused_reason AS owner_paused_reason
FROM queue_owners o JOIN queue_repos q ON q.owner = o.id
	JOIN repos p ON p.id = q.repo
WHERE (q.ready + q.running > 0 OR q.max_running IS NOT NULL
		OR q.paused_at_ms IS NOT NULL OR o.max_running IS NOT NULL
		OR o.paused_at_ms IS NOT NULL)
	AND (:sees IS NULL OR p.id IN (SELECT value FROM json_each(:sees)))
ORDER BY o.name, p.name LIMIT :max

-- name: queue_label_limits
-- All of a small table.
SELECT q.label, q.max_running, (SELECT coalesce(sum(a.running), 0)
	FROM queue_lanes a WHERE a.running > 0
	AND instr(char(10) || a.labels || char(10),
		char(10) || q.label || char(10)) > 0) AS running
FROM queue_labels q ORDER BY q.label

-- name: queue_untold
-- Jobs that wait since before a time and of which nobody was told. Parameters:
-- before, max. Index: jobs_waits_untold, its first entries.
SELECT id FROM jobs
WHERE state = 'pending' AND waits_told_at_ms IS NULL
	AND queued_at_ms <= :before
ORDER BY queued_at_ms LIMIT :max

-- name: queue_told
-- Parameters: id (primary key), now.
UPDATE jobs SET waits_told_at_ms = :now WHERE id = :id

-- name: queue_untold_next
-- Since when the next one waits. Parameter: before. Index: jobs_waits_untold.
SELECT queued_at_ms FROM jobs
WHERE state = 'pending' AND waits_told_at_ms IS NULL
	AND queued_at_ms > :before
ORDER BY queued_at_ms LIMIT 1

-- name: queue_sweep
-- Lanes in which nothing is. Reads a row for each lane.
DELETE FROM queue_lanes WHERE ready = 0 AND running = 0 AND NOT EXISTS
	(SELECT 1 FROM jobs j WHERE j.state = 'pending'
		AND j.not_before_ms > 0 AND j.lane = queue_lanes.id)

-- name: queue_recount_owners
-- Count again what the triggers count: of owners by their repositories. Rows
-- that are right are left alone. Reads each owner's row and repositories.
-- Index: queue_repos_used.
UPDATE queue_owners SET ready = c.ready, running = c.running
FROM (SELECT o.id, (SELECT coalesce(sum(r.ready), 0) FROM queue_repos r
			WHERE r.owner = o.id) AS ready,
		(SELECT coalesce(sum(r.running), 0) FROM queue_repos r
			WHERE r.owner = o.id) AS running
	FROM queue_owners o) c
WHERE c.id = queue_owners.id
	AND (queue_owners.ready, queue_owners.running) <> (c.ready, c.running)

-- name: queue_recount_repos
-- The same of repositories by their lanes. Reads each repository's row and
-- lanes. Index: that of UNIQUE (repo, labels).
UPDATE queue_repos SET ready = c.ready, running = c.running
FROM (SELECT r.repo, (SELECT coalesce(sum(l.ready), 0) FROM queue_lanes l
			WHERE l.repo = r.repo) AS ready,
		(SELECT coalesce(sum(l.running), 0) FROM queue_lanes l
			WHERE l.repo = r.repo) AS running
	FROM queue_repos r) c
WHERE c.repo = queue_repos.repo
	AND (queue_repos.ready, queue_repos.running) <> (c.ready, c.running)

-- name: queue_recount_lanes
-- The same of lanes by their jobs. Reads each lane; of the jobs those that wait
-- or run. Indexes: jobs_ready, jobs_active.
UPDATE queue_lanes SET ready = c.ready, running = c.running
FROM (SELECT l.id, (SELECT count(*) FROM jobs j WHERE j.lane = l.id
			AND j.state = 'pending' AND j.not_before_ms = 0) AS ready,
		(SELECT count(*) FROM jobs j WHERE j.lane = l.id AND j.state IN
			('assigned', 'running', 'completing')) AS running
	FROM queue_lanes l) c
WHERE c.id = queue_lanes.id
	AND (queue_lanes.ready, queue_lanes.running) <> (c.ready, c.running)

-- name: queue_recount_lost
-- Jobs whose lane is gone: the triggers put them into one. Index:
-- jobs_pending; lanes by their key.
UPDATE jobs SET lane = NULL, state = state
WHERE state = 'pending' AND lane IS NOT NULL
	AND NOT EXISTS (SELECT 1 FROM queue_lanes l WHERE l.id = jobs.lane)
