-- runs.sql - runs: what lib/store/{runs,ends,cancel}.c use.
-- SPDX-License-Identifier: ISC

-- name: run_insert
-- Parameters: a column each. Column: id.
INSERT INTO runs (uuid, repo, number, delivery, config, workflow, file, event,
	ref, branch, sha, title, actor, why, problems, context, facts, state,
	priority, created_at_ms, updated_at_ms)
VALUES (:uuid, :repo, :number, :delivery, :config, :workflow, :file, :event,
	:ref, :branch, :sha, :title, :actor, :why, :problems, :context, 1,
	:state, :priority, :now, :now)
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
-- Parameters: owner, name, number. Indexes: (owner, name), (repo, number),
-- (repo, path, hash).
SELECT v.*, c.text AS config, r.problems, (SELECT count(*)
		FROM pipeline_configs o WHERE o.repo = c.repo
			AND o.path = c.path AND o.id <= c.id) AS file_version
FROM repos p JOIN run_view v ON v.repo = p.id
	JOIN runs r ON r.id = v.id
	LEFT JOIN pipeline_configs c ON c.id = r.config
WHERE p.owner = :owner AND p.name = :name AND v.number = :number

-- name: run_by_id
-- Parameters: id, the primary key. Index: (repo, path, hash).
SELECT v.*, c.text AS config, r.problems, (SELECT count(*)
		FROM pipeline_configs o WHERE o.repo = c.repo
			AND o.path = c.path AND o.id <= c.id) AS file_version
FROM run_view v JOIN runs r ON r.id = v.id
	LEFT JOIN pipeline_configs c ON c.id = r.config
WHERE v.id = :id

-- name: run_list_all
-- Parameters: before (an id that is not reached), limit. The primary key,
-- backwards.
SELECT * FROM run_view WHERE id < :before ORDER BY id DESC LIMIT :limit

-- name: run_list_repo
-- Parameters: repo, before, limit. Index: runs_repo, backwards.
SELECT * FROM run_view WHERE repo = :repo AND id < :before
ORDER BY id DESC LIMIT :limit

-- name: run_list_delivery
-- Parameters: delivery. Index: runs_delivery.
SELECT * FROM run_view WHERE delivery = :delivery ORDER BY id

-- name: run_newest
-- Parameters: repo, branch. Index: runs_branch, backwards.
SELECT * FROM run_view WHERE repo = :repo AND branch = :branch
ORDER BY id DESC LIMIT 1

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
