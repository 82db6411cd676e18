-- outbox.sql - messages to send: what lib/store/outbox*.c use.
-- SPDX-License-Identifier: ISC

-- name: outbox_replaced
-- Parameters: kind, topic. Index: outbox_once.
DELETE FROM outbox WHERE kind = :kind AND topic = :topic AND state = 'queued'

-- name: outbox_insert
-- Parameters: a column each, state (queued), now.
INSERT INTO outbox (kind, topic, repo, run, rule, data, host, state,
	due_at_ms, created_at_ms, queued_at_ms)
VALUES (:kind, :topic, :repo, :run, :rule, :data, :host, :state, :now, :now,
	:now)

-- name: outbox_files
-- Parameters: now, max. Index: outbox_files, and not outbox_once.
SELECT id, kind, topic, coalesce(repo, 0) AS repo, coalesce(run, 0) AS run,
	coalesce(rule, 0) AS rule, data, host, state, attempts, due_at_ms,
	error, created_at_ms, queued_at_ms
FROM outbox INDEXED BY outbox_files
WHERE state = 'queued' AND kind = 'files' AND due_at_ms <= :now
ORDER BY due_at_ms LIMIT :max

-- name: outbox_due
-- Those behind (after_due, after_id) in the order of the index.
-- Parameters: now, after_due, after_id, max. Index: outbox_due.
SELECT id, kind, topic, coalesce(repo, 0) AS repo, coalesce(run, 0) AS run,
	coalesce(rule, 0) AS rule, data, host, state, attempts, due_at_ms,
	error, created_at_ms, queued_at_ms
FROM outbox INDEXED BY outbox_due
WHERE state = 'queued' AND kind <> 'files' AND due_at_ms <= :now
	AND (due_at_ms, id) > (:after_due, :after_id)
ORDER BY due_at_ms, id LIMIT :max

-- name: outbox_next_files
-- Column: due_at_ms of the first. Index: outbox_files, its first entry.
SELECT due_at_ms FROM outbox INDEXED BY outbox_files
WHERE state = 'queued' AND kind = 'files' ORDER BY due_at_ms LIMIT 1

-- name: outbox_next_due
-- Column: due_at_ms of the first. Index: outbox_due, its first entry.
SELECT due_at_ms FROM outbox WHERE state = 'queued' AND kind <> 'files'
ORDER BY due_at_ms LIMIT 1

-- name: outbox_find
-- Parameters: id, the primary key.
SELECT id, kind, topic, coalesce(repo, 0) AS repo, coalesce(run, 0) AS run,
	coalesce(rule, 0) AS rule, data, host, state, attempts, due_at_ms,
	error, created_at_ms, queued_at_ms
FROM outbox WHERE id = :id

-- name: outbox_list
-- The newest of a state. Parameters: state, before (an id that is not
-- reached), limit. The primary key, backwards: rows are those that wait or
-- failed, the others are removed.
SELECT id, kind, topic, coalesce(repo, 0) AS repo, coalesce(run, 0) AS run,
	coalesce(rule, 0) AS rule, data, host, state, attempts, due_at_ms,
	error, created_at_ms, queued_at_ms
FROM outbox WHERE id < :before AND (:state IS NULL OR state = :state)
ORDER BY id DESC LIMIT :limit

-- name: outbox_sent
-- Parameters: id, the primary key.
DELETE FROM outbox WHERE id = :id AND state = 'queued'

-- name: outbox_failed
-- Parameters: id (primary key), from, to, due_at_ms, error, host.
UPDATE outbox SET state = :to, attempts = attempts + 1,
	due_at_ms = :due_at_ms, error = :error, host = :host
WHERE id = :id AND state = :from

-- name: outbox_deferred
-- Parameters: id (primary key), due_at_ms, host, error.
UPDATE outbox SET due_at_ms = :due_at_ms, host = :host, error = :error
WHERE id = :id AND state = 'queued'

-- name: outbox_recall
-- What was put off for longer than anything is: the clock was ahead then.
-- Parameters: now, latest. Index: outbox_due.
UPDATE outbox SET due_at_ms = :now
WHERE state = 'queued' AND kind <> 'files' AND due_at_ms > :latest

-- name: outbox_recall_files
-- The same of files. Index: outbox_files.
UPDATE outbox INDEXED BY outbox_files SET due_at_ms = :now
WHERE state = 'queued' AND kind = 'files' AND due_at_ms > :latest

-- name: outbox_host_recall
-- The same of hosts. Parameter: latest.
DELETE FROM outbox_hosts WHERE until_ms > :latest

-- name: outbox_requeue
-- Parameters: id (primary key), from, to, now.
UPDATE outbox SET state = :to, attempts = 0, due_at_ms = :now,
	queued_at_ms = :now
WHERE id = :id AND state = :from

-- name: outbox_discard
-- Parameters: id, the primary key. Dead letters only.
DELETE FROM outbox WHERE id = :id AND state = 'failed'

-- name: outbox_dead_ids
-- Parameters: limit. Index: outbox_dead, the oldest first.
SELECT id FROM outbox WHERE state = 'failed' ORDER BY queued_at_ms LIMIT :limit

-- name: outbox_trim
-- Parameters: before. Index: outbox_dead.
DELETE FROM outbox WHERE state = 'failed' AND queued_at_ms < :before

-- name: outbox_counts
-- How many wait, how many have failed at least once, how many are dead.
-- Indexes: outbox_due, outbox_files, outbox_dead: what is there now.
SELECT (SELECT count(*) FROM outbox WHERE state = 'queued'
		AND kind <> 'files') AS queued,
	(SELECT count(*) FROM outbox WHERE state = 'failed') AS dead

-- name: outbox_try_insert
-- Parameters: a column each.
INSERT INTO outbox_tries (message, kind, topic, run, host, result, status,
	error, took_ms, at_ms)
VALUES (:message, :kind, :topic, (SELECT id FROM runs WHERE id = :run), :host,
	:result, :status, :error, :took_ms, :now)

-- name: outbox_try_list
-- Of one message, the newest first. Parameters: message, limit. Index:
-- outbox_tries_message.
SELECT id, message, kind, topic, host, result, coalesce(status, 0) AS status,
	error, took_ms, at_ms
FROM outbox_tries WHERE message = :message ORDER BY id DESC LIMIT :limit

-- name: outbox_try_all
-- Of all, the newest first. Parameters: before, limit. The primary key,
-- backwards.
SELECT id, message, kind, topic, host, result, coalesce(status, 0) AS status,
	error, took_ms, at_ms
FROM outbox_tries WHERE id < :before ORDER BY id DESC LIMIT :limit

-- name: outbox_host_find
-- Parameters: host, the primary key.
SELECT host, failures, until_ms, error, changed_at_ms FROM outbox_hosts
WHERE host = :host

-- name: outbox_host_list
-- All: what cannot be reached now, few. In the order of the primary key.
SELECT host, failures, until_ms, error, changed_at_ms FROM outbox_hosts
ORDER BY host

-- name: outbox_host_set
-- Parameters: a column each. The primary key.
INSERT INTO outbox_hosts (host, failures, until_ms, error, changed_at_ms)
VALUES (:host, :failures, :until_ms, :error, :now)
ON CONFLICT (host) DO UPDATE SET failures = :failures, until_ms = :until_ms,
	error = :error, changed_at_ms = :now

-- name: outbox_host_clear
-- Parameters: host, the primary key.
DELETE FROM outbox_hosts WHERE host = :host

-- name: outbox_status_of
-- What a status of a run would be about, when its forge is to be told.
-- Parameters: run, job (0: none). Indexes: primary keys.
SELECT r.repo, r.report_sha AS sha, r.event, r.workflow, j.key AS job,
	coalesce(own.statuses, f.statuses, 'workflow') AS statuses
FROM runs r JOIN repos p ON p.id = r.repo
	LEFT JOIN jobs j ON j.id = :job
	LEFT JOIN reporting own ON own.place = 'repo:' || p.id
	LEFT JOIN reporting f ON f.place = 'forge:' || p.forge
WHERE r.id = :run AND coalesce(own.token, f.token) IS NOT NULL
	AND coalesce(own.statuses, f.statuses, 'workflow') <> 'off'

-- name: reporting_insert
-- Parameters: place, repo, now. Nothing happens when it is there.
INSERT INTO reporting (place, repo, updated_at_ms) VALUES (:place, :repo, :now)
ON CONFLICT (place) DO NOTHING

-- name: reporting_set_token
-- Parameters: place (primary key), token, now.
UPDATE reporting SET token = :token, updated_at_ms = :now WHERE place = :place

-- name: reporting_set
-- Parameters: place (primary key), and columns: NULL leaves one alone.
UPDATE reporting SET api_url = coalesce(:api_url, api_url),
	statuses = coalesce(:statuses, statuses),
	ignored = coalesce(:ignored, ignored),
	comments = coalesce(:comments, comments), updated_at_ms = :now
WHERE place = :place

-- name: reporting_delete
-- Parameters: place, the primary key.
DELETE FROM reporting WHERE place = :place

-- name: reporting_find
-- Parameters: place, the primary key.
SELECT place, api_url, statuses, coalesce(ignored, -1) AS ignored,
	coalesce(comments, -1) AS comments, token IS NOT NULL AS has_token
FROM reporting WHERE place = :place

-- name: reporting_token
-- Parameters: place, the primary key. Columns: sealed, sealed_len.
SELECT token AS sealed, length(token) AS sealed_len FROM reporting
WHERE place = :place AND token IS NOT NULL

-- name: reporting_sealed
-- Column: how many tokens and targets are sealed. Reads two small tables, and
-- only when their key is missing.
SELECT (SELECT count(*) FROM reporting WHERE token IS NOT NULL)
	+ (SELECT count(*) FROM notify_rules WHERE sealed IS NOT NULL)

-- name: reporting_newest
-- The newest run of a commit that has the same context: its status counts.
-- Parameters: run. Indexes: primary key, runs_report.
SELECT o.id AS newest, r.report_sha AS sha FROM runs r JOIN runs o ON o.repo = r.repo
	AND o.report_sha = r.report_sha AND o.workflow = r.workflow
	AND o.event = r.event
WHERE r.id = :run ORDER BY o.id DESC LIMIT 1

-- name: outbox_comment_of
-- The pull request of a run that is to be commented: its files are wrong, or
-- were. Parameters: run. Indexes: primary keys.
SELECT r.repo, CAST(coalesce(r.pull,
	r.context ->> '$.github.event.pull_request.number') AS INTEGER) AS pull
FROM runs r JOIN repos p ON p.id = r.repo
	LEFT JOIN reporting own ON own.place = 'repo:' || p.id
	LEFT JOIN reporting f ON f.place = 'forge:' || p.forge
WHERE r.id = :run AND coalesce(own.token, f.token) IS NOT NULL
	AND coalesce(own.comments, f.comments, 0) = 1
	AND coalesce(r.pull, r.context ->>
		'$.github.event.pull_request.number') > 0
	AND (instr(r.problems, ': error: ') > 0 OR EXISTS (SELECT 1
		FROM forge_comments c WHERE c.repo = r.repo
			AND c.pull = coalesce(r.pull, r.context ->>
				'$.github.event.pull_request.number')))

-- name: outbox_ignored_of
-- Is a forge told of events that start nothing? Parameters: repo, the primary
-- key.
SELECT 1 FROM repos p
	LEFT JOIN reporting own ON own.place = 'repo:' || p.id
	LEFT JOIN reporting f ON f.place = 'forge:' || p.forge
WHERE p.id = :repo AND coalesce(own.token, f.token) IS NOT NULL
	AND coalesce(own.statuses, f.statuses, 'workflow') <> 'off'
	AND coalesce(own.ignored, f.ignored, 0) = 1

-- name: reporting_problems
-- The runs of the commit of a run whose files are wrong, the newest first.
-- Parameters: run. Indexes: primary key, runs_report.
SELECT o.number, o.file, o.event, o.problems FROM runs r JOIN runs o
	ON o.repo = r.repo AND o.report_sha = r.report_sha
WHERE r.id = :run AND instr(o.problems, ': error: ') > 0
ORDER BY o.id DESC LIMIT 50

-- name: comment_find
-- Parameters: repo, pull: the primary key.
SELECT comment FROM forge_comments WHERE repo = :repo AND pull = :pull

-- name: comment_set
-- Parameters: a column each. The primary key.
INSERT INTO forge_comments (repo, pull, comment)
VALUES (:repo, :pull, :comment)
ON CONFLICT (repo, pull) DO UPDATE SET comment = :comment
