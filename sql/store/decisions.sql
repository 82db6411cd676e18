-- decisions.sql - what run_decide() is asked with, and what it decided: what
-- lib/store/{decisions,ends,runs}.c use.
-- SPDX-License-Identifier: ISC

-- name: decision_run
-- Parameters: id, the primary key.
SELECT r.id, r.repo, r.number, r.attempt, r.origin, r.state, r.priority, r.file, r.context,
	c.text AS config, r.facts, r.decided, r.decide_tries AS tries,
	coalesce(r.cancel_at_ms, 0) AS cancel_at_ms, r.cancel_by, r.rerun_by
FROM runs r LEFT JOIN pipeline_configs c ON c.id = r.config
WHERE r.id = :id

-- name: decision_jobs
-- Parameters: run. Index: jobs_run.
SELECT j.id, j.run, j.key, j.title, j.state, j.attempt, j.priority,
	coalesce(j.cancel_at_ms, 0) AS cancel_at_ms,
	coalesce(j.cancel_by, '') AS cancel_by, j.expanded,
	w.plan IS NOT NULL AS frozen, j.reason, w.outputs, w.generated,
	coalesce(j.ended_seq, 0) AS ended_seq,
	coalesce(j.finished_at_ms, 0) AS finished_at_ms
FROM jobs j JOIN jobs w ON w.id = coalesce(j.work, j.id)
WHERE j.run = :run ORDER BY j.id

-- name: decision_counters
-- Parameters: id, the primary key. Column: facts, when the run has still to be
-- decided from that many and nobody did it.
SELECT facts FROM runs
WHERE id = :id AND facts = :facts AND decided = :decided

-- name: decision_taken
-- Parameters: id (primary key), facts, at: when others may go on if more facts
-- have come meanwhile.
UPDATE runs SET decided = :facts, decide_at_ms = :at, decide_tries = 0
WHERE id = :id

-- name: run_mark
-- There is a new fact. Parameters: id (primary key), at: when anybody may
-- decide. Column: facts.
UPDATE runs SET facts = facts + 1, decide_at_ms = CASE
	WHEN facts = decided THEN :at ELSE min(decide_at_ms, :at) END
WHERE id = :id
RETURNING facts

-- name: run_undecided
-- Runs that are to be decided now. Parameters: now, max. Column: id. Index:
-- runs_undecided, its first entries.
SELECT id FROM runs
WHERE facts <> decided AND decide_at_ms <= :now
ORDER BY decide_at_ms LIMIT :max

-- name: run_undecided_next
-- When the next one is. Parameter: now. Index: runs_undecided.
SELECT decide_at_ms FROM runs
WHERE facts <> decided AND decide_at_ms > :now
ORDER BY decide_at_ms LIMIT 1

-- name: run_tried
-- Parameters: id (primary key), now, pause: as often as tries were made, until
-- the next one.
UPDATE runs SET decide_tries = decide_tries + 1,
	decide_at_ms = :now + :pause * (decide_tries + 1)
WHERE id = :id

-- name: run_set_cancel
-- Parameters: id (primary key), now, by.
UPDATE runs SET cancel_at_ms = :now, cancel_by = :by WHERE id = :id

-- name: run_set_title
-- Parameters: id (primary key), title.
UPDATE runs SET title = :title WHERE id = :id

-- name: run_set_problems
-- Parameters: id (primary key), problems.
UPDATE runs SET problems = :problems WHERE id = :id

-- name: run_file_insert
-- Parameters: a column each.
INSERT INTO run_files (run, uses, config, path, sha, error)
VALUES (:run, :uses, :config, :path, :sha, :error)

-- name: run_file_find
-- Parameters: run, uses: the primary key.
SELECT f.uses, f.path, f.sha, f.error, c.text
FROM run_files f LEFT JOIN pipeline_configs c ON c.id = f.config
WHERE f.run = :run AND f.uses = :uses

-- name: job_describe
-- What a decision says of a job. Parameters: id (primary key), and a column
-- each.
UPDATE jobs SET title = :title, expanded = :expanded, reason = :reason,
	why = :why, why_values = :why_values, why_place = :why_place,
	continue_on_error = :continue_on_error
WHERE id = :id

-- name: job_freeze
-- Parameters: id (primary key), priority, labels, plan.
UPDATE jobs SET priority = :priority, labels = :labels, plan = :plan
WHERE id = :id

-- name: job_remove
-- Parameters: id (primary key), state (blocked).
DELETE FROM jobs WHERE id = :id AND state = :state
