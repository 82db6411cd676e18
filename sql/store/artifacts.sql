-- artifacts.sql - what jobs have kept: what lib/store/artifacts.c uses.
-- SPDX-License-Identifier: ISC

-- name: artifact_taken
-- Does the run have one of this name that this attempt may not replace? Those
-- of earlier attempts of the same job are no hindrance, nor is its own with
-- overwrite. Those of jobs that are not run again count. Parameters: run,
-- name, job, attempt, overwrite (1: yes). Indexes: jobs_run, artifacts_job.
-- Column: its id.
SELECT a.id FROM jobs j CROSS JOIN artifacts a
	ON a.job = coalesce(j.work, j.id)
WHERE j.run = :run AND a.name = :name AND a.removed_at_ms IS NULL
	AND NOT (a.job = :job AND a.attempt < :attempt)
	AND :overwrite = 0
LIMIT 1

-- name: artifact_sum
-- Bytes of a run's artifacts. Parameters: run. Index: artifacts_run.
SELECT coalesce(sum(bytes), 0) AS bytes FROM artifacts
WHERE run = :run AND removed_at_ms IS NULL

-- name: artifact_replace
-- Those of this name whose place is taken. Parameters: run, name, job,
-- attempt, now. Index: artifacts_run. Earlier attempts of the job stay.
UPDATE artifacts SET removed_at_ms = :now
WHERE run = :run AND name = :name AND removed_at_ms IS NULL
	AND NOT (job = :job AND attempt < :attempt)

-- name: artifact_insert
-- Parameters: a column each. Column: id.
INSERT INTO artifacts (run, job, attempt, name, path, files, bytes, digest,
	remote, created_at_ms, expires_at_ms)
VALUES (:run, :job, :attempt, :name, :path, :files, :bytes, :digest, :remote,
	:now, :expires)
RETURNING id

-- name: artifact_list
-- Of a run with those of jobs that are not run again, and with those that are
-- gone. Parameters: run. Indexes: jobs_run, artifacts_job.
SELECT a.id, a.run, r.attempt AS run_attempt, j.id AS job, j.key AS job_key,
	a.attempt, a.name, a.path,
	a.files, a.bytes, a.digest, a.remote,
	coalesce(a.stored_at_ms, 0) AS stored_at_ms, a.store_tries,
	a.created_at_ms, a.expires_at_ms,
	coalesce(a.removed_at_ms, 0) AS removed_at_ms
FROM jobs j CROSS JOIN artifacts a ON a.job = coalesce(j.work, j.id)
	JOIN runs r ON r.id = a.run
WHERE j.run = :run ORDER BY a.id

-- name: artifact_expired
-- Whose files are to go, the oldest first. Parameters: now, limit. Index:
-- artifacts_expire.
SELECT a.id, a.run, r.attempt AS run_attempt, a.job, j.key AS job_key,
	a.attempt, a.name, a.path,
	a.files, a.bytes, a.digest, a.remote,
	coalesce(a.stored_at_ms, 0) AS stored_at_ms, a.store_tries,
	a.created_at_ms, a.expires_at_ms,
	coalesce(a.removed_at_ms, 0) AS removed_at_ms
FROM artifacts a JOIN jobs j ON j.id = a.job JOIN runs r ON r.id = a.run
WHERE a.removed_at_ms IS NULL AND a.expires_at_ms <= :now
ORDER BY a.expires_at_ms LIMIT :limit

-- name: artifact_to_store
-- That still need their second copy. Parameters: now, limit. Index:
-- artifacts_to_store.
SELECT a.id, a.run, r.attempt AS run_attempt, a.job, j.key AS job_key,
	a.attempt, a.name, a.path,
	a.files, a.bytes, a.digest, a.remote,
	coalesce(a.stored_at_ms, 0) AS stored_at_ms, a.store_tries,
	a.created_at_ms, a.expires_at_ms,
	coalesce(a.removed_at_ms, 0) AS removed_at_ms
FROM artifacts a JOIN jobs j ON j.id = a.job JOIN runs r ON r.id = a.run
WHERE a.remote = 1 AND a.stored_at_ms IS NULL AND a.removed_at_ms IS NULL
	AND a.store_at_ms <= :now
ORDER BY a.store_at_ms LIMIT :limit

-- name: artifact_next_store
-- When the next second copy is to be tried; no row: none is owed. Index:
-- artifacts_to_store, its first entry. Column: store_at_ms.
SELECT store_at_ms FROM artifacts
WHERE remote = 1 AND stored_at_ms IS NULL AND removed_at_ms IS NULL
ORDER BY store_at_ms LIMIT 1

-- name: artifact_set_stored
-- Parameters: id (primary key), now.
UPDATE artifacts SET stored_at_ms = :now WHERE id = :id

-- name: artifact_set_store_failed
-- Parameters: id (primary key), at: when to try again.
UPDATE artifacts SET store_at_ms = :at, store_tries = store_tries + 1
WHERE id = :id

-- name: artifact_set_removed
-- Parameters: id (primary key), now.
UPDATE artifacts SET removed_at_ms = :now
WHERE id = :id AND removed_at_ms IS NULL

-- name: artifact_owns_path
-- Is this folder somebody's? Parameters: run, path. Index: artifacts_run.
-- Column: id.
SELECT id FROM artifacts
WHERE run = :run AND path = :path AND removed_at_ms IS NULL LIMIT 1

-- name: artifact_green_run
-- The newest run of a branch that ended well and has artifacts; a pull request
-- is none, whatever its name. Parameters: repo, branch. Indexes: runs_branch,
-- artifacts_run; of attempts behind the first jobs_run and artifacts_job, too.
-- Column: id.
SELECT id FROM runs
WHERE repo = :repo AND branch = :branch AND state = 'succeeded'
	AND substr(ref, 1, 10) <> 'refs/pull/'
	AND (EXISTS (SELECT 1 FROM artifacts
			WHERE run = runs.id AND removed_at_ms IS NULL)
		OR (attempt > 1 AND EXISTS (SELECT 1 FROM jobs j
				CROSS JOIN artifacts a ON a.job = j.work
			WHERE j.run = runs.id AND a.removed_at_ms IS NULL)))
ORDER BY origin DESC, attempt DESC LIMIT 1

-- name: artifact_expire
-- Its time is over now. Parameters: run (one of its attempts), id (primary
-- key), now. Index: runs_origin.
UPDATE artifacts SET expires_at_ms = :now
WHERE id = :id AND removed_at_ms IS NULL AND run IN (SELECT a.id
	FROM runs r JOIN runs a ON a.origin = r.origin WHERE r.id = :run)

-- name: artifact_run
-- Whose it is. Parameters: id, the primary key.
SELECT run FROM artifacts WHERE id = :id
