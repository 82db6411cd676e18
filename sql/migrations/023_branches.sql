-- 023_branches.sql - how the branches of a repository do, and since when.
--
-- Asked of the runs, both would cost as much as there is history: a branch
-- that has failed for a year is as near as one of today here. Runs that were
-- cancelled or left out say nothing about a branch.
-- SPDX-License-Identifier: ISC

-- Of each workflow on each branch the newest run that succeeded or failed.
-- Written by: triggers.
CREATE TABLE branches (
	repo INTEGER NOT NULL REFERENCES repos (id) ON DELETE CASCADE,
	branch TEXT NOT NULL, -- without refs/heads/; tags are none
	file TEXT NOT NULL, -- of the workflow
	run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE, -- that
	               -- newest run
	origin INTEGER NOT NULL, -- its origin: the order of runs
	state TEXT NOT NULL CHECK (state IN ('succeeded', 'failed')),
	since INTEGER REFERENCES runs (id) ON DELETE SET NULL, -- the first run
	               -- since which all ended like this; NULL: it was removed
	since_ms INTEGER NOT NULL, -- when that was created
	at_ms INTEGER NOT NULL, -- when the newest ended
	PRIMARY KEY (repo, branch, file)
) STRICT, WITHOUT ROWID;

-- Those that were used last; foreign keys.
CREATE INDEX branches_used ON branches (repo, at_ms);
CREATE INDEX branches_run ON branches (run);
CREATE INDEX branches_since ON branches (since) WHERE since IS NOT NULL;

CREATE TRIGGER runs_branch_ended AFTER UPDATE OF state ON runs
	WHEN NEW.state IN ('succeeded', 'failed')
		AND substr(NEW.ref, 1, 11) = 'refs/heads/' BEGIN
	INSERT INTO branches (repo, branch, file, run, origin, state, since,
		since_ms, at_ms)
	VALUES (NEW.repo, NEW.branch, NEW.file, NEW.id, NEW.origin, NEW.state,
		NEW.id, NEW.created_at_ms, NEW.finished_at_ms)
	ON CONFLICT (repo, branch, file) DO UPDATE SET
		since = CASE state WHEN excluded.state THEN since
			ELSE excluded.since END,
		since_ms = CASE state WHEN excluded.state THEN since_ms
			ELSE excluded.since_ms END,
		run = excluded.run, origin = excluded.origin,
		state = excluded.state, at_ms = excluded.at_ms
	WHERE excluded.origin >= branches.origin;
END;

-- A pipeline that cannot be read makes a run that has ended already.
CREATE TRIGGER runs_branch_made AFTER INSERT ON runs
	WHEN NEW.state = 'failed'
		AND substr(NEW.ref, 1, 11) = 'refs/heads/' BEGIN
	INSERT INTO branches (repo, branch, file, run, origin, state, since,
		since_ms, at_ms)
	VALUES (NEW.repo, NEW.branch, NEW.file, NEW.id,
		coalesce(NEW.origin, NEW.id), NEW.state, NEW.id,
		NEW.created_at_ms, NEW.finished_at_ms)
	ON CONFLICT (repo, branch, file) DO UPDATE SET
		since = CASE state WHEN excluded.state THEN since
			ELSE excluded.since END,
		since_ms = CASE state WHEN excluded.state THEN since_ms
			ELSE excluded.since_ms END,
		run = excluded.run, origin = excluded.origin,
		state = excluded.state, at_ms = excluded.at_ms
	WHERE excluded.origin >= branches.origin;
END;

-- What was before: the newest of each, as if it had begun then.
INSERT INTO branches (repo, branch, file, run, origin, state, since, since_ms,
	at_ms)
SELECT repo, branch, file, id, origin, state, id, created_at_ms,
	finished_at_ms
FROM runs WHERE id IN (SELECT max(id) FROM runs
	WHERE state IN ('succeeded', 'failed')
		AND substr(ref, 1, 11) = 'refs/heads/'
	GROUP BY repo, branch, file);

-- What charts are made of: runs by their ends, without reading their rows.
CREATE INDEX runs_ended ON runs (repo, finished_at_ms, state, started_at_ms,
	created_at_ms) WHERE finished_at_ms IS NOT NULL;

PRAGMA user_version = 23;
