-- events.sql - what happened: what lib/store/events.c uses.
-- SPDX-License-Identifier: ISC

-- name: event_append
-- Parameters: run, type, data, now. Index: (run, seq), its last entry.
INSERT INTO events (run, seq, type, data, at_ms)
SELECT :run, 1 + coalesce(max(seq), 0), :type, :data, :now
FROM events WHERE run = :run

-- name: event_attempt_end
-- How an attempt of a job ended. Parameters: run, job, attempt. Index: (run,
-- seq).
SELECT type, coalesce(data ->> 'reason', '') AS reason FROM events
WHERE run = :run AND type IN ('job.requeued', 'retry.attempted',
		'job.completed', 'job.failed', 'job.cancelled')
	AND data ->> 'job' = :job AND data ->> 'attempt' = :attempt
ORDER BY seq DESC LIMIT 1

-- name: event_list_job
-- What happened to a job and, without the jobs, to its run; not to its steps.
-- Job 0: to the run alone. Parameters: run, job, limit. Index: (run, seq).
SELECT seq, type, at_ms, coalesce(data ->> 'job', 0) AS job,
	coalesce(data ->> 'attempt', 0) AS attempt,
	coalesce(data ->> 'to', '') AS "to",
	coalesce(data ->> 'reason', '') AS reason,
	coalesce(data ->> 'cause', '') AS cause,
	coalesce(data ->> 'limit_of', '') AS limit_of,
	coalesce(data ->> 'place', '') AS place,
	coalesce(data ->> 'by', '') AS "by"
FROM events
WHERE run = :run AND coalesce(data ->> 'job', 0) IN (0, :job)
	AND type NOT LIKE 'step.%'
ORDER BY seq LIMIT :limit

-- name: event_list
-- Parameters: run, after (a sequence number), limit. Index: (run, seq).
SELECT run, seq, type, data, at_ms FROM events
WHERE run = :run AND seq > :after ORDER BY seq LIMIT :limit

-- name: event_tail_newest
-- The id of the newest event of all. Index: the table's own.
SELECT coalesce(max(id), 0) FROM events

-- name: event_tail
-- Events of all runs in the order of their ids, with what their readers want
-- to know of run, job and step. Parameters: after, to (ids), repo (0: all),
-- limit. Index: the table's own; it is read from `after` on, at most to `to`.
SELECT e.id, e.run, e.seq, e.type, e.data, e.at_ms, r.repo, p.owner, p.name,
	r.number, r.attempt AS run_attempt, r.workflow,
	coalesce(e.data ->> 'job', 0) AS job,
	coalesce(e.data ->> 'key', j.key, '') AS key,
	coalesce(e.data ->> 'attempt', 0) AS attempt,
	coalesce(e.data ->> 'step', 0) AS step,
	coalesce(CASE
		WHEN e.type LIKE 'step.%' AND s.state = e.data ->> 'to'
			THEN s.finished_at_ms - s.started_at_ms
		WHEN e.type LIKE 'job.%' AND j.attempt = e.data ->> 'attempt'
			AND j.state = e.data ->> 'to'
			THEN j.finished_at_ms - j.started_at_ms
		WHEN e.type LIKE 'run.%' AND r.state = e.data ->> 'to'
			THEN r.finished_at_ms - r.started_at_ms
	END, -1) AS duration_ms
FROM events e
	JOIN runs r ON r.id = e.run
	JOIN repos p ON p.id = r.repo
	LEFT JOIN jobs j ON j.id = e.data ->> 'job'
	LEFT JOIN steps s ON s.job = j.id AND s.attempt = e.data ->> 'attempt'
		AND s.number = e.data ->> 'step'
WHERE e.id > :after AND e.id <= :to AND (:repo = 0 OR r.repo = :repo)
ORDER BY e.id LIMIT :limit

-- name: event_tail_run
-- The same of one run. Parameters: run, after (an id), limit. Index: (run,
-- seq), whose order is that of the ids.
SELECT e.id, e.run, e.seq, e.type, e.data, e.at_ms, r.repo, p.owner, p.name,
	r.number, r.attempt AS run_attempt, r.workflow,
	coalesce(e.data ->> 'job', 0) AS job,
	coalesce(e.data ->> 'key', j.key, '') AS key,
	coalesce(e.data ->> 'attempt', 0) AS attempt,
	coalesce(e.data ->> 'step', 0) AS step,
	coalesce(CASE
		WHEN e.type LIKE 'step.%' AND s.state = e.data ->> 'to'
			THEN s.finished_at_ms - s.started_at_ms
		WHEN e.type LIKE 'job.%' AND j.attempt = e.data ->> 'attempt'
			AND j.state = e.data ->> 'to'
			THEN j.finished_at_ms - j.started_at_ms
		WHEN e.type LIKE 'run.%' AND r.state = e.data ->> 'to'
			THEN r.finished_at_ms - r.started_at_ms
	END, -1) AS duration_ms
FROM events e
	JOIN runs r ON r.id = e.run
	JOIN repos p ON p.id = r.repo
	LEFT JOIN jobs j ON j.id = e.data ->> 'job'
	LEFT JOIN steps s ON s.job = j.id AND s.attempt = e.data ->> 'attempt'
		AND s.number = e.data ->> 'step'
WHERE e.run = :run AND e.id > :after
ORDER BY e.seq LIMIT :limit
