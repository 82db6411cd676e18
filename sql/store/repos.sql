-- repos.sql - registered repositories: what lib/store/repos.c uses.
-- SPDX-License-Identifier: ISC

-- name: repo_insert
-- Parameters: a column each. Column: id. Refused by the index of
-- (owner, name) when there is one.
INSERT INTO repos (forge, owner, name, clone_url, default_branch,
	visibility, badges, created_at_ms)
VALUES (:forge, :owner, :name, :clone_url, :default_branch, :visibility,
	:badges, :now)
RETURNING id

-- name: repo_by_name
-- Parameters: owner, name (without regard to ASCII case). Index: (owner,
-- name).
SELECT id, forge, owner, name, clone_url, default_branch,
	EXISTS (SELECT 1 FROM hook_secrets s WHERE s.repo = repos.id)
		AS has_hook_secret, visibility = 'private' AS is_private,
	badges = 'public' AS badges_public, created_at_ms
FROM repos WHERE owner = :owner AND name = :name

-- name: repo_by_id
-- Parameters: id, the primary key.
SELECT id, forge, owner, name, clone_url, default_branch,
	EXISTS (SELECT 1 FROM hook_secrets s WHERE s.repo = repos.id)
		AS has_hook_secret, visibility = 'private' AS is_private,
	badges = 'public' AS badges_public, created_at_ms
FROM repos WHERE id = :id

-- name: repo_all
-- In the order of the index (owner, name); reads every row, which is what is
-- asked for.
SELECT id, forge, owner, name, clone_url, default_branch,
	EXISTS (SELECT 1 FROM hook_secrets s WHERE s.repo = repos.id)
		AS has_hook_secret, visibility = 'private' AS is_private,
	badges = 'public' AS badges_public, created_at_ms
FROM repos ORDER BY owner, name

-- name: repo_seen
-- Those of `sees`, a JSON array of ids, in the same order. Primary keys.
SELECT p.id, p.forge, p.owner, p.name, p.clone_url, p.default_branch,
	EXISTS (SELECT 1 FROM hook_secrets s WHERE s.repo = p.id)
		AS has_hook_secret, p.visibility = 'private' AS is_private,
	p.badges = 'public' AS badges_public, p.created_at_ms
FROM json_each(:sees) e CROSS JOIN repos p ON p.id = e.value
ORDER BY p.owner, p.name

-- name: repo_next_run
-- Parameters: id, the primary key. Column: the number of its next run.
UPDATE repos SET runs_made = runs_made + 1 WHERE id = :id
RETURNING runs_made

-- name: repo_active
-- Parameters: id. Column: jobs of it that have a process. Index: jobs_active,
-- then primary keys (CROSS JOIN keeps this order: the other one reads all runs
-- of the repository).
SELECT count(*) FROM jobs j CROSS JOIN runs r ON r.id = j.run
WHERE r.repo = :id AND j.state IN ('assigned', 'running', 'completing')

-- name: repo_delete
-- Parameters: id, the primary key. All that belongs to it goes by cascade.
DELETE FROM repos WHERE id = :id

-- name: repo_set_visibility
-- Parameters: id (the primary key), visibility, badges.
UPDATE repos SET visibility = :visibility, badges = :badges WHERE id = :id

-- name: repo_set_shown
-- What public/ shows now. Parameters: id (the primary key), shown.
UPDATE repos SET shown = :shown WHERE id = :id AND shown IS NOT :shown

-- name: repo_unsettled
-- One whose links are not as its row says. Column: id. Index:
-- repos_unsettled.
SELECT id FROM repos WHERE shown IS NOT visibility || '/' || badges
ORDER BY id LIMIT 1

-- name: repo_removed_insert
-- Parameters: id (the primary key), now.
INSERT INTO removed_repos (owner, name, at_ms)
SELECT owner, name, :now FROM repos WHERE id = :id

-- name: repo_removed_find
-- Parameters: owner, name: the primary key.
SELECT at_ms FROM removed_repos WHERE owner = :owner AND name = :name

-- name: repo_removed_next
-- One of them; there are few, for a moment.
SELECT owner, name FROM removed_repos LIMIT 1

-- name: repo_removed_delete
-- Parameters: owner, name: the primary key.
DELETE FROM removed_repos WHERE owner = :owner AND name = :name
