-- hooks.sql - programs of the administrator: what lib/store/hooks.c uses.
-- SPDX-License-Identifier: ISC

-- name: hook_list
-- All: as many as there are files in a folder. In the order of the primary
-- key.
SELECT path, name, condition FROM hooks ORDER BY path

-- name: hook_of_name
-- Parameters: name. Index: hooks_name.
SELECT path, name, condition FROM hooks WHERE name = :name ORDER BY path

-- name: hook_clear
DELETE FROM hooks

-- name: hook_insert
-- Parameters: a column each.
INSERT INTO hooks (path, name, condition) VALUES (:path, :name, :condition)

-- name: hook_tries
-- The last results, the newest first. Parameters: limit. The primary key,
-- backwards: a ring of 5,000.
SELECT id, message, kind, topic, host, result, coalesce(status, 0) AS status,
	error, took_ms, at_ms
FROM outbox_tries WHERE kind = 'hook' ORDER BY id DESC LIMIT :limit
