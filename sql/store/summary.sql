-- summary.sql - how runs did within a time: what lib/store/summary.c uses.
--
-- All look at the newest `max` runs that ended since a time and pass the
-- filters (NULL, or 0 for repo: all). Index: runs_finished, backwards.
-- SPDX-License-Identifier: ISC

-- name: summary_total
-- Parameters: since, repo, workflow, sees, max. Runs that were skipped did
-- nothing and do not count; cancelled ones are no errors.
WITH seen AS (SELECT r.state,
		r.finished_at_ms - r.started_at_ms AS took_ms
	FROM runs r
	WHERE r.finished_at_ms >= :since AND r.state <> 'skipped'
		AND (:repo = 0 OR r.repo = :repo)
		AND (:workflow IS NULL OR r.workflow = :workflow)
		AND (:sees IS NULL
			OR r.repo IN (SELECT value FROM json_each(:sees)))
	ORDER BY r.finished_at_ms DESC LIMIT :max)
SELECT count(*) AS total,
	coalesce(sum(state = 'succeeded'), 0) AS succeeded,
	coalesce(sum(state = 'failed'), 0) AS failed,
	count(took_ms) AS measured,
	CAST(coalesce(avg(took_ms), 0) AS INTEGER) AS avg_ms
FROM seen

-- name: summary_place
-- How long the run took that stands at a place, from 0, when all are in order
-- of that. Parameters: place besides.
WITH seen AS (SELECT r.finished_at_ms - r.started_at_ms AS took_ms
	FROM runs r
	WHERE r.finished_at_ms >= :since AND r.state <> 'skipped'
		AND (:repo = 0 OR r.repo = :repo)
		AND (:workflow IS NULL OR r.workflow = :workflow)
		AND (:sees IS NULL
			OR r.repo IN (SELECT value FROM json_each(:sees)))
	ORDER BY r.finished_at_ms DESC LIMIT :max)
SELECT took_ms FROM seen WHERE took_ms IS NOT NULL
ORDER BY took_ms LIMIT 1 OFFSET :place

-- name: summary_hours
-- By the hour in which they ended, the oldest first.
WITH seen AS (SELECT r.state, r.finished_at_ms
	FROM runs r
	WHERE r.finished_at_ms >= :since AND r.state <> 'skipped'
		AND (:repo = 0 OR r.repo = :repo)
		AND (:workflow IS NULL OR r.workflow = :workflow)
		AND (:sees IS NULL
			OR r.repo IN (SELECT value FROM json_each(:sees)))
	ORDER BY r.finished_at_ms DESC LIMIT :max)
SELECT finished_at_ms / 3600000 * 3600000 AS at_ms, count(*) AS total,
	sum(state = 'failed') AS failed
FROM seen GROUP BY 1 ORDER BY 1

-- name: summary_steps
-- By the title of a step, those that took most in front. Their place in their
-- own order gives the percentile, by the nearest rank. Parameters: limit
-- besides. Indexes besides: jobs_run, (job, attempt, number).
WITH seen AS (SELECT r.id
	FROM runs r
	WHERE r.finished_at_ms >= :since AND r.state <> 'skipped'
		AND (:repo = 0 OR r.repo = :repo)
		AND (:workflow IS NULL OR r.workflow = :workflow)
		AND (:sees IS NULL
			OR r.repo IN (SELECT value FROM json_each(:sees)))
	ORDER BY r.finished_at_ms DESC LIMIT :max),
took AS (SELECT s.title, s.state = 'failed' AS failed,
		s.finished_at_ms - s.started_at_ms AS ms
	FROM seen CROSS JOIN jobs j ON j.run = seen.id
		CROSS JOIN steps s ON s.job = j.id AND s.attempt = j.attempt
	WHERE s.started_at_ms > 0 AND s.finished_at_ms > 0
		AND j.work IS NULL),
placed AS (SELECT title, failed, ms,
		row_number() OVER (PARTITION BY title ORDER BY ms) AS place,
		count(*) OVER (PARTITION BY title) AS total
	FROM took)
SELECT title, total, CAST(avg(ms) AS INTEGER) AS avg_ms, sum(failed) AS failed,
	max(CASE WHEN place <= (total * 99 + 99) / 100 THEN ms END) AS p99_ms
FROM placed GROUP BY title ORDER BY sum(ms) DESC, title LIMIT :limit
