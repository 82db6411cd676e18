-- 006_reports.sql - what jobs have to say beside their logs, and what became
-- of the logs.
-- SPDX-License-Identifier: ISC

-- The files of the logs: 'plain', 'packed' (compressed) or 'gone'. Written by:
-- pawl-janitor, when the run has been over for long enough.
ALTER TABLE runs ADD COLUMN logs TEXT NOT NULL DEFAULT 'plain'
	CHECK (logs IN ('plain', 'packed', 'gone'));

-- What the janitor looks for, the oldest first.
CREATE INDEX runs_logs_plain ON runs (finished_at_ms)
	WHERE logs = 'plain' AND finished_at_ms IS NOT NULL;
CREATE INDEX runs_logs_there ON runs (finished_at_ms)
	WHERE logs <> 'gone' AND finished_at_ms IS NOT NULL;

-- Errors, warnings and notices that steps have printed; at most 50 of an
-- attempt. All texts are masked. Written by: pawl-job.
CREATE TABLE annotations (
	job INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
	attempt INTEGER NOT NULL CHECK (attempt > 0),
	number INTEGER NOT NULL, -- from 1, in the order in which they came
	step INTEGER NOT NULL, -- number of the step
	level TEXT NOT NULL CHECK (level IN ('error', 'warning', 'notice')),
	title TEXT, -- NULL: none
	file TEXT, -- below the workspace, as the step wrote it; NULL: none
	line INTEGER, -- from 1; NULL: none
	end_line INTEGER,
	col INTEGER,
	end_col INTEGER,
	message TEXT NOT NULL,
	PRIMARY KEY (job, attempt, number)
) STRICT, WITHOUT ROWID;

-- What steps wrote to GITHUB_STEP_SUMMARY, as finished HTML: made of masked
-- Markdown by a process with limits, of our own tags alone. Written by:
-- pawl-job.
CREATE TABLE summaries (
	id INTEGER PRIMARY KEY,
	job INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
	attempt INTEGER NOT NULL CHECK (attempt > 0),
	step INTEGER NOT NULL, -- number of the step
	title TEXT NOT NULL, -- of the step
	bytes INTEGER NOT NULL, -- of html
	html TEXT NOT NULL,
	UNIQUE (job, attempt, step)
) STRICT;

PRAGMA user_version = 6;
