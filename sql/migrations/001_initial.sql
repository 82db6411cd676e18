-- 001_initial.sql - the first schema.
--
-- A migration is never edited after a release: what it made exists on disks
-- that nobody here sees. Change by adding the next number.
--
-- Rules of all tables: STRICT, so that a column holds what it says. Times end
-- in _at_ms and are milliseconds since 1970 UTC; NULL: has not happened.
-- States are words, held to their list by a CHECK; the legal moves between
-- them are tables in lib/store/state.c. Ids of repositories, runs, jobs and
-- messages are never given twice, also after a removal, because folders,
-- containers and addresses carry them.
--
-- "Written by" names the program; all writing is done by lib/store.
-- SPDX-License-Identifier: ISC

-- 'Pawl' in ASCII: what file(1) and store_open() know the database by.
PRAGMA application_id = 1348564844;

-- The migrations that were applied. Written by: pawl admin migrate.
CREATE TABLE schema_migrations (
	version INTEGER PRIMARY KEY, -- number of the migration's file
	applied_at_ms INTEGER NOT NULL -- when
) STRICT;

-- Registered repositories. Written by: pawl repo, pawl-planner (numbers).
CREATE TABLE repos (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	forge TEXT NOT NULL CHECK (forge <> ''), -- 'github', 'gitea', ...
	owner TEXT NOT NULL COLLATE NOCASE -- user, organisation or group path
		CHECK (owner <> ''),
	name TEXT NOT NULL COLLATE NOCASE CHECK (name <> ''),
	clone_url TEXT NOT NULL CHECK (clone_url <> ''), -- given to git fetch
	default_branch TEXT NOT NULL CHECK (default_branch <> ''),
	hook_secret BLOB, -- webhook secret sealed under hook.key (seal.h);
	                  -- NULL: the configuration's secret of the forge
	runs_made INTEGER NOT NULL DEFAULT 0, -- the last run number given;
	                  -- kept here so that removed runs' numbers stay used
	created_at_ms INTEGER NOT NULL,
	UNIQUE (owner, name)
) STRICT;

-- Webhooks as they came. Written by: pawl-hook; the verdict by pawl-planner
-- and pawl-workerd.
CREATE TABLE deliveries (
	id TEXT PRIMARY KEY, -- ours: a UUID
	repo INTEGER NOT NULL REFERENCES repos (id) ON DELETE CASCADE,
	forge TEXT NOT NULL, -- which forge's rules it was checked by
	forge_id TEXT, -- the forge's own id of the delivery, against doubles;
	               -- NULL: it gave none
	event TEXT NOT NULL, -- the forge's word: 'push', 'ping'
	headers TEXT NOT NULL CHECK (json_valid(headers)), -- those that matter
	remote_addr TEXT NOT NULL, -- who sent it, as nginx saw it
	received_at_ms INTEGER NOT NULL,
	state TEXT NOT NULL
		CHECK (state IN ('received', 'planned', 'ignored', 'failed')),
	verdict TEXT, -- one sentence for people; NULL while received
	attempts INTEGER NOT NULL DEFAULT 0, -- plannings begun
	settled_at_ms INTEGER, -- when the verdict was written
	body BLOB NOT NULL, -- byte for byte; last, so that lists do not read it
	CHECK ((state = 'received') = (settled_at_ms IS NULL))
) STRICT;

-- A forge's delivery counts once in a repository.
CREATE UNIQUE INDEX deliveries_forge_id ON deliveries (repo, forge, forge_id)
	WHERE forge_id IS NOT NULL;
-- What the planner still has to look at; with the state, so that it is found
-- without reading the rows.
CREATE INDEX deliveries_received ON deliveries (repo, state)
	WHERE state = 'received';
-- Lists of one repository and of all, newest first.
CREATE INDEX deliveries_repo ON deliveries (repo, received_at_ms);
CREATE INDEX deliveries_time ON deliveries (received_at_ms);

-- Requests that were refused before they became a delivery: a ring of the
-- newest 1,000. Written by: pawl-hook.
CREATE TABLE refusals (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	at_ms INTEGER NOT NULL,
	path TEXT NOT NULL, -- of the request, cut
	remote_addr TEXT NOT NULL,
	status INTEGER NOT NULL CHECK (status BETWEEN 100 AND 599), -- answered
	reason TEXT NOT NULL, -- for the administrator
	snippet TEXT NOT NULL -- start of the body, printable, cut; or ''
) STRICT;

CREATE TRIGGER refusals_ring AFTER INSERT ON refusals BEGIN
	DELETE FROM refusals WHERE id <= NEW.id - 1000;
END;

-- Texts of pipeline files, each stored once in a repository however many runs
-- used it. Written by: pawl-planner.
CREATE TABLE pipeline_configs (
	id INTEGER PRIMARY KEY,
	repo INTEGER NOT NULL REFERENCES repos (id) ON DELETE CASCADE,
	path TEXT NOT NULL, -- '.ci.yml'
	hash BLOB NOT NULL CHECK (length(hash) = 32), -- BLAKE2b-256 of `text`
	text TEXT NOT NULL, -- as it stood in the commit
	created_at_ms INTEGER NOT NULL,
	UNIQUE (repo, path, hash)
) STRICT;

-- Runs: one workflow started by one event. Written by: pawl-planner; moved by
-- pawl-job, pawl-workerd, pawl-api and pawl.
CREATE TABLE runs (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	uuid TEXT NOT NULL UNIQUE,
	repo INTEGER NOT NULL REFERENCES repos (id) ON DELETE CASCADE,
	number INTEGER NOT NULL CHECK (number > 0), -- from 1 in a repository
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
	problems TEXT, -- diagnostics of the file as printed text; NULL: none
	state TEXT NOT NULL CHECK (state IN ('pending', 'running',
		'succeeded', 'failed', 'cancelled', 'skipped')),
	priority INTEGER NOT NULL, -- larger first; given to its jobs
	created_at_ms INTEGER NOT NULL,
	started_at_ms INTEGER, -- when its first job started
	finished_at_ms INTEGER, -- when its last job ended
	updated_at_ms INTEGER NOT NULL, -- last change, by trigger
	UNIQUE (repo, number),
	CHECK ((state IN ('pending', 'running')) = (finished_at_ms IS NULL))
) STRICT;

-- Newest of a repository, newest of a branch; foreign keys.
CREATE INDEX runs_repo ON runs (repo);
CREATE INDEX runs_branch ON runs (repo, branch);
CREATE INDEX runs_delivery ON runs (delivery) WHERE delivery IS NOT NULL;
CREATE INDEX runs_config ON runs (config) WHERE config IS NOT NULL;

-- Jobs of runs. Written by: pawl-planner; claimed by pawl-workerd, then moved
-- by their own pawl-job, or by pawl-workerd when that is lost.
CREATE TABLE jobs (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	uuid TEXT NOT NULL UNIQUE,
	run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
	key TEXT NOT NULL, -- its id in the file
	title TEXT NOT NULL, -- as shown
	plan TEXT NOT NULL CHECK (json_valid(plan)), -- frozen, see pipeline.h
	state TEXT NOT NULL CHECK (state IN ('blocked', 'waiting', 'pending',
		'assigned', 'running', 'completing',
		'succeeded', 'failed', 'cancelled', 'skipped')),
	attempt INTEGER NOT NULL DEFAULT 0 CHECK (attempt >= 0), -- 0: not yet
	               -- claimed
	priority INTEGER NOT NULL, -- the run's
	queued_at_ms INTEGER, -- when its needs were met
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
	UNIQUE (run, key),
	CHECK (state <> 'pending' OR rank_ms IS NOT NULL),
	CHECK ((state IN ('succeeded', 'failed', 'cancelled', 'skipped'))
		= (finished_at_ms IS NOT NULL)),
	CHECK (state NOT IN ('assigned', 'running', 'completing')
		OR (lease_until_ms IS NOT NULL AND attempt > 0))
) STRICT;

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

-- Which job needs which. Written by: pawl-planner.
CREATE TABLE job_needs (
	job INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
	need INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
	PRIMARY KEY (job, need),
	CHECK (need < job) -- made in an order without cycles
) STRICT, WITHOUT ROWID;

CREATE INDEX job_needs_need ON job_needs (need);

-- Steps of jobs, a set for each attempt. Written by: pawl-planner, from the
-- second attempt on pawl-workerd; moved by pawl-job.
CREATE TABLE steps (
	id INTEGER PRIMARY KEY,
	job INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
	attempt INTEGER NOT NULL CHECK (attempt > 0), -- the job's, from 1
	number INTEGER NOT NULL CHECK (number > 0), -- from 1 in the job
	title TEXT NOT NULL,
	command TEXT NOT NULL, -- the script as written
	state TEXT NOT NULL CHECK (state IN ('queued', 'running',
		'succeeded', 'failed', 'skipped', 'cancelled')),
	exit_code INTEGER, -- NULL: none
	reason TEXT, -- how it ended, for people
	log_offset INTEGER NOT NULL DEFAULT 0, -- bytes of the log before it
	started_at_ms INTEGER,
	finished_at_ms INTEGER,
	UNIQUE (job, attempt, number),
	CHECK ((state IN ('queued', 'running')) = (finished_at_ms IS NULL))
) STRICT;

-- What happened, in order, for ever: every change of state in the same
-- transaction. Written by: whoever makes the change.
CREATE TABLE events (
	id INTEGER PRIMARY KEY AUTOINCREMENT, -- order over all runs
	run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
	seq INTEGER NOT NULL CHECK (seq > 0), -- from 1 in a run, without gaps
	type TEXT NOT NULL, -- 'run.created', 'job.started', ...
	data TEXT NOT NULL CHECK (json_valid(data)), -- an object: what changed,
	               -- from which state to which, why, by whom
	at_ms INTEGER NOT NULL,
	UNIQUE (run, seq)
) STRICT;

CREATE TRIGGER events_no_update BEFORE UPDATE ON events BEGIN
	SELECT RAISE(ABORT, 'events are never changed');
END;

-- They go with their run alone: the cascade comes when the run's row is gone
-- already.
CREATE TRIGGER events_no_delete BEFORE DELETE ON events
	WHEN EXISTS (SELECT 1 FROM runs WHERE id = OLD.run) BEGIN
	SELECT RAISE(ABORT, 'events are never removed before their run');
END;

-- Appended at the end only: the number after the last.
CREATE TRIGGER events_no_gap BEFORE INSERT ON events
	WHEN NEW.seq <> 1 + coalesce((SELECT max(seq) FROM events
		WHERE run = NEW.run), 0) BEGIN
	SELECT RAISE(ABORT, 'events are numbered without gaps');
END;

-- What must leave Pawl after a change. Written by: whoever makes the change;
-- sent by pawl-workerd.
CREATE TABLE outbox (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	kind TEXT NOT NULL, -- 'files'
	run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
	data TEXT CHECK (data IS NULL OR json_valid(data)), -- or NULL
	state TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'failed')),
	               -- sent ones are removed at once
	attempts INTEGER NOT NULL DEFAULT 0, -- sendings that failed
	due_at_ms INTEGER NOT NULL, -- not to be sent before
	error TEXT, -- of the last sending that failed
	created_at_ms INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX outbox_once ON outbox (run, kind) WHERE state = 'queued';
CREATE INDEX outbox_due ON outbox (due_at_ms) WHERE state = 'queued';
CREATE INDEX outbox_run ON outbox (run);

-- updated_at_ms follows every change, whoever makes it.
CREATE TRIGGER runs_updated AFTER UPDATE ON runs
	WHEN NEW.updated_at_ms = OLD.updated_at_ms BEGIN
	UPDATE runs SET updated_at_ms = CAST(round((julianday('now')
		- 2440587.5) * 86400000) AS INTEGER) WHERE id = NEW.id;
END;

CREATE TRIGGER jobs_updated AFTER UPDATE ON jobs
	WHEN NEW.updated_at_ms = OLD.updated_at_ms BEGIN
	UPDATE jobs SET updated_at_ms = CAST(round((julianday('now')
		- 2440587.5) * 86400000) AS INTEGER) WHERE id = NEW.id;
END;

-- Rows as the program reads them: a column for each field of the structs in
-- runs.h. Numbers that are absent read as the structs say it.
CREATE VIEW run_view AS
	SELECT r.id, r.uuid, r.repo, p.owner, p.name, r.number, r.delivery,
		r.workflow, r.file, r.event, r.ref, r.branch, r.sha, r.title,
		r.actor, r.why, r.state, r.priority, r.created_at_ms,
		coalesce(r.started_at_ms, 0) AS started_at_ms,
		coalesce(r.finished_at_ms, 0) AS finished_at_ms
	FROM runs r JOIN repos p ON p.id = r.repo;

CREATE VIEW job_view AS
	SELECT id, uuid, run, key, title, plan, state, attempt, priority,
		reason, log, container, engine, coalesce(pid, 0) AS pid,
		coalesce(pid_started, 0) AS pid_started,
		coalesce(lease_until_ms, 0) AS lease_until_ms,
		coalesce(cancel_at_ms, 0) AS cancel_at_ms,
		coalesce(exit_code, -1) AS exit_code, created_at_ms,
		coalesce(started_at_ms, 0) AS started_at_ms,
		coalesce(finished_at_ms, 0) AS finished_at_ms
	FROM jobs;

CREATE VIEW step_view AS
	SELECT id, job, attempt, number, title, command, state,
		coalesce(exit_code, -1) AS exit_code, reason, log_offset,
		coalesce(started_at_ms, 0) AS started_at_ms,
		coalesce(finished_at_ms, 0) AS finished_at_ms
	FROM steps;

-- The version of the schema; store_open() reads it from the file's header.
PRAGMA user_version = 1;
