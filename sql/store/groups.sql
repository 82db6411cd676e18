-- groups.sql - concurrency groups and their lines: what lib/store/groups.c
-- uses.
-- SPDX-License-Identifier: ISC

-- name: group_place
-- Parameters: run, key: the unique index.
SELECT id, repo, name, run, key, state = 'held' AS held, 0 AS number
FROM group_places WHERE run = :run AND key = :key

-- name: group_places_of
-- All of a run. Parameters: run. Index: (run, key).
SELECT id, repo, name, run, key, state = 'held' AS held, 0 AS number
FROM group_places WHERE run = :run

-- name: group_line
-- All of a group in order, with the numbers of their runs. Parameters: repo,
-- name, max. Indexes: group_places_line, the primary key.
SELECT p.id, p.repo, p.name, p.run, p.key, p.state = 'held' AS held,
	r.number
FROM group_places p JOIN runs r ON r.id = p.run
WHERE p.repo = :repo AND p.name = :name ORDER BY p.id LIMIT :max

-- name: group_insert
-- Parameters: a column each.
INSERT INTO group_places (repo, name, run, key, state)
VALUES (:repo, :name, :run, :key, :state)

-- name: group_hold
-- Parameters: id (primary key), state (held).
UPDATE group_places SET state = :state WHERE id = :id

-- name: run_set_superseded
-- Another run has taken its place. Parameters: id (primary key), run.
UPDATE runs SET superseded_by = :run WHERE id = :id

-- name: group_remove
-- Parameters: id, the primary key.
DELETE FROM group_places WHERE id = :id
