-- 002_decisions.sql - runs are decided step by step: what a decision is made
-- from, what it said, and concurrency groups.
--
-- A run's jobs are no longer known when it is made: a matrix may ask for
-- outputs, and a call stands for the jobs of another file. So jobs come and
-- placeholders go while the run goes on, and a job has a plan only when it may
-- start. Jobs that were made by version 1 keep theirs; those still waiting then
-- are frozen anew when they may start.
-- SPDX-License-Identifier: ISC

DROP VIEW run_view;
DROP VIEW job_view;

-- What expressions see: an object of the contexts 'github' (with the payload
-- as its 'event'), 'inputs' and 'vars'; NULL: made by version 1. Written by:
-- pawl-planner.
ALTER TABLE runs ADD COLUMN context TEXT
	CHECK (context IS NULL OR json_valid(context));
-- Facts that a decision is made from: counted up in the transaction in which a
-- job ends, a cancel is asked for, or a place in a group becomes free. Written
-- by: whoever does that.
ALTER TABLE runs ADD COLUMN facts INTEGER NOT NULL DEFAULT 0;
-- The value of `facts` that the last decision was made from; another one means
-- that the run is to be decided. Written by: who decides.
ALTER TABLE runs ADD COLUMN decided INTEGER NOT NULL DEFAULT 0;
-- While it is to be decided: pawl-workerd sees to it from then on. In the
-- future while the process that counted `facts` up is about to decide itself.
ALTER TABLE runs ADD COLUMN decide_at_ms INTEGER NOT NULL DEFAULT 0;
-- Planners that were started to decide it since the last decision. Written
-- by: pawl-workerd.
ALTER TABLE runs ADD COLUMN decide_tries INTEGER NOT NULL DEFAULT 0;
-- When the end of the run was asked for, and by whom; NULL: it was not.
-- Written by: pawl, pawl-api, and a run of the same concurrency group.
ALTER TABLE runs ADD COLUMN cancel_at_ms INTEGER;
ALTER TABLE runs ADD COLUMN cancel_by TEXT;

-- Runs that are to be decided, those that may be taken first in front.
CREATE INDEX runs_undecided ON runs (decide_at_ms) WHERE facts <> decided;

-- What stands behind each `uses` of a run's files: read when the run is made,
-- so that it goes on whatever becomes of the repositories. Written by:
-- pawl-planner.
CREATE TABLE run_files (
	run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
	uses TEXT NOT NULL, -- as written
	config INTEGER REFERENCES pipeline_configs (id), -- its text
	path TEXT, -- of the file, for people
	sha TEXT, -- commit that it was read from, in hexadecimal
	error TEXT, -- why there is no text; NULL: there is one
	PRIMARY KEY (run, uses),
	CHECK ((config IS NULL) = (error IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX run_files_config ON run_files (config) WHERE config IS NOT NULL;

-- Places in the lines of concurrency groups; a group is the rows of its name.
-- Written by: who decides a run; removed when their owner has ended.
CREATE TABLE group_places (
	id INTEGER PRIMARY KEY AUTOINCREMENT, -- order in which they were asked
	                                      -- for
	repo INTEGER NOT NULL REFERENCES repos (id) ON DELETE CASCADE,
	name TEXT NOT NULL COLLATE NOCASE, -- of the group
	run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
	key TEXT NOT NULL, -- of the job, or the jobs of a called workflow, that
	                   -- asks; '': the run
	state TEXT NOT NULL CHECK (state IN ('held', 'waiting')),
	UNIQUE (run, key)
) STRICT;

-- One holder; those that wait, in their order.
CREATE UNIQUE INDEX group_places_held ON group_places (repo, name)
	WHERE state = 'held';
CREATE INDEX group_places_line ON group_places (repo, name, id);

-- Jobs anew: `plan` may be NULL, what a job needs stands with it, and what was
-- decided of it.
CREATE TABLE jobs_2 (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	uuid TEXT NOT NULL UNIQUE,
	run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
	key TEXT NOT NULL, -- see planned_job.key: 'build', 'build:2', 'call/a'
	title TEXT NOT NULL, -- as shown
	needs TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(needs)), -- list of
	               -- the keys that it needs, without ':2'
	expanded INTEGER NOT NULL CHECK (expanded IN (0, 1)), -- 0: stands for
	               -- all jobs that its matrix or call will make
	why TEXT, -- the sentence of the decision; NULL: none was made
	why_values TEXT, -- how its `if` came out, in lines; NULL: was not asked
	why_place TEXT, -- 'FILE:LINE:COL' of what decided
	continue_on_error INTEGER NOT NULL DEFAULT 0
		CHECK (continue_on_error IN (0, 1)), -- 1: its failure counts as
		               -- success for all but itself
	ended_seq INTEGER, -- `facts` of the run when it ended: the order in
	               -- which jobs ended; NULL: it did not run
	state TEXT NOT NULL CHECK (state IN ('blocked', 'waiting', 'pending',
		'assigned', 'running', 'completing',
		'succeeded', 'failed', 'cancelled', 'skipped')),
	attempt INTEGER NOT NULL DEFAULT 0 CHECK (attempt >= 0), -- 0: not yet
	               -- claimed
	priority INTEGER NOT NULL, -- the run's
	queued_at_ms INTEGER, -- when it was free to start
	rank_ms INTEGER, -- place in the queue, smaller first: queued_at_ms less
	               -- priority times QUEUE_AGE_STEP_MS. All jobs age alike,
	               -- so their order is fixed once they are queued
	not_before_ms INTEGER NOT NULL DEFAULT 0, -- not claimed earlier: the
	               -- pause after a lost attempt; 0: at once
	reason TEXT, -- why it ended or waits, for people
	worker TEXT, -- name of the pawl-workerd that claimed it
	pid INTEGER, -- of the job's process; NULL: none yet
	pid_started INTEGER, -- its start time, see proc.h
	lease_until_ms INTEGER, -- when the claim ends unless renewed
	cancel_at_ms INTEGER, -- when cancelling was asked for
	cancel_by TEXT, -- by whom
	log TEXT, -- path below public/ of the newest attempt's log
	engine TEXT, -- 'sandbox', 'docker'
	container TEXT, -- id in the engine
	exit_code INTEGER, -- of the step that failed; NULL: none
	created_at_ms INTEGER NOT NULL,
	started_at_ms INTEGER, -- newest attempt
	finished_at_ms INTEGER,
	updated_at_ms INTEGER NOT NULL, -- last change, by trigger
	-- Long texts stand last, so that lists do not read them.
	outputs TEXT CHECK (outputs IS NULL OR json_valid(outputs)), -- an
	               -- object; NULL: none
	generated TEXT, -- the workflow that its steps wrote, of a job with
	               -- 'generate'; NULL: none
	plan TEXT CHECK (plan IS NULL OR json_valid(plan)), -- frozen when it
	               -- may start, see job_plan.h; NULL: not yet
	UNIQUE (run, key),
	CHECK (state <> 'pending' OR rank_ms IS NOT NULL),
	CHECK (state NOT IN ('pending', 'assigned', 'running', 'completing')
		OR plan IS NOT NULL),
	CHECK ((state IN ('succeeded', 'failed', 'cancelled', 'skipped'))
		= (finished_at_ms IS NOT NULL)),
	CHECK (state NOT IN ('assigned', 'running', 'completing')
		OR (lease_until_ms IS NOT NULL AND attempt > 0))
) STRICT;

INSERT INTO jobs_2 (id, uuid, run, key, title, needs, expanded, plan,
	ended_seq, state, attempt, priority, queued_at_ms, rank_ms,
	not_before_ms, reason, worker, pid, pid_started, lease_until_ms,
	cancel_at_ms, cancel_by, log, engine, container, exit_code,
	created_at_ms, started_at_ms, finished_at_ms, updated_at_ms)
SELECT id, uuid, run, key, title,
	(SELECT json_group_array(d.key) FROM job_needs n
		JOIN jobs d ON d.id = n.need WHERE n.job = j.id),
	1, plan, finished_at_ms, state, attempt, priority, queued_at_ms,
	rank_ms, not_before_ms, reason, worker, pid, pid_started,
	lease_until_ms, cancel_at_ms, cancel_by, log, engine, container,
	exit_code, created_at_ms, started_at_ms, finished_at_ms, updated_at_ms
FROM jobs j;

-- Ids that were given and removed are not given again.
DELETE FROM sqlite_sequence WHERE name = 'jobs_2';
INSERT INTO sqlite_sequence (name, seq)
	SELECT 'jobs_2', seq FROM sqlite_sequence WHERE name = 'jobs';

DROP TABLE job_needs;
DROP TABLE jobs;
ALTER TABLE jobs_2 RENAME TO jobs;

-- Jobs of a run in order.
CREATE INDEX jobs_run ON jobs (run);
-- The queue: what can be claimed, best first. Its size is that of the queue,
-- whatever the history.
CREATE INDEX jobs_pending ON jobs (rank_ms) WHERE state = 'pending';
-- What waits out a pause after a lost attempt.
CREATE INDEX jobs_paused ON jobs (not_before_ms)
	WHERE state = 'pending' AND not_before_ms > 0;
-- What holds a lease.
CREATE INDEX jobs_active ON jobs (lease_until_ms)
	WHERE state IN ('assigned', 'running', 'completing');

CREATE TRIGGER jobs_updated AFTER UPDATE ON jobs
	WHEN NEW.updated_at_ms = OLD.updated_at_ms BEGIN
	UPDATE jobs SET updated_at_ms = CAST(round((julianday('now')
		- 2440587.5) * 86400000) AS INTEGER) WHERE id = NEW.id;
END;

CREATE VIEW run_view AS
	SELECT r.id, r.uuid, r.repo, p.owner, p.name, r.number, r.delivery,
		r.workflow, r.file, r.event, r.ref, r.branch, r.sha, r.title,
		r.actor, r.why, r.state, r.priority,
		coalesce(r.cancel_at_ms, 0) AS cancel_at_ms, r.created_at_ms,
		coalesce(r.started_at_ms, 0) AS started_at_ms,
		coalesce(r.finished_at_ms, 0) AS finished_at_ms
	FROM runs r JOIN repos p ON p.id = r.repo;

-- Without the plan, which is long: only a job's own process reads it.
CREATE VIEW job_view AS
	SELECT id, uuid, run, key, title, state, attempt, priority,
		continue_on_error, why, why_values, why_place,
		reason, log, container, engine, coalesce(pid, 0) AS pid,
		coalesce(pid_started, 0) AS pid_started,
		coalesce(lease_until_ms, 0) AS lease_until_ms,
		coalesce(cancel_at_ms, 0) AS cancel_at_ms,
		coalesce(exit_code, -1) AS exit_code, created_at_ms,
		coalesce(started_at_ms, 0) AS started_at_ms,
		coalesce(finished_at_ms, 0) AS finished_at_ms
	FROM jobs;

-- Runs that version 1 left unfinished: those behind waiting jobs are decided
-- by the program now.
UPDATE runs SET facts = 1 WHERE state IN ('pending', 'running');

PRAGMA user_version = 2;
