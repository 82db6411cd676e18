-- insights.sql - what charts and sums of the past are made of: what
-- lib/store/insights.c uses. `sees` is a JSON array of repositories, or NULL
-- for all (sees.h); a period is from `from` up to, without, `to`.
-- SPDX-License-Identifier: ISC

-- name: insight_runs
-- Ends of runs of a period; those that were skipped did nothing. Parameters:
-- sees, from, to, limit. Index: runs_ended, of each repository only the
-- period, without reading rows.
SELECT r.finished_at_ms, r.state, coalesce(r.started_at_ms, 0)
		AS started_at_ms, r.created_at_ms
FROM repos p CROSS JOIN runs r INDEXED BY runs_ended
	ON r.repo = p.id AND r.finished_at_ms >= :from
		AND r.finished_at_ms < :to
WHERE r.state <> 'skipped' AND (:sees IS NULL
	OR p.id IN (SELECT value FROM json_each(:sees)))
LIMIT :limit

-- name: insight_jobs
-- Jobs of the newest runs of a period, those that cost most time in front: how
-- many ended, failed, and passed only when they were tried again. Parameters:
-- sees, from, to, runs (how many of them), limit. Indexes: runs_ended,
-- jobs_run.
SELECT p.owner, p.name, r.workflow, j.title, count(*) AS ended,
	sum(j.state = 'failed') AS failed,
	sum(j.state = 'succeeded' AND (j.attempt > 1 OR r.attempt > 1))
		AS flaky,
	CAST(avg(j.finished_at_ms - j.started_at_ms) AS INTEGER) AS avg_ms,
	max(j.finished_at_ms - j.started_at_ms) AS max_ms
FROM (SELECT x.id FROM repos q CROSS JOIN runs x INDEXED BY runs_ended
		ON x.repo = q.id AND x.finished_at_ms >= :from
			AND x.finished_at_ms < :to
		WHERE :sees IS NULL
			OR q.id IN (SELECT value FROM json_each(:sees))
		ORDER BY x.finished_at_ms DESC LIMIT :runs) e
	CROSS JOIN runs r ON r.id = e.id
	CROSS JOIN repos p ON p.id = r.repo
	CROSS JOIN jobs j ON j.run = r.id
WHERE j.state IN ('succeeded', 'failed') AND j.work IS NULL
	AND j.started_at_ms IS NOT NULL
GROUP BY r.repo, r.workflow, j.title
ORDER BY sum(j.finished_at_ms - j.started_at_ms) DESC LIMIT :limit
