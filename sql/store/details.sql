-- details.sql - what the page of a run shows beside its rows: what
-- lib/store/details.c uses.
-- SPDX-License-Identifier: ISC

-- name: detail_needs
-- Keys that each job of a run needs, in the order of job_list. Parameters:
-- run. Index: jobs_run.
SELECT id AS job, needs FROM jobs WHERE run = :run ORDER BY id

-- name: detail_causes
-- What those that failed failed of, as a word. Parameters: run. Index: (run,
-- seq).
SELECT coalesce(data ->> 'job', 0) AS job,
	coalesce(data ->> 'cause', '') AS cause
FROM events WHERE run = :run AND type = 'job.failed' ORDER BY seq

-- name: detail_plans
-- What the plans of a run's jobs say of where they run. Parameters: run.
-- Index: jobs_run.
SELECT j.id AS job, coalesce(w.plan ->> '$.job.container.image.string',
		w.plan ->> '$.job.container.image.expression') AS image,
	coalesce(w.plan ->> '$.job.environment.string',
		w.plan ->> '$.job.environment.expression') AS environment,
	w.labels, CASE WHEN length(w.outputs) <= 4096 THEN w.outputs END
		AS outputs
FROM jobs j JOIN jobs w ON w.id = coalesce(j.work, j.id)
WHERE j.run = :run ORDER BY j.id

-- name: detail_event
-- What the payload says of the event that started a run. Parameters: id, the
-- primary key.
SELECT context ->> '$.github.event.repository.html_url' AS page,
	coalesce(context ->> '$.github.event.pull_request.number', 0) AS pull,
	context ->> '$.github.event.pull_request.title' AS pull_title,
	context ->> '$.github.event.pull_request.html_url' AS pull_page,
	context ->> '$.github.event.pull_request.head.label' AS pull_head,
	context ->> '$.github.event.pull_request.base.ref' AS pull_base,
	coalesce(context ->> '$.github.event.pull_request.changed_files', 0)
		AS changed_files,
	context -> '$.github.event.commits' AS commits,
	context ->> '$.github.event.before' AS before,
	context ->> '$.github.event.schedule' AS schedule,
	context -> '$.inputs' AS inputs,
	(SELECT json_group_array(key) FROM json_each(context, '$.vars'))
		AS vars
FROM runs WHERE id = :id

-- name: detail_before
-- The newest run of the same file and branch before this one, among the 500
-- before it. Parameters: repo, branch, origin, file. Index: runs_branch,
-- backwards. Column: number.
SELECT number FROM (SELECT number, file FROM runs
	WHERE repo = :repo AND branch = :branch AND origin < :origin
	ORDER BY origin DESC, attempt DESC LIMIT 500)
WHERE file = :file LIMIT 1

-- name: detail_before_good
-- The same that succeeded. Parameters, index and column: as above.
SELECT number FROM (SELECT number, file, state FROM runs
	WHERE repo = :repo AND branch = :branch AND origin < :origin
	ORDER BY origin DESC, attempt DESC LIMIT 500)
WHERE file = :file AND state = 'succeeded' LIMIT 1
