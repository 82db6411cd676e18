-- run_search.sql - runs that fit a description: what lib/store/run_search.c
-- uses. Each looks at the newest `window` runs below `before` and no further,
-- whatever fits, and at none below `floor`. All parameters but those three,
-- limit, skip and sees are NULL where anything will do; `text` is looked for
-- in the title, the branch, the actor and the commit.
-- SPDX-License-Identifier: ISC

-- name: run_search_all
-- Parameters: those of the file. Index: runs_origin, backwards.
SELECT v.* FROM run_view v
WHERE v.origin < :before
	AND v.origin >= :floor AND v.origin >= coalesce((SELECT w.origin FROM runs w
		WHERE w.origin < :before
		ORDER BY w.origin DESC LIMIT 1 OFFSET :window - 1), 0)
	AND NOT EXISTS (SELECT 1 FROM runs n
		WHERE n.origin = v.origin AND n.attempt > v.attempt)
	AND (:branch IS NULL OR v.branch = :branch)
	AND (:workflow IS NULL OR v.workflow = :workflow OR v.file = :workflow)
	AND (:state IS NULL OR v.state = :state)
	AND (:event IS NULL OR v.event = :event)
	AND (:actor IS NULL OR v.actor = :actor)
	AND (:text IS NULL OR instr(lower(v.title), lower(:text)) > 0
		OR instr(lower(v.branch), lower(:text)) > 0
		OR instr(lower(v.actor), lower(:text)) > 0
		OR substr(v.sha, 1, length(:text)) = lower(:text))
ORDER BY v.origin DESC LIMIT :limit OFFSET :skip

-- name: run_search_seen
-- The same of the repositories that somebody sees: the newest `window` of them.
-- Each step takes the newest of the next ones of all repositories, so that
-- others cost nothing. Parameters: sees besides. Index: runs_repo, backwards.
WITH RECURSIVE line (repo, origin) AS (
	SELECT r.repo, r.origin
	FROM json_each(:sees) s CROSS JOIN runs r ON r.id =
		(SELECT x.id FROM runs x
		WHERE x.repo = s.value AND x.origin < :before
			AND x.origin >= :floor
		ORDER BY x.origin DESC LIMIT 1)
	UNION ALL
	SELECT r.repo, r.origin
	FROM line l CROSS JOIN runs r ON r.id =
		(SELECT x.id FROM runs x
		WHERE x.repo = l.repo AND x.origin < l.origin
			AND x.origin >= :floor
		ORDER BY x.origin DESC LIMIT 1)
	ORDER BY 2 DESC LIMIT :window
)
SELECT v.* FROM line l CROSS JOIN run_view v ON v.origin = l.origin
WHERE NOT EXISTS (SELECT 1 FROM runs n
		WHERE n.origin = v.origin AND n.attempt > v.attempt)
	AND (:branch IS NULL OR v.branch = :branch)
	AND (:workflow IS NULL OR v.workflow = :workflow OR v.file = :workflow)
	AND (:state IS NULL OR v.state = :state)
	AND (:event IS NULL OR v.event = :event)
	AND (:actor IS NULL OR v.actor = :actor)
	AND (:text IS NULL OR instr(lower(v.title), lower(:text)) > 0
		OR instr(lower(v.branch), lower(:text)) > 0
		OR instr(lower(v.actor), lower(:text)) > 0
		OR substr(v.sha, 1, length(:text)) = lower(:text))
ORDER BY v.origin DESC LIMIT :limit OFFSET :skip

-- name: run_search_repo
-- The same of a repository. Parameters: repo besides. Index: runs_repo,
-- backwards.
SELECT v.* FROM run_view v
WHERE v.repo = :repo AND v.origin < :before
	AND v.origin >= :floor AND v.origin >= coalesce((SELECT w.origin FROM runs w
		WHERE w.repo = :repo AND w.origin < :before
		ORDER BY w.origin DESC LIMIT 1 OFFSET :window - 1), 0)
	AND NOT EXISTS (SELECT 1 FROM runs n
		WHERE n.origin = v.origin AND n.attempt > v.attempt)
	AND (:workflow IS NULL OR v.workflow = :workflow OR v.file = :workflow)
	AND (:state IS NULL OR v.state = :state)
	AND (:event IS NULL OR v.event = :event)
	AND (:actor IS NULL OR v.actor = :actor)
	AND (:text IS NULL OR instr(lower(v.title), lower(:text)) > 0
		OR instr(lower(v.branch), lower(:text)) > 0
		OR instr(lower(v.actor), lower(:text)) > 0
		OR substr(v.sha, 1, length(:text)) = lower(:text))
ORDER BY v.origin DESC LIMIT :limit OFFSET :skip

-- name: run_search_branch
-- The same of a branch. Parameters: branch besides. Index: runs_branch,
-- backwards.
SELECT v.* FROM run_view v
WHERE v.repo = :repo AND v.branch = :branch AND v.origin < :before
	AND v.origin >= :floor AND v.origin >= coalesce((SELECT w.origin FROM runs w
		WHERE w.repo = :repo AND w.branch = :branch
			AND w.origin < :before
		ORDER BY w.origin DESC LIMIT 1 OFFSET :window - 1), 0)
	AND NOT EXISTS (SELECT 1 FROM runs n
		WHERE n.origin = v.origin AND n.attempt > v.attempt)
	AND (:workflow IS NULL OR v.workflow = :workflow OR v.file = :workflow)
	AND (:state IS NULL OR v.state = :state)
	AND (:event IS NULL OR v.event = :event)
	AND (:actor IS NULL OR v.actor = :actor)
	AND (:text IS NULL OR instr(lower(v.title), lower(:text)) > 0
		OR instr(lower(v.branch), lower(:text)) > 0
		OR instr(lower(v.actor), lower(:text)) > 0
		OR substr(v.sha, 1, length(:text)) = lower(:text))
ORDER BY v.origin DESC LIMIT :limit OFFSET :skip

-- name: run_search_end_all
-- Where such a window ends: the origin of its last run, nothing when there
-- are no more behind it. Parameters: before, window. Index: runs_origin.
SELECT w.origin FROM runs w WHERE w.origin < :before
ORDER BY w.origin DESC LIMIT 1 OFFSET :window - 1

-- name: run_search_end_seen
-- Parameters: sees, before, window. Index: runs_repo.
WITH RECURSIVE line (repo, origin) AS (
	SELECT r.repo, r.origin
	FROM json_each(:sees) s CROSS JOIN runs r ON r.id =
		(SELECT x.id FROM runs x
		WHERE x.repo = s.value AND x.origin < :before
		ORDER BY x.origin DESC LIMIT 1)
	UNION ALL
	SELECT r.repo, r.origin
	FROM line l CROSS JOIN runs r ON r.id =
		(SELECT x.id FROM runs x
		WHERE x.repo = l.repo AND x.origin < l.origin
		ORDER BY x.origin DESC LIMIT 1)
	ORDER BY 2 DESC LIMIT :window
)
SELECT origin FROM line LIMIT 1 OFFSET :window - 1

-- name: run_search_end_repo
-- Parameters: repo, before, window. Index: runs_repo.
SELECT w.origin FROM runs w WHERE w.repo = :repo AND w.origin < :before
ORDER BY w.origin DESC LIMIT 1 OFFSET :window - 1

-- name: run_search_end_branch
-- Parameters: repo, branch, before, window. Index: runs_branch.
SELECT w.origin FROM runs w WHERE w.repo = :repo AND w.branch = :branch
	AND w.origin < :before
ORDER BY w.origin DESC LIMIT 1 OFFSET :window - 1

-- name: run_search_since
-- The first run that was made from a time on. Parameters: at. Index:
-- runs_created.
SELECT id FROM runs WHERE attempt = 1 AND created_at_ms >= :at
ORDER BY created_at_ms LIMIT 1
