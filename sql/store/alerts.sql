-- alerts.sql - rules about numbers: what lib/store/alerts.c and alert_check.c
-- use.
-- SPDX-License-Identifier: ISC

-- name: alert_insert
-- Parameters: a column each. To be looked at at once.
INSERT INTO alerts (name, place, owner, repo, workflow, step, metric, op,
	threshold, window_ms, severity, check_at_ms, made_by, created_at_ms)
VALUES (:name, :place, :owner, :repo, :workflow, :step, :metric, :op,
	:threshold, :window_ms, :severity, :now, :made_by, :now)

-- name: alert_delete
-- Parameters: name, unique.
DELETE FROM alerts WHERE name = :name

-- name: alert_list
-- All of a small table, by name.
SELECT id, name, place, owner, coalesce(repo, 0) AS repo, workflow, step,
	metric, op, threshold, window_ms, severity, firing, changes,
	coalesce(changed_at_ms, 0) AS changed_at_ms,
	value IS NOT NULL AS has_value, coalesce(value, 0) AS value,
	coalesce(held_since_ms, 0) AS held_since_ms, made_by, created_at_ms
FROM alerts ORDER BY name

-- name: alert_count
-- Column: how many there are.
SELECT count(*) FROM alerts

-- name: alert_due
-- Those to be looked at. Parameters: now, limit. Index: alerts_due.
SELECT id, name, place, owner, coalesce(repo, 0) AS repo, workflow, step,
	metric, op, threshold, window_ms, severity, firing, changes,
	coalesce(changed_at_ms, 0) AS changed_at_ms,
	value IS NOT NULL AS has_value, coalesce(value, 0) AS value,
	coalesce(held_since_ms, 0) AS held_since_ms, made_by, created_at_ms
FROM alerts WHERE check_at_ms <= :now ORDER BY check_at_ms LIMIT :limit

-- name: alert_next
-- When the next one is to be looked at. Index: alerts_due.
SELECT check_at_ms FROM alerts WHERE check_at_ms IS NOT NULL
ORDER BY check_at_ms LIMIT 1

-- name: alert_recall
-- Those put off to behind a time are looked at then: the clock was ahead.
-- Parameters: latest. Index: alerts_due.
UPDATE alerts SET check_at_ms = :latest, rest_until_ms = :latest
WHERE check_at_ms > :latest

-- name: alert_checked
-- Parameters: id, value, held_since_ms, rest_until_ms, check_at_ms.
UPDATE alerts SET value = :value, held_since_ms = :held_since_ms,
	rest_until_ms = :rest_until_ms, check_at_ms = :check_at_ms
WHERE id = :id

-- name: alert_changed
-- Parameters: id, firing, now.
UPDATE alerts SET firing = :firing, changes = changes + 1,
	changed_at_ms = :now
WHERE id = :id

-- name: alert_error_rate
-- Of what ended within the window, well or badly: how many failed, in
-- hundredths of a percent. Parameters: since, owner, repo, workflow. Index:
-- runs_finished.
SELECT count(*) AS samples, coalesce(10000 * sum(r.state = 'failed')
		/ nullif(count(*), 0), 0) AS value,
	coalesce(min(r.finished_at_ms), 0) AS oldest_ms
FROM runs r INDEXED BY runs_finished JOIN repos p ON p.id = r.repo
WHERE r.finished_at_ms > :since AND r.state IN ('succeeded', 'failed')
	AND (:repo IS NULL OR r.repo = :repo)
	AND (:owner IS NULL OR lower(p.owner) = :owner)
	AND (:workflow IS NULL OR :workflow IN (r.workflow, r.file))

-- name: alert_step_error_rate
-- The same of the steps with a title, of runs that ended. Parameters: since,
-- owner, repo, workflow, step. Indexes: runs_finished, those of jobs by run and
-- steps by job.
SELECT count(*) AS samples, coalesce(10000 * sum(s.state = 'failed')
		/ nullif(count(*), 0), 0) AS value,
	coalesce(min(r.finished_at_ms), 0) AS oldest_ms
FROM runs r INDEXED BY runs_finished JOIN repos p ON p.id = r.repo
	JOIN jobs j ON j.run = r.id JOIN steps s ON s.job = j.id
WHERE r.finished_at_ms > :since AND s.state IN ('succeeded', 'failed')
	AND s.title = :step
	AND (:repo IS NULL OR r.repo = :repo)
	AND (:owner IS NULL OR lower(p.owner) = :owner)
	AND (:workflow IS NULL OR :workflow IN (r.workflow, r.file))

-- name: alert_duration_p99
-- How long 99 of 100 of them took at most, in milliseconds. Parameters: since,
-- owner, repo, workflow. Index: runs_finished.
WITH d AS MATERIALIZED (
	SELECT r.finished_at_ms - r.started_at_ms AS ms, r.finished_at_ms AS at
	FROM runs r INDEXED BY runs_finished JOIN repos p ON p.id = r.repo
	WHERE r.finished_at_ms > :since AND r.started_at_ms IS NOT NULL
		AND r.state IN ('succeeded', 'failed')
		AND (:repo IS NULL OR r.repo = :repo)
		AND (:owner IS NULL OR lower(p.owner) = :owner)
		AND (:workflow IS NULL OR :workflow IN (r.workflow, r.file))
)
SELECT (SELECT count(*) FROM d) AS samples,
	coalesce((SELECT ms FROM d ORDER BY ms DESC LIMIT 1
		OFFSET (SELECT count(*) / 100 FROM d)), 0) AS value,
	coalesce((SELECT min(at) FROM d), 0) AS oldest_ms

-- name: alert_step_duration_p99
-- The same of the steps with a title. Parameters: since, owner, repo, workflow,
-- step. Indexes: as of alert_step_error_rate.
WITH d AS MATERIALIZED (
	SELECT s.finished_at_ms - s.started_at_ms AS ms, r.finished_at_ms AS at
	FROM runs r INDEXED BY runs_finished JOIN repos p ON p.id = r.repo
		JOIN jobs j ON j.run = r.id JOIN steps s ON s.job = j.id
	WHERE r.finished_at_ms > :since AND s.started_at_ms IS NOT NULL
		AND s.state IN ('succeeded', 'failed') AND s.title = :step
		AND (:repo IS NULL OR r.repo = :repo)
		AND (:owner IS NULL OR lower(p.owner) = :owner)
		AND (:workflow IS NULL OR :workflow IN (r.workflow, r.file))
)
SELECT (SELECT count(*) FROM d) AS samples,
	coalesce((SELECT ms FROM d ORDER BY ms DESC LIMIT 1
		OFFSET (SELECT count(*) / 100 FROM d)), 0) AS value,
	coalesce((SELECT min(at) FROM d), 0) AS oldest_ms

-- name: alert_dead_letters
-- Messages and webhooks that were given up and are still there. Parameters:
-- owner, repo. Indexes: outbox_dead, deliveries_state.
SELECT 1 AS samples, (SELECT count(*)
	FROM outbox o LEFT JOIN repos p ON p.id = o.repo
	WHERE o.state = 'failed' AND (:repo IS NULL OR o.repo = :repo)
		AND (:owner IS NULL OR lower(p.owner) = :owner))
	+ (SELECT count(*) FROM deliveries d JOIN repos p ON p.id = d.repo
	WHERE d.state = 'failed' AND (:repo IS NULL OR d.repo = :repo)
		AND (:owner IS NULL OR lower(p.owner) = :owner)) AS value,
	0 AS oldest_ms
