-- users.sql - people: what lib/store/users.c uses.
-- SPDX-License-Identifier: ISC

-- name: user_insert
-- Parameters: a column each. Column: id. Refused by the index of name.
INSERT INTO users (name, created_at_ms, created_by) VALUES (:name, :now, :by)
RETURNING id

-- name: user_by_name
-- Parameters: name (without regard to ASCII case). Columns of struct user.
-- Index: name.
SELECT id, name, password IS NOT NULL AS has_password, created_at_ms,
	created_by, coalesce(disabled_at_ms, 0) AS disabled_at_ms,
	coalesce(used_at_ms, 0) AS used_at_ms
FROM users WHERE name = :name

-- name: user_by_id
-- Parameters: id, the primary key. Columns of struct user.
SELECT id, name, password IS NOT NULL AS has_password, created_at_ms,
	created_by, coalesce(disabled_at_ms, 0) AS disabled_at_ms,
	coalesce(used_at_ms, 0) AS used_at_ms
FROM users WHERE id = :id

-- name: user_list
-- Parameters: after, a name; limit. Columns of struct user. In the order of
-- the index of name.
SELECT id, name, password IS NOT NULL AS has_password, created_at_ms,
	created_by, coalesce(disabled_at_ms, 0) AS disabled_at_ms,
	coalesce(used_at_ms, 0) AS used_at_ms
FROM users WHERE name > :after ORDER BY name LIMIT :limit

-- name: user_token_named
-- Parameters: name. Column: how many tokens of no user have it. Index:
-- tokens_name.
SELECT count(*) FROM tokens WHERE coalesce(user, 0) = 0 AND name = :name

-- name: user_admins
-- Column: how many may administer everything. Index: grants_admin.
SELECT count(DISTINCT g.user) FROM grants g JOIN users u ON u.id = g.user
WHERE g.role = 'admin' AND g.owner IS NULL AND g.repo IS NULL
AND u.disabled_at_ms IS NULL

-- name: user_delete
-- Parameters: id, the primary key. What belongs to him goes by cascade.
DELETE FROM users WHERE id = :id

-- name: user_disable
-- Parameters: id, the primary key; at, NULL: he may again.
UPDATE users SET disabled_at_ms = :at WHERE id = :id
