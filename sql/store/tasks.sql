-- tasks.sql - what Pawl does by itself: what lib/store/tasks.c uses.
-- SPDX-License-Identifier: ISC

-- name: task_put
-- Parameters: a column each.
INSERT INTO tasks (name, began_at_ms, ended_at_ms, error, said)
VALUES (:name, :began_at_ms, :now, :error, :said)
ON CONFLICT (name) DO UPDATE SET began_at_ms = excluded.began_at_ms,
	ended_at_ms = excluded.ended_at_ms, error = excluded.error,
	said = excluded.said

-- name: task_find
-- Parameters: name, the primary key.
SELECT began_at_ms, ended_at_ms, error, said FROM tasks WHERE name = :name
