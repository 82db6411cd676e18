-- environments.sql - environments with rules: what lib/store/environments.c
-- uses.
-- SPDX-License-Identifier: ISC

-- name: environment_set
-- Parameters: a column each. Index: (repo, name).
INSERT INTO environments (repo, name, reviewers, wait_ms, refs, self_review,
	created_at_ms, updated_at_ms)
VALUES (:repo, :name, :reviewers, :wait_ms, :refs, :self_review, :now, :now)
ON CONFLICT (repo, name) DO UPDATE SET reviewers = excluded.reviewers,
	wait_ms = excluded.wait_ms, refs = excluded.refs,
	self_review = excluded.self_review,
	updated_at_ms = excluded.updated_at_ms

-- name: environment_find
-- Parameters: repo, name (without regard to ASCII case). Index: (repo, name).
SELECT id, repo, name, reviewers, wait_ms, refs, self_review, updated_at_ms
FROM environments WHERE repo = :repo AND name = :name

-- name: environment_list
-- Parameters: repo. Index: (repo, name), in its order.
SELECT id, repo, name, reviewers, wait_ms, refs, self_review, updated_at_ms
FROM environments WHERE repo = :repo ORDER BY name

-- name: environment_count
-- Parameters: repo. Index: (repo, name).
SELECT count(*) FROM environments WHERE repo = :repo

-- name: environment_remove
-- Parameters: repo, name: the unique index.
DELETE FROM environments WHERE repo = :repo AND name = :name
