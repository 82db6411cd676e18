-- grants.sql - what users may: what lib/store/grants.c uses.
-- SPDX-License-Identifier: ISC

-- name: grant_list
-- Parameters: user. The widest first. Index: grants_scope, then the primary
-- key of repos; sorts the grants of one user.
SELECT g.role, coalesce(g.owner, r.owner) AS owner, r.name AS repo
FROM grants g LEFT JOIN repos r ON r.id = g.repo WHERE g.user = :user
ORDER BY coalesce(g.owner, r.owner, ''), coalesce(r.name, '')

-- name: grant_count
-- Parameters: user. Column: how many he has. Index: grants_scope.
SELECT count(*) FROM grants WHERE user = :user

-- name: grant_set
-- Parameters: a column each. Index: grants_scope.
INSERT INTO grants (user, role, owner, repo, created_at_ms, created_by)
VALUES (:user, :role, :owner, :repo, :now, :by)
ON CONFLICT (user, source, coalesce(owner, '') COLLATE NOCASE,
	coalesce(repo, 0)) DO UPDATE SET role = excluded.role,
	created_at_ms = excluded.created_at_ms,
	created_by = excluded.created_by

-- name: grant_remove
-- Parameters: user; owner, '' for none; repo, 0 for none. Index:
-- grants_scope.
DELETE FROM grants WHERE user = :user AND source = ''
AND coalesce(owner, '') COLLATE NOCASE = :owner AND coalesce(repo, 0) = :repo

-- name: grant_give
-- Parameters: a column each; source is who gives and who did it. The higher
-- role counts where two rules have one scope. Index: grants_scope.
INSERT INTO grants (user, role, owner, repo, source, created_at_ms,
	created_by)
VALUES (:user, :role, :owner, :repo, :source, :now, :source)
ON CONFLICT (user, source, coalesce(owner, '') COLLATE NOCASE,
	coalesce(repo, 0)) DO UPDATE SET role = CASE
	WHEN 'admin' IN (role, excluded.role) THEN 'admin'
	WHEN 'writer' IN (role, excluded.role) THEN 'writer'
	ELSE 'reader' END

-- name: grant_forget_source
-- Parameters: user, source. Index: grants_scope.
DELETE FROM grants WHERE user = :user AND source = :source
