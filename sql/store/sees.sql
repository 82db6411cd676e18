-- sees.sql - which repositories somebody may read: what lib/store/sees.c uses.
-- SPDX-License-Identifier: ISC

-- name: sees_hidden
-- Is a repository hidden from who has these grants? Parameters: grants, a JSON
-- array of [owner, name], name null: all of the owner. Index: repos_private.
SELECT EXISTS (SELECT 1 FROM repos p WHERE p.visibility = 'private'
	AND NOT EXISTS (SELECT 1 FROM json_each(:grants) g
		WHERE p.owner = g.value ->> 0
			AND (g.value ->> 1 IS NULL OR p.name = g.value ->> 1)))

-- name: sees_list
-- The ids of all others as a JSON array. Parameters: grants, as above. Reads
-- every repository, and is asked for only when one is hidden.
SELECT json_group_array(p.id) AS ids FROM repos p
WHERE p.visibility = 'public'
	OR EXISTS (SELECT 1 FROM json_each(:grants) g
		WHERE p.owner = g.value ->> 0
			AND (g.value ->> 1 IS NULL OR p.name = g.value ->> 1))
