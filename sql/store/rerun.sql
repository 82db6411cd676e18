-- rerun.sql - the next attempt of a run: what lib/store/rerun.c uses.
-- SPDX-License-Identifier: ISC

-- name: rerun_source
-- What is to be run again. Parameters: id, the primary key. Indexes: runs_origin
-- for the newest attempt, gates_run.
SELECT r.id, r.repo, r.number, r.attempt, r.state,
	coalesce(r.cancel_at_ms, 0) AS cancel_at_ms,
	r.config IS NOT NULL AND r.context IS NOT NULL AS whole,
	EXISTS (SELECT 1 FROM gates g WHERE g.run = r.id AND g.kind = 'fork'
		AND g.state IN ('rejected', 'expired', 'withdrawn'))
		AS unapproved,
	(SELECT max(n.attempt) FROM runs n WHERE n.origin = r.origin) AS newest
FROM runs r WHERE r.id = :id

-- name: rerun_insert
-- The next attempt. Whatever says what the run is made from and what it may is
-- the same; what became of it is not. `facts` goes on counting, so that jobs
-- that are not run again have ended before all others. Parameters: id (primary
-- key), uuid, rerun, by, debug, state, now. Column: id.
INSERT INTO runs (uuid, repo, number, attempt, origin, rerun, rerun_by, debug,
	delivery, config, workflow, file, event, ref, branch, sha, title,
	actor, why, state, priority, facts, created_at_ms, updated_at_ms,
	context)
SELECT :uuid, repo, number, attempt + 1, origin, :rerun, :by, :debug,
	delivery, config, workflow, file, event, ref, branch, sha, title,
	actor, why, :state, priority, facts + 1, :now, :now, context
FROM runs WHERE id = :id
RETURNING id

-- name: rerun_files
-- What it uses is what was pinned. Parameters: id, run: the new one. Index:
-- the primary key.
INSERT INTO run_files (run, uses, config, path, sha, error)
SELECT :run, uses, config, path, sha, error FROM run_files WHERE run = :id

-- name: rerun_jobs
-- Parameters: run. Index: jobs_run.
SELECT id, key, needs, state, coalesce(finished_at_ms, 0) AS finished_at_ms
FROM jobs WHERE run = :run ORDER BY id

-- name: rerun_carry
-- A job that is not run again. Parameters: id (primary key), uuid, run: the
-- new one, now. Column: id.
INSERT INTO jobs (uuid, run, key, title, needs, expanded, why, why_values,
	why_place, continue_on_error, ended_seq, state, attempt, priority,
	reason, log, engine, exit_code, created_at_ms, started_at_ms,
	finished_at_ms, updated_at_ms, labels, work)
SELECT :uuid, :run, key, title, needs, expanded, why, why_values,
	why_place, continue_on_error, ended_seq, state, attempt, priority,
	reason, log, engine, exit_code, :now, started_at_ms,
	finished_at_ms, :now, labels, coalesce(work, id)
FROM jobs WHERE id = :id
RETURNING id
