-- gates.sql - what waits for people or for a time: what
-- lib/store/{gates,gate_vote}.c use.
-- SPDX-License-Identifier: ISC

-- name: gate_insert
-- Parameters: a column each; job, due, decided NULL: none.
INSERT INTO gates (repo, run, job, kind, name, reason, reviewers, self_review,
	alone, due_at_ms, state, decided_at_ms, created_at_ms)
VALUES (:repo, :run, :job, :kind, :name, :reason, :reviewers, :self_review,
	:alone, :due, :state, :decided, :now)

-- name: gate_list_run
-- All of a run. Parameters: run, limit. Index: gates_run, in its order.
SELECT * FROM gate_view WHERE run = :run ORDER BY id LIMIT :limit

-- name: gate_list_open
-- All that wait, or those of a repository (0: all), behind an id. Parameters:
-- sees, repo, after, limit. Index: gates_open.
SELECT * FROM gate_view
WHERE state = 'open' AND id > :after AND (:repo = 0 OR repo = :repo)
	AND (:sees IS NULL OR repo IN (SELECT value FROM json_each(:sees)))
ORDER BY id LIMIT :limit

-- name: gate_list_commit
-- What was said of a commit of a pull request from a fork, the newest first.
-- Parameters: repo, name (the commit), pull ("refs/pull/7/"), limit. Index:
-- gates_commit, backwards.
SELECT * FROM gate_view
WHERE repo = :repo AND name = :name AND kind = 'fork'
	AND substr(ref, 1, length(:pull)) = :pull
ORDER BY id DESC LIMIT :limit

-- name: gate_list_outdated
-- Runs of forks that wait, of one pull request and another commit. Parameters:
-- repo, pull, name (the commit), limit. Index: gates_open; the "+" keeps SQLite
-- from reading all that the repository ever had.
SELECT * FROM gate_view
WHERE state = 'open' AND id > 0 AND kind = 'fork' AND +repo = :repo
	AND substr(ref, 1, length(:pull)) = :pull AND name <> :name
ORDER BY id LIMIT :limit

-- name: gate_due
-- Those whose time is over, the oldest first. Parameters: now, limit. Index:
-- gates_due, its first entries.
SELECT * FROM gate_view
WHERE id IN (SELECT id FROM gates WHERE state = 'open'
	AND due_at_ms IS NOT NULL AND due_at_ms <= :now
	ORDER BY due_at_ms LIMIT :limit)
ORDER BY id

-- name: gate_next
-- When the next one is due. Index: gates_due, its first entry.
SELECT due_at_ms FROM gates
WHERE state = 'open' AND due_at_ms IS NOT NULL AND due_at_ms > :now
ORDER BY due_at_ms LIMIT 1

-- name: gate_close
-- The first who decides counts. Parameters: id (primary key), state, by,
-- comment (NULL: nobody, nothing), now.
UPDATE gates SET state = :state, decided_by = :by, comment = :comment,
	decided_at_ms = :now
WHERE id = :id AND state = 'open'

-- name: gate_withdraw_job
-- Nobody waits any more. Parameters: job, now. Index: gates_job.
UPDATE gates SET state = 'withdrawn', decided_at_ms = :now
WHERE job = :job AND state = 'open'

-- name: gate_withdraw_run
-- The same of a run without jobs. Parameters: run, now. Index: gates_run.
UPDATE gates SET state = 'withdrawn', decided_at_ms = :now
WHERE run = :run AND job IS NULL AND state = 'open'

-- name: gate_run_held
-- Does a run wait before its jobs? Parameters: run. Index: gates_run.
SELECT count(*) FROM gates
WHERE run = :run AND job IS NULL AND state = 'open'

-- name: gate_job_waits
-- What a job still waits for. Parameters: job. Column: reason. Index:
-- gates_job, in its order.
SELECT reason FROM gates WHERE job = :job AND state = 'open' ORDER BY id

-- name: gate_job_reason
-- Parameters: id (of the job, primary key), reason.
UPDATE jobs SET reason = :reason WHERE id = :id
