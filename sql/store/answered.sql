-- answered.sql - requests that count once: what lib/store/answered.c uses.
-- SPDX-License-Identifier: ISC

-- name: answered_find
-- Parameters: key (the primary key), now.
SELECT body_hash, status, location, type, body FROM answered
WHERE key = :key AND expires_at_ms > :now

-- name: answered_keep
-- Parameters: a column each. One that has expired makes room.
INSERT OR REPLACE INTO answered (key, body_hash, status, location, type, body,
	expires_at_ms)
VALUES (:key, :body_hash, :status, :location, :type, :body, :expires)

-- name: answered_expire
-- Parameters: now, limit. Index: answered_expiry.
DELETE FROM answered WHERE key IN (SELECT key FROM answered
	WHERE expires_at_ms <= :now ORDER BY expires_at_ms LIMIT :limit)
