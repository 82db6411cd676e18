-- stored.sql - pipelines that are kept here: what lib/store/stored.c uses.
-- SPDX-License-Identifier: ISC

-- name: stored_find
-- Parameters: repo, the primary key.
SELECT s.repo, r.owner, r.name, s.description, s.text, s.by_hand, s.revision,
	s.updated_at_ms, s.updated_by, r.created_at_ms
FROM stored_pipelines s JOIN repos r ON r.id = s.repo
WHERE s.repo = :repo

-- name: stored_list
-- By id. Parameters: after, limit, sees. Index: the primary key.
SELECT s.repo, r.owner, r.name, s.description, s.text, s.by_hand, s.revision,
	s.updated_at_ms, s.updated_by, r.created_at_ms
FROM stored_pipelines s JOIN repos r ON r.id = s.repo
WHERE s.repo > :after AND (:sees IS NULL
	OR s.repo IN (SELECT value FROM json_each(:sees)))
ORDER BY s.repo LIMIT :limit

-- name: stored_insert
-- Parameters: a column each.
INSERT INTO stored_pipelines (repo, description, text, by_hand, revision,
	updated_at_ms, updated_by)
VALUES (:repo, :description, :text, :by_hand, 1, :now, :by)

-- name: stored_update
-- Parameters: repo (primary key), a column each.
UPDATE stored_pipelines SET description = :description, text = :text,
	by_hand = :by_hand, revision = revision + 1, updated_at_ms = :now,
	updated_by = :by
WHERE repo = :repo
