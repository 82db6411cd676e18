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
