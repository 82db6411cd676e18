-- runs.sql - runs: what lib/store/{runs,ends,cancel}.c use.
-- SPDX-License-Identifier: ISC

-- name: run_insert
-- Parameters: a column each. Column: id.
INSERT INTO runs (uuid, repo, number, delivery, config, workflow, file, event,
	ref, branch, sha, title, actor, why, problems, context, facts, state,
	priority, pull, pull_head, created_at_ms, updated_at_ms)
VALUES (:uuid, :repo, :number, :delivery, :config, :workflow, :file, :event,
	:ref, :branch, :sha, :title, :actor, :why, :problems, :context, 1,
	:state, :priority, :pull, :pull_head, :now, :now)
RETURNING id

-- name: config_insert
-- Parameters: a column each. Nothing happens when the text is there already.
INSERT INTO pipeline_configs (repo, path, hash, text, created_at_ms)
VALUES (:repo, :path, :hash, :text, :now)
ON CONFLICT (repo, path, hash) DO NOTHING

-- name: config_find
-- Parameters: repo, path, hash: the unique index. Column: id.
SELECT id FROM pipeline_configs
WHERE repo = :repo AND path = :path AND hash = :hash

-- name: run_by_number
-- `file_version`: texts of the file are numbered in the order in which they
-- were first seen; 0: the text is gone.
-- Parameters: owner, name, number, attempt (0: the newest). Indexes: (owner,
-- name), (repo, number, attempt), (repo, path, hash).
SELECT v.*, c.text AS config, r.problems, (SELECT count(*)
		FROM pipeline_configs o WHERE o.repo = c.repo
			AND o.path = c.path AND o.id <= c.id) AS file_version
FROM repos p JOIN run_view v ON v.repo = p.id
	JOIN runs r ON r.id = v.id
	LEFT JOIN pipeline_configs c ON c.id = r.config
WHERE p.owner = :owner AND p.name = :name AND v.number = :number
	AND v.attempt = CASE :attempt WHEN 0 THEN (SELECT max(n.attempt)
		FROM runs n WHERE n.repo = p.id AND n.number = :number)
		ELSE :attempt END

-- name: run_by_id
-- Parameters: id, the primary key. Index: (repo, path, hash).
SELECT v.*, c.text AS config, r.problems, (SELECT count(*)
		FROM pipeline_configs o WHERE o.repo = c.repo
			AND o.path = c.path AND o.id <= c.id) AS file_version
FROM run_view v JOIN runs r ON r.id = v.id
	LEFT JOIN pipeline_configs c ON c.id = r.config
WHERE v.id = :id

-- name: run_id_by_uuid
-- Parameters: uuid, the unique index. Column: id.
SELECT id FROM runs WHERE uuid = :uuid

-- name: run_list_all
-- The newest attempt of each. Parameters: before (an id of the last that was
-- seen, or more than any), limit. Index: runs_origin, backwards.
SELECT * FROM run_view v
WHERE v.origin < coalesce((SELECT b.origin FROM runs b WHERE b.id = :before),
		:before)
	AND NOT EXISTS (SELECT 1 FROM runs n
		WHERE n.origin = v.origin AND n.attempt > v.attempt)
ORDER BY v.origin DESC LIMIT :limit

-- name: run_list_repo
-- The same of a repository. Parameters: repo, before, limit. Index:
-- runs_repo, backwards.
SELECT * FROM run_view v
WHERE v.repo = :repo AND v.origin < coalesce((SELECT b.origin FROM runs b
		WHERE b.id = :before), :before)
	AND NOT EXISTS (SELECT 1 FROM runs n
		WHERE n.origin = v.origin AND n.attempt > v.attempt)
ORDER BY v.origin DESC LIMIT :limit

-- name: run_list_delivery
-- The newest attempts. Parameters: delivery. Index: runs_delivery.
SELECT * FROM run_view v WHERE v.delivery = :delivery
	AND NOT EXISTS (SELECT 1 FROM runs n
		WHERE n.origin = v.origin AND n.attempt > v.attempt)
ORDER BY v.id

-- name: run_list_attempts
-- All attempts of a run, the newest first. Parameters: origin. Index:
-- runs_origin, backwards.
SELECT * FROM run_view WHERE origin = :origin ORDER BY attempt DESC

-- name: run_newest
-- The newest attempt of the newest run. Parameters: repo, branch. Index:
-- runs_branch, backwards.
SELECT * FROM run_view WHERE repo = :repo AND branch = :branch
ORDER BY origin DESC, attempt DESC LIMIT 1

-- name: run_newest_of
-- The newest of a workflow, which is named by its name or its file's, among the
-- newest 200 of the branch. Parameters: repo, branch, workflow. Index:
-- runs_branch, backwards.
SELECT * FROM (SELECT * FROM run_view
	WHERE repo = :repo AND branch = :branch
	ORDER BY origin DESC, attempt DESC LIMIT 200)
WHERE :workflow IN (workflow, file)
	OR substr(file, -length(:workflow) - 1) = '/' || :workflow
LIMIT 1

-- name: run_list_over
-- Runs that are over, those that ended last in front. Parameters: repo, limit.
-- Index: runs_ended, backwards.
SELECT v.* FROM runs r CROSS JOIN run_view v ON v.id = r.id
WHERE r.repo = :repo AND r.finished_at_ms IS NOT NULL
ORDER BY r.finished_at_ms DESC LIMIT :limit

-- name: run_head
-- What a move needs to know. Parameters: id, the primary key.
SELECT id, state, coalesce(cancel_at_ms, 0) AS cancel_at_ms
FROM runs WHERE id = :id

-- name: run_set_state
-- Parameters: id (primary key), from, to, finished (NULL: not finished).
UPDATE runs SET state = :to, finished_at_ms = :finished
WHERE id = :id AND state = :from

-- name: run_set_started
-- Parameters: id (primary key), now.
UPDATE runs SET started_at_ms = :now WHERE id = :id
