-- sessions.sql - browsers that have signed in, and those that tried to: what
-- lib/store/sessions.c and sign_ins.c use.
-- SPDX-License-Identifier: ISC

-- name: session_insert
-- Parameters: a column each.
INSERT INTO sessions (hash, token, user, provider, address, browser,
	created_at_ms, used_at_ms, expires_at_ms)
VALUES (:hash, :token, :user, :provider, :address, :browser, :now, :now,
	:expires)

-- name: session_by_hash
-- Parameters: hash, now. Columns of struct session. Index: hash.
SELECT id, coalesce(token, 0) AS token, coalesce(user, 0) AS user, provider,
	address, browser, created_at_ms, used_at_ms, expires_at_ms
FROM sessions WHERE hash = :hash AND expires_at_ms > :now

-- name: session_list
-- Parameters: user, now. Columns of struct session. The newest first. Index:
-- sessions_user, in the order of ids.
SELECT id, coalesce(token, 0) AS token, coalesce(user, 0) AS user, provider,
	address, browser, created_at_ms, used_at_ms, expires_at_ms
FROM sessions WHERE user = :user AND expires_at_ms > :now ORDER BY id DESC

-- name: session_used
-- Parameters: id, the primary key; now.
UPDATE sessions SET used_at_ms = :now WHERE id = :id

-- name: session_delete
-- Parameters: hash. Index: hash.
DELETE FROM sessions WHERE hash = :hash

-- name: session_delete_one
-- Parameters: id, the primary key; user.
DELETE FROM sessions WHERE id = :id AND user = :user

-- name: session_delete_others
-- Parameters: user; but, a session's id. Index: sessions_user.
DELETE FROM sessions WHERE user = :user AND id <> :but

-- name: session_trim
-- Parameters: now. Index: sessions_expiry.
DELETE FROM sessions WHERE expires_at_ms <= :now

-- name: sign_in_failed
-- Parameters: whose, the primary key; now.
INSERT INTO sign_in_failures (whose, count, since_ms) VALUES (:whose, 1, :now)
ON CONFLICT (whose) DO UPDATE SET count = count + 1

-- name: sign_in_failures
-- Parameters: whose, the primary key; since. Column: how many count.
SELECT count FROM sign_in_failures WHERE whose = :whose AND since_ms > :since

-- name: sign_in_forget
-- Parameters: since. Index: sign_in_failures_since.
DELETE FROM sign_in_failures WHERE since_ms <= :since

-- name: sign_in_knows
-- Parameters: name, of a user; network. Column: 1 when he has signed in from
-- there. Index: name, then the primary key.
SELECT 1 FROM users u JOIN user_networks n ON n.user = u.id
WHERE u.name = :name AND n.network = :network

-- name: sign_in_learn
-- Parameters: user, network, now. By the primary key.
INSERT INTO user_networks (user, network, used_at_ms)
VALUES (:user, :network, :now)
ON CONFLICT (user, network) DO UPDATE SET used_at_ms = excluded.used_at_ms

-- name: sign_in_unlearn
-- Parameters: user, the first column of the primary key; most. Those that
-- were used longest ago.
DELETE FROM user_networks WHERE user = :user AND network NOT IN (
	SELECT network FROM user_networks WHERE user = :user
	ORDER BY used_at_ms DESC LIMIT :most)

-- name: sign_in_used
-- Parameters: user, the primary key; now.
UPDATE users SET used_at_ms = :now WHERE id = :user
