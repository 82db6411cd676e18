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

-- name: event_list
-- Parameters: run, after (a sequence number), limit. Index: (run, seq).
SELECT run, seq, type, data, at_ms FROM events
WHERE run = :run AND seq > :after ORDER BY seq LIMIT :limit
