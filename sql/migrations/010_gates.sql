-- 010_gates.sql - what waits for people or for a time: environments with rules,
-- and the gates before jobs and runs.
-- SPDX-License-Identifier: ISC

-- Places that jobs deploy to, with what must hold before. One that is not here
-- has no rules. Written by: pawl environment, pawl-api.
CREATE TABLE environments (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	repo INTEGER NOT NULL REFERENCES repos (id) ON DELETE CASCADE,
	name TEXT NOT NULL COLLATE NOCASE CHECK (name <> ''),
	reviewers TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(reviewers)),
	               -- list of who may approve; '[]': nobody is asked
	wait_ms INTEGER NOT NULL DEFAULT 0 CHECK (wait_ms >= 0), -- time between
	               -- a job being ready and its start
	refs TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(refs)), -- list of
	               -- patterns, 'branch:main', 'tag:v*', 'ref:refs/pull/*';
	               -- '[]': all
	self_review INTEGER NOT NULL DEFAULT 1 CHECK (self_review IN (0, 1)),
	               -- 0: who started the run may not approve it
	created_at_ms INTEGER NOT NULL,
	updated_at_ms INTEGER NOT NULL, -- when its rules were set
	UNIQUE (repo, name)
) STRICT;

-- Whether pull requests from forks start runs: 'no', 'approve' (when somebody
-- has approved their commit), 'yes'; NULL: as the configuration says. And who
-- needs no approval: a list of names at the forge. Written by: pawl repo set.
ALTER TABLE repos ADD COLUMN fork_pull_requests TEXT
	CHECK (fork_pull_requests IN ('no', 'approve', 'yes'));
ALTER TABLE repos ADD COLUMN trusted TEXT NOT NULL DEFAULT '[]'
	CHECK (json_valid(trusted));

-- What must be passed before a job, or the jobs of a run, may start: a row for
-- each thing that is waited for. Written by: who decides a run, pawl-planner;
-- decided by pawl, pawl-api, pawl-web, and pawl-workerd when its time is over.
CREATE TABLE gates (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	repo INTEGER NOT NULL REFERENCES repos (id) ON DELETE CASCADE,
	run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
	job INTEGER REFERENCES jobs (id) ON DELETE CASCADE, -- NULL: the run has
	               -- no jobs yet
	kind TEXT NOT NULL CHECK (kind IN ('environment', 'timer', 'step',
		'fork')),
	name TEXT NOT NULL, -- of the environment (also of a timer); title of
	               -- the step; the commit that comes from a fork
	reason TEXT NOT NULL, -- what is waited for, in words
	reviewers TEXT NOT NULL CHECK (json_valid(reviewers)), -- list of who
	               -- may approve; '[]': whoever may write
	self_review INTEGER NOT NULL CHECK (self_review IN (0, 1)), -- 0: not
	               -- who started the run
	alone INTEGER NOT NULL CHECK (alone IN (0, 1)), -- 1: its job has
	               -- nothing to run, and ends when its gates are passed
	due_at_ms INTEGER, -- a timer is passed then, any other has failed;
	               -- NULL: never
	state TEXT NOT NULL CHECK (state IN ('open', 'approved', 'rejected',
		'passed', 'expired', 'withdrawn')),
	decided_by TEXT, -- who approved or rejected; NULL: nobody did
	comment TEXT, -- what they said; NULL: nothing
	decided_at_ms INTEGER,
	created_at_ms INTEGER NOT NULL,
	CHECK ((state = 'open') = (decided_at_ms IS NULL)),
	CHECK ((kind = 'fork') = (job IS NULL)),
	CHECK (kind <> 'timer' OR due_at_ms IS NOT NULL)
) STRICT;

CREATE INDEX gates_run ON gates (run);
CREATE INDEX gates_job ON gates (job) WHERE job IS NOT NULL;
-- What waits now: all of it, of one job or run, and what has a time.
CREATE INDEX gates_open ON gates (id) WHERE state = 'open';
CREATE INDEX gates_due ON gates (due_at_ms)
	WHERE state = 'open' AND due_at_ms IS NOT NULL;
-- What was said of a commit from a fork; the foreign key.
CREATE INDEX gates_commit ON gates (repo, name);

-- Jobs with an environment that have ended, and where what they deployed can be
-- seen. Written by: pawl-job.
CREATE TABLE deployments (
	job INTEGER PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
	environment TEXT NOT NULL, -- its name
	url TEXT -- http: or https:; NULL: none was given
) STRICT;

-- Rows as the program reads them: a column for each field of struct gate.
CREATE VIEW gate_view AS
	SELECT g.id, g.repo, p.owner, p.name AS repo_name, g.run, r.number,
		r.ref, r.title, r.actor, coalesce(g.job, 0) AS job, j.key,
		g.kind, g.name, g.reason, g.reviewers, g.self_review, g.alone,
		coalesce(g.due_at_ms, 0) AS due_at_ms, g.state, g.decided_by,
		g.comment, coalesce(g.decided_at_ms, 0) AS decided_at_ms,
		g.created_at_ms
	FROM gates g JOIN runs r ON r.id = g.run JOIN repos p ON p.id = g.repo
		LEFT JOIN jobs j ON j.id = g.job;

PRAGMA user_version = 10;
