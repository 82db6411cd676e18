-- caches.sql - what jobs have saved for later: what lib/store/caches.c uses.
-- SPDX-License-Identifier: ISC

-- name: cache_exact
-- Parameters: repo, version, scope, key: the unique index.
SELECT id, scope, version, key, digest, bytes, created_at_ms, used_at_ms
FROM caches
WHERE repo = :repo AND version = :version AND scope = :scope AND key = :key

-- name: cache_prefix
-- The newest whose key begins so. Parameters: repo, version, scope, key.
-- Index: caches_newest, read from its end to the first that matches.
SELECT id, scope, version, key, digest, bytes, created_at_ms, used_at_ms
FROM caches
WHERE repo = :repo AND version = :version AND scope = :scope
	AND substr(key, 1, length(:key)) = :key
ORDER BY created_at_ms DESC LIMIT 1

-- name: cache_insert
-- Parameters: a column each. The unique index lets the first one win.
INSERT OR IGNORE INTO caches (repo, scope, version, key, digest, bytes,
	created_at_ms, used_at_ms)
VALUES (:repo, :scope, :version, :key, :digest, :bytes, :now, :now)

-- name: cache_set_used
-- Parameters: id (primary key), now.
UPDATE caches SET used_at_ms = :now WHERE id = :id

-- name: cache_delete
-- Parameters: id (primary key).
DELETE FROM caches WHERE id = :id

-- name: cache_has_digest
-- Parameters: digest. Index: caches_digest. Column: id.
SELECT id FROM caches WHERE digest = :digest LIMIT 1

-- name: cache_total
-- Bytes of all entries. Index: caches_used, all of it.
SELECT coalesce(sum(bytes), 0) AS bytes FROM caches

-- name: cache_oldest
-- Used longest ago. Parameters: limit. Index: caches_used.
SELECT id, scope, version, key, digest, bytes, created_at_ms, used_at_ms
FROM caches ORDER BY used_at_ms LIMIT :limit

-- name: cache_repo_total
-- Parameters: repo. Index: caches_repo_used.
SELECT coalesce(sum(bytes), 0) AS bytes FROM caches WHERE repo = :repo

-- name: cache_repo_oldest
-- Parameters: repo, limit. Index: caches_repo_used.
SELECT id, scope, version, key, digest, bytes, created_at_ms, used_at_ms
FROM caches WHERE repo = :repo ORDER BY used_at_ms LIMIT :limit

-- name: cache_use_insert
-- Parameters: a column each.
INSERT OR REPLACE INTO cache_uses (job, attempt, step, key, matched, bytes)
VALUES (:job, :attempt, :step, :key, :matched, :bytes)

-- name: cache_use_list
-- Of a job's newest attempt. Parameters: job. Indexes: the primary keys.
SELECT u.step, u.key, u.matched, u.bytes
FROM jobs j JOIN cache_uses u
	ON u.job = coalesce(j.work, j.id) AND u.attempt = j.attempt
WHERE j.id = :job ORDER BY u.step

-- name: cache_list
-- Of a repository, those used last first. Parameters: repo, limit, skip.
-- Index: caches_repo_used, backwards.
SELECT id, scope, version, key, digest, bytes, created_at_ms, used_at_ms
FROM caches WHERE repo = :repo
ORDER BY used_at_ms DESC LIMIT :limit OFFSET :skip

-- name: cache_forget
-- Parameters: repo, id (primary key).
DELETE FROM caches WHERE id = :id AND repo = :repo
