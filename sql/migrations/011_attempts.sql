-- 011_attempts.sql - attempts of a run: the same number, one row each.
--
-- A run that has ended never changes. Running it again, or a part of it, is a
-- new row with the next attempt; jobs that are not run again stand in it as
-- rows that have ended, and name the job that did the work.
-- SPDX-License-Identifier: ISC

DROP VIEW run_view;
DROP VIEW job_view;

-- The table is made anew, because a number is no longer unique. It goes aside
-- and comes back by its name, which triggers and other tables refer to.
CREATE TABLE runs_before AS SELECT * FROM runs;
CREATE TABLE runs_ids AS SELECT seq FROM sqlite_sequence WHERE name = 'runs';
DROP TABLE runs;

-- Runs: one workflow started by one event. Written by: pawl-planner; attempts
-- from the second on by whoever asks for them; moved by pawl-job,
-- pawl-workerd, pawl-api, pawl-web and pawl.
CREATE TABLE runs (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	uuid TEXT NOT NULL UNIQUE,
	repo INTEGER NOT NULL REFERENCES repos (id) ON DELETE CASCADE,
	number INTEGER NOT NULL CHECK (number > 0), -- from 1 in a repository
	attempt INTEGER NOT NULL DEFAULT 1 CHECK (attempt > 0), -- from 1
	origin INTEGER, -- id of its first attempt, of which the order of runs
	               -- is; by trigger its own
	rerun TEXT, -- what of it runs again, in words; NULL: first attempt
	rerun_by TEXT, -- who asked for it
	debug INTEGER NOT NULL DEFAULT 0 CHECK (debug IN (0, 1)), -- 1: steps
	               -- are to say more
	delivery TEXT REFERENCES deliveries (id) ON DELETE SET NULL, -- what
	               -- started it; NULL: not a webhook, or it was removed
	config INTEGER REFERENCES pipeline_configs (id), -- the file's text
	workflow TEXT NOT NULL, -- its name
	file TEXT NOT NULL, -- its path in the repository
	event TEXT NOT NULL, -- 'push'
	ref TEXT NOT NULL, -- 'refs/heads/main'
	branch TEXT NOT NULL, -- 'main', or the tag's name
	sha TEXT NOT NULL, -- commit, in hexadecimal
	title TEXT NOT NULL, -- first line of the commit message
	actor TEXT NOT NULL, -- who pushed
	why TEXT NOT NULL, -- the rule that started it, one sentence
	state TEXT NOT NULL CHECK (state IN ('pending', 'running',
		'succeeded', 'failed', 'cancelled', 'skipped')),
	priority INTEGER NOT NULL, -- larger first; given to its jobs
	facts INTEGER NOT NULL DEFAULT 0, -- what a decision is made from,
	               -- counted up in the transaction in which a job ends, a
	               -- cancel is asked for, or a place in a group becomes
	               -- free; by whoever does that
	decided INTEGER NOT NULL DEFAULT 0, -- `facts` of the last decision;
	               -- another value: the run is to be decided
	decide_at_ms INTEGER NOT NULL DEFAULT 0, -- while it is to be decided:
	               -- pawl-workerd sees to it from then on
	decide_tries INTEGER NOT NULL DEFAULT 0, -- planners that were started
	               -- to decide it since the last decision
	cancel_at_ms INTEGER, -- when its end was asked for; NULL: it was not
	cancel_by TEXT, -- by whom
	superseded_by INTEGER REFERENCES runs (id) ON DELETE SET NULL, -- the
	               -- run that took its place in a concurrency group; NULL:
	               -- none. Written by: who decides that run
	logs TEXT NOT NULL DEFAULT 'plain'
		CHECK (logs IN ('plain', 'packed', 'gone')), -- the files of the
	               -- logs; 'packed': compressed. Written by: pawl-janitor
	created_at_ms INTEGER NOT NULL,
	started_at_ms INTEGER, -- when its first job started
	finished_at_ms INTEGER, -- when its last job ended
	updated_at_ms INTEGER NOT NULL, -- last change, by trigger
	-- Long texts stand last, so that lists do not read them.
	problems TEXT, -- diagnostics of the file as printed text; NULL: none
	context TEXT CHECK (context IS NULL OR json_valid(context)), -- what
	               -- expressions see: an object of the contexts 'github'
	               -- (with the payload as its 'event'), 'inputs' and
	               -- 'vars'; NULL: there is nothing to decide
	report_sha TEXT GENERATED ALWAYS AS
		(coalesce(context ->> '$.github.event.pull_request.head.sha',
			sha)) VIRTUAL, -- the commit that a forge is told
	               -- about: of a pull request its head
	UNIQUE (repo, number, attempt),
	CHECK ((state IN ('pending', 'running')) = (finished_at_ms IS NULL)),
	CHECK ((attempt = 1) = (rerun IS NULL))
) STRICT;

INSERT INTO runs (id, uuid, repo, number, origin, delivery, config, workflow,
	file, event, ref, branch, sha, title, actor, why, state, priority,
	facts, decided, decide_at_ms, decide_tries, cancel_at_ms, cancel_by,
	superseded_by, logs, created_at_ms, started_at_ms, finished_at_ms,
	updated_at_ms, problems, context)
SELECT id, uuid, repo, number, id, delivery, config, workflow,
	file, event, ref, branch, sha, title, actor, why, state, priority,
	facts, decided, decide_at_ms, decide_tries, cancel_at_ms, cancel_by,
	superseded_by, logs, created_at_ms, started_at_ms, finished_at_ms,
	updated_at_ms, problems, context
FROM runs_before;

-- Ids that were given and removed are not given again.
DELETE FROM sqlite_sequence WHERE name = 'runs';
INSERT INTO sqlite_sequence (name, seq) SELECT 'runs', seq FROM runs_ids;
DROP TABLE runs_before;
DROP TABLE runs_ids;

-- All, those of a repository and those of a branch, newest first; attempts of
-- one run.
CREATE INDEX runs_origin ON runs (origin, attempt);
CREATE INDEX runs_repo ON runs (repo, origin);
CREATE INDEX runs_branch ON runs (repo, branch, origin, attempt);
CREATE INDEX runs_report ON runs (repo, report_sha);
CREATE INDEX runs_delivery ON runs (delivery) WHERE delivery IS NOT NULL;
CREATE INDEX runs_config ON runs (config) WHERE config IS NOT NULL;
CREATE INDEX runs_superseded ON runs (superseded_by)
	WHERE superseded_by IS NOT NULL;
-- Runs that are to be decided, those that may be taken first in front.
CREATE INDEX runs_undecided ON runs (decide_at_ms) WHERE facts <> decided;
-- What the janitor looks for, the oldest first.
CREATE INDEX runs_logs_plain ON runs (finished_at_ms)
	WHERE logs = 'plain' AND finished_at_ms IS NOT NULL;
CREATE INDEX runs_logs_there ON runs (finished_at_ms)
	WHERE logs <> 'gone' AND finished_at_ms IS NOT NULL;

CREATE TRIGGER runs_updated AFTER UPDATE ON runs
	WHEN NEW.updated_at_ms = OLD.updated_at_ms BEGIN
	UPDATE runs SET updated_at_ms = CAST(round((julianday('now')
		- 2440587.5) * 86400000) AS INTEGER) WHERE id = NEW.id;
END;

CREATE TRIGGER runs_first AFTER INSERT ON runs WHEN NEW.origin IS NULL BEGIN
	UPDATE runs SET origin = NEW.id WHERE id = NEW.id;
END;

-- The job of an earlier attempt that did this one's work: steps, services,
-- reports, artifacts, outputs and the plan are its; NULL: it does its own.
-- Written by: whoever asks for the attempt.
ALTER TABLE jobs ADD COLUMN work INTEGER REFERENCES jobs (id)
	ON DELETE SET NULL;
CREATE INDEX jobs_work ON jobs (work) WHERE work IS NOT NULL;

CREATE VIEW run_view AS
	SELECT r.id, r.uuid, r.repo, p.owner, p.name, r.number, r.attempt,
		r.origin, r.rerun, r.rerun_by, r.debug, r.delivery,
		r.workflow, r.file, r.event, r.ref, r.branch, r.sha, r.title,
		r.actor, r.why, r.state, r.priority,
		coalesce(r.cancel_at_ms, 0) AS cancel_at_ms,
		coalesce((SELECT w.number FROM runs w
			WHERE w.id = r.superseded_by), 0) AS superseded_by,
		r.created_at_ms,
		coalesce(r.started_at_ms, 0) AS started_at_ms,
		coalesce(r.finished_at_ms, 0) AS finished_at_ms
	FROM runs r JOIN repos p ON p.id = r.repo;

-- Without the plan, which is long: only a job's own process reads it. `ran_in`
-- is the run's attempt that did the work, 0 for this one.
CREATE VIEW job_view AS
	SELECT id, uuid, run, key, title, state, attempt, priority,
		continue_on_error, why, why_values, why_place,
		reason, log, container, engine, worker,
		coalesce(pid, 0) AS pid,
		coalesce(pid_started, 0) AS pid_started,
		coalesce(lease_until_ms, 0) AS lease_until_ms,
		coalesce(cancel_at_ms, 0) AS cancel_at_ms,
		coalesce(exit_code, -1) AS exit_code,
		coalesce(work, id) AS work,
		CASE WHEN work IS NULL THEN 0 ELSE (SELECT r.attempt
			FROM jobs w JOIN runs r ON r.id = w.run
			WHERE w.id = j.work) END AS ran_in, created_at_ms,
		coalesce(queued_at_ms, 0) AS queued_at_ms,
		coalesce(started_at_ms, 0) AS started_at_ms,
		coalesce(finished_at_ms, 0) AS finished_at_ms
	FROM jobs j;

PRAGMA user_version = 11;
