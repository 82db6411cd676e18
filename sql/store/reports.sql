-- reports.sql - annotations and summaries: what lib/store/reports.c uses.
-- SPDX-License-Identifier: ISC

-- name: annotation_insert
-- Parameters: a column each. Nothing is stored for an attempt that has lost
-- its job. Index: the primary key of jobs.
INSERT OR IGNORE INTO annotations (job, attempt, number, step, level, title,
	file, line, end_line, col, end_col, message)
SELECT :job, :attempt, :number, :step, :level, :title, :file, :line,
	:end_line, :col, :end_col, :message
FROM jobs WHERE id = :job AND attempt = :attempt

-- name: summary_insert
-- Parameters: a column each; as above.
INSERT OR REPLACE INTO summaries (job, attempt, step, title, bytes, html)
SELECT :job, :attempt, :step, :title, length(CAST(:html AS BLOB)), :html
FROM jobs WHERE id = :job AND attempt = :attempt

-- name: annotation_list
-- Those of the newest attempts of a run's jobs, the errors first. Parameters:
-- run, limit. Indexes: jobs_run, (job, attempt, number).
SELECT j.id AS job, j.key, j.title AS job_title, n.step, n.level, n.title, n.file,
	coalesce(n.line, 0) AS line, coalesce(n.end_line, 0) AS end_line,
	coalesce(n.col, 0) AS col, coalesce(n.end_col, 0) AS end_col,
	n.message
FROM jobs j CROSS JOIN annotations n
	ON n.job = coalesce(j.work, j.id) AND n.attempt = j.attempt
WHERE j.run = :run
ORDER BY n.level, j.id, n.number LIMIT :limit

-- name: summary_list
-- Those of the newest attempts of a run's jobs, without their texts, which
-- are read one by one. Parameters: run, limit. Indexes: jobs_run, (job,
-- attempt, step).
SELECT s.id, j.id AS job, j.key, j.title AS job_title, s.step, s.title, s.bytes
FROM jobs j CROSS JOIN summaries s
	ON s.job = coalesce(j.work, j.id) AND s.attempt = j.attempt
WHERE j.run = :run
ORDER BY j.id, s.step LIMIT :limit

-- name: summary_html
-- Parameters: id, the primary key. Column: html.
SELECT html FROM summaries WHERE id = :id

-- name: logs_old
-- Runs whose logs are plain and were finished long ago. Parameters: before,
-- limit. Index: runs_logs_plain.
SELECT r.id, p.owner, p.name, r.number, r.attempt FROM runs r
	CROSS JOIN repos p ON p.id = r.repo
WHERE r.logs = 'plain' AND r.finished_at_ms IS NOT NULL
	AND r.finished_at_ms < :before
ORDER BY r.finished_at_ms LIMIT :limit

-- name: logs_oldest
-- Runs whose logs are still there. Parameters: before, limit. Index:
-- runs_logs_there.
SELECT r.id, p.owner, p.name, r.number, r.attempt FROM runs r
	CROSS JOIN repos p ON p.id = r.repo
WHERE r.logs <> 'gone' AND r.finished_at_ms IS NOT NULL
	AND r.finished_at_ms < :before
ORDER BY r.finished_at_ms LIMIT :limit

-- name: logs_set
-- Parameters: id (primary key), logs.
UPDATE runs SET logs = :logs WHERE id = :id
