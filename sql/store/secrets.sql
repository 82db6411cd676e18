-- secrets.sql - secrets of jobs: what lib/store/secrets.c and secret_keys.c
-- use.
-- SPDX-License-Identifier: ISC

-- name: secret_set
-- Parameters: a column each. Index: (place, name).
INSERT INTO secrets (place, repo, name, sealed, created_at_ms, updated_at_ms)
VALUES (:place, :repo, :name, :sealed, :now, :now)
ON CONFLICT (place, name) DO UPDATE SET sealed = excluded.sealed,
	updated_at_ms = excluded.updated_at_ms, read_at_ms = NULL

-- name: secret_in_place
-- Parameters: place. Column: how many secrets it has. Index: (place, name).
SELECT count(*) FROM secrets WHERE place = :place

-- name: secret_one
-- Parameters: place, name. Columns of struct sealed_row. Index: (place, name).
SELECT id, place, name, sealed, length(sealed) AS sealed_len
FROM secrets WHERE place = :place AND name = :name

-- name: secret_names
-- Parameters: place. Column: name. Index: (place, name).
SELECT name FROM secrets WHERE place = :place ORDER BY name

-- name: secret_was_read
-- Parameters: id, the primary key; now.
UPDATE secrets SET read_at_ms = :now WHERE id = :id

-- name: secret_delete
-- Parameters: place, name. Index: (place, name).
DELETE FROM secrets WHERE place = :place AND name = :name

-- name: secret_list
-- In the order of the index (place, name); reads every row, which is what is
-- asked for.
SELECT s.name, s.place, coalesce(r.owner || '/' || r.name, '') AS repo,
	s.updated_at_ms, coalesce(s.read_at_ms, 0) AS read_at_ms
FROM secrets s LEFT JOIN repos r ON r.id = s.repo ORDER BY s.place, s.name

-- name: secret_list_repo
-- Parameters: repo. As secret_list, of one repository. Index: secrets_repo.
SELECT s.name, s.place, coalesce(r.owner || '/' || r.name, '') AS repo,
	s.updated_at_ms, coalesce(s.read_at_ms, 0) AS read_at_ms
FROM secrets s LEFT JOIN repos r ON r.id = s.repo WHERE s.repo = :repo
ORDER BY s.place, s.name

-- name: secret_count
-- Reads every row, and only when secrets.key is missing.
SELECT count(*) FROM secrets

-- name: secret_next
-- Parameters: after, an id. The next one by the primary key: so all are
-- walked, one in memory at a time.
SELECT id, place, name, sealed, length(sealed) AS sealed_len
FROM secrets WHERE id > :after ORDER BY id LIMIT 1

-- name: secret_reseal
-- Parameters: id, the primary key; sealed.
UPDATE secrets SET sealed = :sealed WHERE id = :id
