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

-- name: user_password
-- Parameters: name. Columns: id, password. Index: name.
SELECT id, password FROM users WHERE name = :name
AND password IS NOT NULL AND disabled_at_ms IS NULL

-- name: user_password_set
-- Parameters: id, the primary key; password.
UPDATE users SET password = :password WHERE id = :id

-- name: link_insert
-- Parameters: a column each.
INSERT INTO links (hash, kind, user, created_at_ms, created_by, expires_at_ms)
VALUES (:hash, :kind, :user, :now, :by, :expires)

-- name: link_find
-- Parameters: hash, the primary key; now. Columns of struct link.
SELECT kind, coalesce(user, 0) AS user, created_by, expires_at_ms
FROM links WHERE hash = :hash AND expires_at_ms > :now

-- name: link_delete
-- Parameters: hash, the primary key; now.
DELETE FROM links WHERE hash = :hash AND expires_at_ms > :now

-- name: link_delete_kind
-- Parameters: kind; user, NULL for none. All of a small table.
DELETE FROM links WHERE kind = :kind AND user IS :user

-- name: link_trim
-- Parameters: now. Index: links_expiry.
DELETE FROM links WHERE expires_at_ms <= :now

-- name: link_not_first
-- Parameters: now. Column: 1 when there is a user, a token or a link for the
-- first administrator. The first row of each table.
SELECT EXISTS (SELECT 1 FROM users) OR EXISTS (SELECT 1 FROM tokens)
	OR EXISTS (SELECT 1 FROM links WHERE kind = 'setup'
		AND expires_at_ms > :now)

-- name: identity_find
-- Parameters: provider, subject: a unique index. Columns of struct identity.
SELECT id, provider, subject, user, login, by_hand, created_at_ms,
	used_at_ms
FROM identities WHERE provider = :provider AND subject = :subject

-- name: identity_list
-- Parameters: user. Columns of struct identity. Index: identities_user, in
-- the order of ids.
SELECT id, provider, subject, user, login, by_hand, created_at_ms,
	used_at_ms
FROM identities WHERE user = :user ORDER BY id

-- name: identity_put
-- Parameters: a column each.
INSERT INTO identities (provider, subject, user, login, by_hand,
	created_at_ms, used_at_ms)
VALUES (:provider, :subject, :user, :login, :by_hand, :now, :now)
ON CONFLICT (provider, subject) DO UPDATE SET login = excluded.login,
	by_hand = max(by_hand, excluded.by_hand),
	used_at_ms = excluded.used_at_ms

-- name: identity_remove
-- Parameters: user, provider. Index: identities_user.
DELETE FROM identities WHERE user = :user AND provider = :provider
