-- board.sql - what the first page and the pages of repositories and branches
-- show: what lib/store/board.c uses. `sees` is a JSON array of repositories, or
-- NULL for all (sees.h).
-- SPDX-License-Identifier: ISC

-- name: board_waits
-- What waits for a machine and for people; counted to a hundred. Parameters:
-- sees. Indexes: jobs_pending, gates_open, then primary keys.
SELECT (SELECT count(*) FROM (SELECT 1 FROM jobs j CROSS JOIN runs r
		ON r.id = j.run
		WHERE j.state = 'pending' AND (:sees IS NULL
			OR r.repo IN (SELECT value FROM json_each(:sees)))
		LIMIT 100)) AS jobs,
	(SELECT count(*) FROM (SELECT 1 FROM gates
		WHERE state = 'open' AND kind <> 'timer' AND (:sees IS NULL
			OR repo IN (SELECT value FROM json_each(:sees)))
		LIMIT 100)) AS people

-- name: board_active
-- Runs under way, those that run first, the newest of them in front.
-- Parameters: sees, limit. Index: runs_active.
SELECT v.* FROM run_view v
WHERE v.state IN ('pending', 'running') AND (:sees IS NULL
	OR v.repo IN (SELECT value FROM json_each(:sees)))
ORDER BY v.state DESC, v.id DESC LIMIT :limit

-- name: board_broken
-- Workflows whose newest run on the default branch failed, with the first job
-- that did and what it said; not those whose file is gone. Parameters: sees,
-- limit. Indexes: repos by key, branches by key, jobs_run, annotations by
-- key: a few rows of each repository.
SELECT p.owner, p.name, b.branch, r.workflow, b.file, r.number, r.title,
	r.actor, r.sha, b.at_ms, b.since_ms,
	coalesce(s.number, 0) AS since_number, s.sha AS since_sha,
	s.title AS since_title, s.actor AS since_actor,
	f.key AS job, f.title AS job_title, f.reason,
	CASE WHEN r.problems IS NULL THEN NULL
		ELSE substr(r.problems, 1, 500) END AS problems,
	(SELECT substr(a.message, 1, 500) FROM annotations a
		WHERE a.job = coalesce(f.work, f.id) AND a.level = 'error'
		ORDER BY a.attempt DESC, a.number LIMIT 1) AS message
FROM repos p CROSS JOIN branches b ON b.repo = p.id
		AND b.branch = p.default_branch
	CROSS JOIN runs r ON r.id = b.run
	LEFT JOIN runs s ON s.id = b.since
	LEFT JOIN jobs f ON f.id = (SELECT j.id FROM jobs j
		WHERE j.run = b.run AND j.state = 'failed'
			AND j.continue_on_error = 0
		ORDER BY j.id LIMIT 1)
WHERE b.state = 'failed' AND (:sees IS NULL
		OR p.id IN (SELECT value FROM json_each(:sees)))
	AND (r.problems IS NOT NULL
		OR NOT EXISTS (SELECT 1 FROM workflows w WHERE w.repo = p.id)
		OR EXISTS (SELECT 1 FROM workflows w
			WHERE w.repo = p.id AND w.path = b.file))
ORDER BY b.since_ms DESC LIMIT :limit

-- name: board_repos
-- Repositories, those that were used last in front. Parameters: sees, owner
-- (NULL: of all), limit, skip. Indexes: repos by key; runs_repo, backwards, and
-- branches by key for each of them.
SELECT p.id, p.owner, p.name, p.default_branch,
	coalesce((SELECT max(r.origin) FROM runs r WHERE r.repo = p.id), 0)
		AS newest,
	(SELECT count(*) FROM branches b WHERE b.repo = p.id
		AND b.branch = p.default_branch AND b.state = 'failed')
		AS failing
FROM repos p
WHERE (:owner IS NULL OR p.owner = :owner) AND (:sees IS NULL
	OR p.id IN (SELECT value FROM json_each(:sees)))
ORDER BY newest DESC, p.owner, p.name LIMIT :limit OFFSET :skip

-- name: board_history
-- The newest runs of the default branches of some repositories, each in its
-- newest attempt, oldest first. Parameters: repos (a JSON array of ids), limit
-- (of each). Indexes: runs_branch, backwards; primary keys.
SELECT r.repo, r.number, r.workflow, r.state, r.title, r.created_at_ms,
	coalesce(r.started_at_ms, 0) AS started_at_ms,
	coalesce(r.finished_at_ms, 0) AS finished_at_ms
FROM json_each(:repos) e CROSS JOIN repos p ON p.id = e.value
	CROSS JOIN runs r ON r.id IN (SELECT x.id FROM runs x
		WHERE x.repo = p.id AND x.branch = p.default_branch
			AND NOT EXISTS (SELECT 1 FROM runs n
				WHERE n.origin = x.origin
					AND n.attempt > x.attempt)
		ORDER BY x.origin DESC LIMIT :limit)
ORDER BY r.repo, r.origin

-- name: board_branch_history
-- The same of one branch. Parameters: repo, branch, limit. Index:
-- runs_branch, backwards.
SELECT x.repo, x.number, x.workflow, x.state, x.title, x.created_at_ms,
	coalesce(x.started_at_ms, 0) AS started_at_ms,
	coalesce(x.finished_at_ms, 0) AS finished_at_ms
FROM runs x WHERE x.repo = :repo AND x.branch = :branch
	AND NOT EXISTS (SELECT 1 FROM runs n
		WHERE n.origin = x.origin AND n.attempt > x.attempt)
ORDER BY x.origin DESC LIMIT :limit

-- name: board_branches
-- Branches with their workflows, those that were used last in front.
-- Parameters: repo, limit. Index: branches_used, backwards.
SELECT b.branch, b.file, b.state, b.at_ms, b.since_ms, r.workflow, r.number,
	r.title, r.sha, r.actor
FROM branches b JOIN runs r ON r.id = b.run
WHERE b.repo = :repo ORDER BY b.at_ms DESC LIMIT :limit

-- name: board_projects
-- What all workflows on the default branches did last. Parameters: sees, limit.
-- Indexes: repos by key, branches by key.
SELECT p.id AS repo, p.owner, p.name, b.branch, b.file, b.state, b.at_ms,
	r.workflow, r.number
FROM repos p CROSS JOIN branches b ON b.repo = p.id
		AND b.branch = p.default_branch
	CROSS JOIN runs r ON r.id = b.run
WHERE :sees IS NULL OR p.id IN (SELECT value FROM json_each(:sees))
ORDER BY p.owner, p.name, b.file LIMIT :limit

-- name: board_workflows
-- The workflows of one branch, by file. Parameters: repo, branch: the key.
SELECT b.branch, b.file, b.state, b.at_ms, b.since_ms, r.workflow, r.number,
	r.title, r.sha, r.actor
FROM branches b JOIN runs r ON r.id = b.run
WHERE b.repo = :repo AND b.branch = :branch ORDER BY b.file LIMIT :limit
