-- heads.sql - branches and tags that are known: what lib/store/heads.c uses.
-- SPDX-License-Identifier: ISC

-- name: head_list
-- Parameters: repo, the beginning of the primary key.
SELECT ref, sha, found FROM heads WHERE repo = :repo

-- name: head_put
-- What was found before it counts no more: a branch may be set back to it.
-- Parameters: repo, ref (the primary key), sha.
INSERT INTO heads (repo, ref, sha) VALUES (:repo, :ref, :sha)
ON CONFLICT (repo, ref) DO UPDATE SET sha = excluded.sha, found = NULL

-- name: head_put_found
-- Parameters: repo, ref (the primary key), sha.
INSERT INTO heads (repo, ref, sha, found) VALUES (:repo, :ref, :sha, :sha)
ON CONFLICT (repo, ref) DO UPDATE SET found = excluded.found

-- name: head_take_found
-- Its webhook has come. Parameters: repo, ref (the primary key), sha.
UPDATE heads SET sha = found, found = NULL
WHERE repo = :repo AND ref = :ref AND found = :sha

-- name: head_remove
-- Parameters: repo, ref (the primary key).
DELETE FROM heads WHERE repo = :repo AND ref = :ref

-- name: reconcile_want
-- Parameters: repo (NULL: all), before (those that ended well, or are
-- registered, since then are left out), now, by. All repositories are read,
-- which are few.
INSERT INTO reconciles (repo, wanted_at_ms, wanted_by)
SELECT p.id, :now, :by FROM repos p LEFT JOIN reconciles r ON r.repo = p.id
WHERE (:repo IS NULL OR p.id = :repo)
	AND coalesce(r.done_at_ms, p.created_at_ms) < :before
	AND r.wanted_at_ms IS NULL
ON CONFLICT (repo) DO UPDATE SET wanted_at_ms = excluded.wanted_at_ms,
	wanted_by = excluded.wanted_by, tries = 0

-- name: reconcile_due
-- Those of which no delivery waits: it may be the push that would be found.
-- Parameters: now, max. Index: reconciles_wanted.
SELECT repo FROM reconciles
WHERE wanted_at_ms <= :now AND NOT EXISTS (SELECT 1 FROM deliveries d
	WHERE d.repo = reconciles.repo AND d.state = 'received')
ORDER BY wanted_at_ms LIMIT :max

-- name: reconcile_next
-- Parameters: now. Index: reconciles_wanted.
SELECT wanted_at_ms FROM reconciles WHERE wanted_at_ms > :now
ORDER BY wanted_at_ms LIMIT 1

-- name: reconcile_read
-- Parameters: repo, the primary key.
SELECT repo, wanted_at_ms, wanted_by, tries, done_at_ms, found, problem
FROM reconciles WHERE repo = :repo

-- name: reconcile_waits
-- Does a delivery of the repository wait? Parameters: repo. Index:
-- deliveries_received.
SELECT 1 FROM deliveries WHERE repo = :repo AND state = 'received' LIMIT 1

-- name: reconcile_done
-- Parameters: repo (the primary key), now, found.
UPDATE reconciles SET wanted_at_ms = NULL, tries = 0, problem = NULL,
	done_at_ms = :now, found = :found
WHERE repo = :repo

-- name: reconcile_failed
-- Parameters: repo (the primary key), again (NULL: no more), problem.
UPDATE reconciles SET wanted_at_ms = :again, tries = tries + 1,
	problem = :problem
WHERE repo = :repo
