-- hook_secrets.sql - webhook secrets of repositories: what
-- lib/store/hook_secrets.c uses.
-- SPDX-License-Identifier: ISC

-- name: hook_secret_insert
-- Parameters: a column each. Column: id. Refused by the index of (repo, name).
INSERT INTO hook_secrets (repo, name, sealed, created_at_ms, created_by,
	expires_at_ms)
VALUES (:repo, :name, :sealed, :now, :by, :expires)
RETURNING id

-- name: hook_secret_count
-- Parameters: repo. Index: (repo, name).
SELECT count(*) FROM hook_secrets WHERE repo = :repo

-- name: hook_secret_list
-- Parameters: repo; now (NULL: those that have ended, too). Columns of struct
-- hook_secret, the oldest first. Index: (repo, name); they are few.
SELECT id, name, sealed, length(sealed) AS sealed_len, created_at_ms,
	created_by, coalesce(expires_at_ms, 0) AS expires_at_ms,
	coalesce(used_at_ms, 0) AS used_at_ms
FROM hook_secrets
WHERE repo = :repo
AND (:now IS NULL OR expires_at_ms IS NULL OR expires_at_ms > :now)
ORDER BY id

-- name: hook_secret_used
-- Parameters: id, the primary key; now; before.
UPDATE hook_secrets SET used_at_ms = :now
WHERE id = :id AND coalesce(used_at_ms, 0) < :before

-- name: hook_secret_delete
-- Parameters: repo, name. Index: (repo, name).
DELETE FROM hook_secrets WHERE repo = :repo AND name = :name

-- name: hook_secret_all
-- Column: how many there are in all repositories. Reads every row of a small
-- table, and only when hook.key is missing.
SELECT count(*) FROM hook_secrets
