-- 014_schedules.sql - the workflows of each repository's default branch, and
-- when those with schedules are due.
-- SPDX-License-Identifier: ISC

-- As they stood in the newest commit of the default branch that was planned;
-- files with errors are left out. For forms and for what is started by hand.
-- Written by: pawl-planner.
CREATE TABLE workflows (
	repo INTEGER NOT NULL REFERENCES repos (id) ON DELETE CASCADE,
	path TEXT NOT NULL, -- '.ci.yml'
	name TEXT NOT NULL, -- its own, or its path
	config INTEGER NOT NULL REFERENCES pipeline_configs (id), -- its text
	by_hand INTEGER NOT NULL CHECK (by_hand IN (0, 1)), -- 1: it has
	               -- workflow_dispatch
	PRIMARY KEY (repo, path)
) STRICT, WITHOUT ROWID;

CREATE INDEX workflows_config ON workflows (config);

-- What starts by the clock. Those of files are written by pawl-planner with
-- the workflows, others by pawl schedule; pawl-workerd moves them on.
CREATE TABLE schedules (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	repo INTEGER NOT NULL REFERENCES repos (id) ON DELETE CASCADE,
	workflow TEXT NOT NULL, -- path of the file
	cron TEXT NOT NULL, -- five fields
	timezone TEXT NOT NULL, -- 'UTC', 'Europe/Berlin'
	added_by TEXT, -- who made it; NULL: it stands in the file
	ref TEXT, -- of one that was made: what is built; NULL: the default
	               -- branch
	inputs TEXT CHECK (inputs IS NULL OR json_valid(inputs)), -- likewise,
	               -- an object
	paused_by TEXT, -- who; NULL: it is not
	due_at_ms INTEGER, -- when it fires next; NULL: never
	fired_at_ms INTEGER, -- when it was due the last time that it fired
	created_at_ms INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX schedules_once ON schedules (repo, workflow, cron,
	timezone) WHERE added_by IS NULL;
CREATE INDEX schedules_repo ON schedules (repo, id);
-- What fires next.
CREATE INDEX schedules_due ON schedules (due_at_ms)
	WHERE paused_by IS NULL AND due_at_ms IS NOT NULL;

PRAGMA user_version = 14;
