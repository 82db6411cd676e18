-- audit.sql - who did what by hand: what lib/store/audit.c uses.
-- SPDX-License-Identifier: ISC

-- name: audit_add
-- Parameters: a column each.
INSERT INTO audit (at_ms, actor, address, action, target, scope, detail, run,
	job, attempt)
VALUES (:now, :actor, :address, :action, :target, :scope, :detail, :run, :job,
	:attempt)

-- name: audit_list
-- Parameters: before, an id; limit; filters, NULL or 0 for none. The newest
-- first, by the primary key; the table has a most of rows.
SELECT id, at_ms, actor, address, action, target, scope, detail,
	coalesce(run, '') AS run, coalesce(job, '') AS job,
	coalesce(attempt, 0) AS attempt
FROM audit WHERE id < :before
AND (:prefix IS NULL OR action = :prefix
	OR substr(action, 1, length(:prefix) + 1) = :prefix || '.')
AND (:scope IS NULL OR scope = :scope COLLATE NOCASE)
AND (:since = 0 OR at_ms >= :since)
ORDER BY id DESC LIMIT :limit

-- name: audit_list_actor
-- Parameters: as audit_list, and actor. Index: audit_actor.
SELECT id, at_ms, actor, address, action, target, scope, detail,
	coalesce(run, '') AS run, coalesce(job, '') AS job,
	coalesce(attempt, 0) AS attempt
FROM audit WHERE actor = :actor AND id < :before
AND (:target IS NULL OR target = :target)
AND (:prefix IS NULL OR action = :prefix
	OR substr(action, 1, length(:prefix) + 1) = :prefix || '.')
AND (:scope IS NULL OR scope = :scope COLLATE NOCASE)
AND (:since = 0 OR at_ms >= :since)
ORDER BY id DESC LIMIT :limit

-- name: audit_list_target
-- Parameters: as audit_list, and target. Index: audit_target.
SELECT id, at_ms, actor, address, action, target, scope, detail,
	coalesce(run, '') AS run, coalesce(job, '') AS job,
	coalesce(attempt, 0) AS attempt
FROM audit WHERE target = :target AND id < :before
AND (:prefix IS NULL OR action = :prefix
	OR substr(action, 1, length(:prefix) + 1) = :prefix || '.')
AND (:scope IS NULL OR scope = :scope COLLATE NOCASE)
AND (:since = 0 OR at_ms >= :since)
ORDER BY id DESC LIMIT :limit

-- name: audit_newest
-- The id of the newest entry. By the primary key.
SELECT coalesce(max(id), 0) FROM audit

-- name: audit_trim_time
-- Parameters: before. By the primary key, up to the first that stays.
DELETE FROM audit WHERE id < coalesce(
	(SELECT id FROM audit WHERE at_ms >= :before ORDER BY id LIMIT 1),
	(SELECT max(id) + 1 FROM audit))

-- name: audit_trim_rows
-- Parameters: most. By the primary key: ids are given in order.
DELETE FROM audit WHERE id <= (SELECT max(id) FROM audit) - :most
