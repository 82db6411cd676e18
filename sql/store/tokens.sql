-- tokens.sql - what programs show: what lib/store/tokens.c uses.
-- SPDX-License-Identifier: ISC

-- name: token_insert
-- Parameters: a column each. Refused by tokens_name.
INSERT INTO tokens (hash, name, user, role, owner, repo, created_at_ms,
	created_by, expires_at_ms)
VALUES (:hash, :name, :user, :role, :owner, :repo, :now, :by, :expires)

-- name: token_user_named
-- Parameters: name. Column: how many users have it. Index: name.
SELECT count(*) FROM users WHERE name = :name

-- name: token_count
-- Parameters: user. Column: how many he has. Index: tokens_user.
SELECT count(*) FROM tokens WHERE user = :user

-- name: token_by_hash
-- Parameters: hash, now. Columns of struct token. Index: hash, then the
-- primary keys of repos and users.
SELECT t.id, t.name, t.role, coalesce(t.owner, r.owner) AS owner,
	r.name AS repo, coalesce(t.user, 0) AS user, u.name AS user_name,
	t.created_at_ms, t.created_by,
	coalesce(t.expires_at_ms, 0) AS expires_at_ms,
	coalesce(t.used_at_ms, 0) AS used_at_ms
FROM tokens t LEFT JOIN repos r ON r.id = t.repo
LEFT JOIN users u ON u.id = t.user
WHERE t.hash = :hash AND u.disabled_at_ms IS NULL
AND (t.expires_at_ms IS NULL OR t.expires_at_ms > :now)

-- name: token_by_id
-- Parameters: id, now. As token_by_hash. By primary keys.
SELECT t.id, t.name, t.role, coalesce(t.owner, r.owner) AS owner,
	r.name AS repo, coalesce(t.user, 0) AS user, u.name AS user_name,
	t.created_at_ms, t.created_by,
	coalesce(t.expires_at_ms, 0) AS expires_at_ms,
	coalesce(t.used_at_ms, 0) AS used_at_ms
FROM tokens t LEFT JOIN repos r ON r.id = t.repo
LEFT JOIN users u ON u.id = t.user
WHERE t.id = :id AND u.disabled_at_ms IS NULL
AND (t.expires_at_ms IS NULL OR t.expires_at_ms > :now)

-- name: token_list
-- Columns of struct token. In the order of tokens_name; reads every row,
-- which is what is asked for.
SELECT t.id, t.name, t.role, coalesce(t.owner, r.owner) AS owner,
	r.name AS repo, coalesce(t.user, 0) AS user, u.name AS user_name,
	t.created_at_ms, t.created_by,
	coalesce(t.expires_at_ms, 0) AS expires_at_ms,
	coalesce(t.used_at_ms, 0) AS used_at_ms
FROM tokens t LEFT JOIN repos r ON r.id = t.repo
LEFT JOIN users u ON u.id = t.user ORDER BY coalesce(t.user, 0), t.name

-- name: token_list_user
-- Parameters: user. The same of one user. Index: tokens_name.
SELECT t.id, t.name, t.role, coalesce(t.owner, r.owner) AS owner,
	r.name AS repo, coalesce(t.user, 0) AS user, u.name AS user_name,
	t.created_at_ms, t.created_by,
	coalesce(t.expires_at_ms, 0) AS expires_at_ms,
	coalesce(t.used_at_ms, 0) AS used_at_ms
FROM tokens t LEFT JOIN repos r ON r.id = t.repo
LEFT JOIN users u ON u.id = t.user
WHERE coalesce(t.user, 0) = :user ORDER BY t.name

-- name: token_used
-- Parameters: id, the primary key; now; before.
UPDATE tokens SET used_at_ms = :now
WHERE id = :id AND coalesce(used_at_ms, 0) < :before

-- name: token_delete
-- Parameters: user, 0 for none; name. Index: tokens_name. Sessions go by
-- cascade.
DELETE FROM tokens WHERE coalesce(user, 0) = :user AND name = :name
