-- notify.sql - rules of notifications: what lib/store/notify.c uses.
-- SPDX-License-Identifier: ISC

-- name: notify_insert
-- Parameters: a column each. Column: id.
INSERT INTO notify_rules (place, repo, cause, branch, alert, sample, kind,
	target, host, sealed, made_by, created_at_ms)
VALUES (:place, :repo, :cause, :branch, :alert, :sample, :kind, :target, :host, :sealed,
	:made_by, :now)
RETURNING id

-- name: notify_delete
-- Parameters: id, the primary key. Its messages go by cascade.
DELETE FROM notify_rules WHERE id = :id

-- name: notify_find
-- Parameters: id, the primary key.
SELECT id, place, coalesce(repo, 0) AS repo, cause, branch, alert,
	coalesce(sample, 0) AS sample, kind, target, host, sealed IS NOT NULL AS has_secret, made_by, created_at_ms
FROM notify_rules WHERE id = :id

-- name: notify_secret
-- Parameters: id, the primary key. Columns: sealed, sealed_len.
SELECT sealed, length(sealed) AS sealed_len FROM notify_rules
WHERE id = :id AND sealed IS NOT NULL

-- name: notify_list
-- All of a small table, in the order of the primary key.
SELECT id, place, coalesce(repo, 0) AS repo, cause, branch, alert,
	coalesce(sample, 0) AS sample, kind, target, host, sealed IS NOT NULL AS has_secret, made_by, created_at_ms
FROM notify_rules ORDER BY id

-- name: notify_list_places
-- Parameters: one, two, three. Index: notify_rules_place; sorts what there is.
SELECT id, place, coalesce(repo, 0) AS repo, cause, branch, alert,
	coalesce(sample, 0) AS sample, kind, target, host, sealed IS NOT NULL AS has_secret, made_by, created_at_ms
FROM notify_rules WHERE place IN (:one, :two, :three) ORDER BY id

-- name: notify_wanted
-- Column: the repository of a run, when a rule may ask for it.
-- Parameters: run, waiting (1: rules of waiting, 0: of ends). Indexes: primary
-- keys, notify_rules_place.
SELECT r.repo FROM runs r JOIN repos p ON p.id = r.repo
WHERE r.id = :run AND EXISTS (SELECT 1 FROM notify_rules n
	WHERE n.place IN ('all', 'owner:' || lower(p.owner), 'repo:' || p.id)
		AND n.cause <> 'alert' AND (n.cause = 'waiting') = :waiting)

-- name: notify_before
-- Column: 1 when it failed. Parameters: run. Indexes: primary key, runs_branch
-- backwards, over the runs of other workflows.
SELECT o.state = 'failed' FROM runs r JOIN runs o INDEXED BY runs_branch
	ON o.repo = r.repo AND o.branch = r.branch
	AND (o.origin, o.attempt) < (r.origin, r.attempt)
WHERE r.id = :run AND o.workflow = r.workflow
	AND o.state IN ('succeeded', 'failed')
ORDER BY o.origin DESC, o.attempt DESC LIMIT 1
