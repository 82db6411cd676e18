-- tokens.sql - who may change something: what lib/store/tokens.c and
-- sessions.c use.
-- SPDX-License-Identifier: ISC

-- name: token_insert
-- Parameters: a column each. Refused by the index of name.
INSERT INTO tokens (hash, name, role, owner, repo, created_at_ms, created_by,
	expires_at_ms)
VALUES (:hash, :name, :role, :owner, :repo, :now, :by, :expires)

-- name: token_by_hash
-- Parameters: hash, now. Columns of struct token. Index: hash, then the
-- primary key of repos.
SELECT t.id, t.name, t.role, coalesce(t.owner, r.owner) AS owner,
	r.name AS repo, t.created_at_ms, t.created_by,
	coalesce(t.expires_at_ms, 0) AS expires_at_ms,
	coalesce(t.used_at_ms, 0) AS used_at_ms
FROM tokens t LEFT JOIN repos r ON r.id = t.repo
WHERE t.hash = :hash
AND (t.expires_at_ms IS NULL OR t.expires_at_ms > :now)

-- name: token_list
-- Columns of struct token. In the order of the index of name; reads every
-- row, which is what is asked for.
SELECT t.id, t.name, t.role, coalesce(t.owner, r.owner) AS owner,
	r.name AS repo, t.created_at_ms, t.created_by,
	coalesce(t.expires_at_ms, 0) AS expires_at_ms,
	coalesce(t.used_at_ms, 0) AS used_at_ms
FROM tokens t LEFT JOIN repos r ON r.id = t.repo ORDER BY t.name

-- name: token_used
-- Parameters: id, the primary key; now; before.
UPDATE tokens SET used_at_ms = :now
WHERE id = :id AND coalesce(used_at_ms, 0) < :before

-- name: token_delete
-- Parameters: name. Its unique index. Sessions go by cascade.
DELETE FROM tokens WHERE name = :name

-- name: session_insert
-- Parameters: a column each.
INSERT INTO sessions (hash, token, created_at_ms, expires_at_ms)
VALUES (:hash, :token, :now, :expires)

-- name: session_by_hash
-- Parameters: hash, now. Columns of struct token. By primary keys.
SELECT t.id, t.name, t.role, coalesce(t.owner, r.owner) AS owner,
	r.name AS repo, t.created_at_ms, t.created_by,
	coalesce(t.expires_at_ms, 0) AS expires_at_ms,
	coalesce(t.used_at_ms, 0) AS used_at_ms
FROM sessions s JOIN tokens t ON t.id = s.token
LEFT JOIN repos r ON r.id = t.repo
WHERE s.hash = :hash AND s.expires_at_ms > :now
AND (t.expires_at_ms IS NULL OR t.expires_at_ms > :now)

-- name: session_delete
-- Parameters: hash, the primary key.
DELETE FROM sessions WHERE hash = :hash

-- name: session_trim
-- Parameters: now. Index: sessions_expiry.
DELETE FROM sessions WHERE expires_at_ms <= :now

-- name: sign_in_failed
-- Parameters: address, the primary key; now.
INSERT INTO sign_in_failures (address, count, since_ms)
VALUES (:address, 1, :now)
ON CONFLICT (address) DO UPDATE SET count = count + 1

-- name: sign_in_failures
-- Parameters: address, the primary key; since. Column: how many count.
SELECT count FROM sign_in_failures
WHERE address = :address AND since_ms > :since

-- name: sign_in_forget
-- Parameters: since. Index: sign_in_failures_since.
DELETE FROM sign_in_failures WHERE since_ms <= :since
