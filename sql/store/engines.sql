-- engines.sql - how engines do: what lib/store/engines.c uses.
-- SPDX-License-Identifier: ISC

-- name: engine_set
-- Parameters: a column each, now. Index: the primary key.
INSERT INTO engine_states (name, error, at_ms) VALUES (:name, :error, :now)
ON CONFLICT DO UPDATE SET error = excluded.error, at_ms = excluded.at_ms

-- name: engine_works
-- Nothing happens when that is known. Parameters: name (primary key), now.
UPDATE engine_states SET error = NULL, at_ms = :now
WHERE name = :name AND error IS NOT NULL

-- name: engine_list
-- All: two. In the order of the primary key.
SELECT name, error, at_ms FROM engine_states ORDER BY name

-- name: number_engines_up
-- Reads the same table.
SELECT 'engine="' || name || '"' AS labels, error IS NULL AS n
FROM engine_states ORDER BY name

-- name: number_schedules_due
-- Parameter: now. Index: schedules_due.
SELECT '' AS labels, count(*) AS n FROM schedules INDEXED BY schedules_due
WHERE paused_by IS NULL AND due_at_ms IS NOT NULL AND due_at_ms <= :now
