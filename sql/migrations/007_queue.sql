-- 007_queue.sql - a fair queue: shares of owners and repositories, limits,
-- pauses. How a claim chooses, and why, is in doc/queue.md.
--
-- Who has how many jobs ready and running is counted by triggers, so that no
-- program can forget it: a change of a job's row goes up to its lane, from
-- there to its repository and its owner.
-- SPDX-License-Identifier: ISC

-- Owners of repositories. Written by: triggers; limits and pauses by
-- whoever sets them.
CREATE TABLE queue_owners (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL UNIQUE COLLATE NOCASE, -- as in repos
	ready INTEGER NOT NULL DEFAULT 0 CHECK (ready >= 0), -- jobs that could
	               -- be claimed, limits and pauses aside
	running INTEGER NOT NULL DEFAULT 0 CHECK (running >= 0), -- that hold a
	               -- lease
	used_ms INTEGER NOT NULL DEFAULT 0, -- time that its jobs have held a
	               -- slot; raised to that of the others when it was idle
	max_running INTEGER CHECK (max_running >= 0), -- NULL: the
	               -- configuration's
	paused_at_ms INTEGER, -- NULL: it is not
	paused_by TEXT, -- who did it
	paused_reason TEXT -- or NULL
) STRICT;

-- Who is next, among those that have something to claim.
CREATE INDEX queue_owners_next ON queue_owners (running, used_ms)
	WHERE ready > 0;
CREATE INDEX queue_owners_busy ON queue_owners (used_ms)
	WHERE ready + running > 0;
CREATE INDEX queue_owners_used ON queue_owners (used_ms);

-- The same of a repository, beside the others of its owner.
CREATE TABLE queue_repos (
	repo INTEGER PRIMARY KEY REFERENCES repos (id) ON DELETE CASCADE,
	owner INTEGER NOT NULL REFERENCES queue_owners (id),
	ready INTEGER NOT NULL DEFAULT 0 CHECK (ready >= 0),
	running INTEGER NOT NULL DEFAULT 0 CHECK (running >= 0),
	used_ms INTEGER NOT NULL DEFAULT 0,
	max_running INTEGER CHECK (max_running >= 0),
	paused_at_ms INTEGER,
	paused_by TEXT,
	paused_reason TEXT
) STRICT;

CREATE INDEX queue_repos_next ON queue_repos (owner, running, used_ms)
	WHERE ready > 0;
CREATE INDEX queue_repos_busy ON queue_repos (owner, used_ms)
	WHERE ready + running > 0;
CREATE INDEX queue_repos_used ON queue_repos (owner, used_ms);

-- Jobs of a repository that ask for the same labels: all that is asked before
-- one of them may be claimed is asked once for all. Written by: triggers;
-- empty ones are removed by pawl-janitor.
CREATE TABLE queue_lanes (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	repo INTEGER NOT NULL REFERENCES queue_repos (repo) ON DELETE CASCADE,
	labels TEXT NOT NULL, -- as jobs.labels
	ready INTEGER NOT NULL DEFAULT 0 CHECK (ready >= 0),
	running INTEGER NOT NULL DEFAULT 0 CHECK (running >= 0),
	UNIQUE (repo, labels)
) STRICT;

CREATE INDEX queue_lanes_next ON queue_lanes (repo) WHERE ready > 0;
CREATE INDEX queue_lanes_running ON queue_lanes (labels, running)
	WHERE running > 0;

-- How many jobs that ask for a label run at once. Written by: pawl queue.
CREATE TABLE queue_labels (
	label TEXT PRIMARY KEY CHECK (label <> ''), -- in lower case
	max_running INTEGER NOT NULL CHECK (max_running >= 0)
) STRICT, WITHOUT ROWID;

-- While one of these is there, nothing is claimed. Written by: pawl queue,
-- pawl drain, pawl-api.
CREATE TABLE queue_stops (
	what TEXT PRIMARY KEY CHECK (what IN ('host', 'queue')), -- 'host': it
	               -- is being drained
	at_ms INTEGER NOT NULL,
	by TEXT NOT NULL,
	reason TEXT -- or NULL
) STRICT, WITHOUT ROWID;

-- Labels of runs-on that a job asks for: in lower case, in order, one in a
-- line. Written by: who decides the run.
ALTER TABLE jobs ADD COLUMN labels TEXT NOT NULL DEFAULT '';
-- queue_lanes.id, from the moment when it is pending first; that of a job
-- that has ended may be gone, so it is no foreign key. Written by: trigger.
ALTER TABLE jobs ADD COLUMN lane INTEGER;
-- When the newest attempt was claimed. Written by: pawl-workerd.
ALTER TABLE jobs ADD COLUMN claimed_at_ms INTEGER;
-- When somebody was told that it waits for long; NULL: nobody was. Written
-- by: pawl-workerd.
ALTER TABLE jobs ADD COLUMN waits_told_at_ms INTEGER;
-- What it counts as: 1 ready, 2 running, 0 neither.
ALTER TABLE jobs ADD COLUMN part INTEGER GENERATED ALWAYS AS (
	CASE WHEN lane IS NULL THEN 0
		WHEN state = 'pending' THEN not_before_ms = 0
		WHEN state IN ('assigned', 'running', 'completing') THEN 2
		ELSE 0 END) VIRTUAL;

-- The run that took its place in a concurrency group; NULL: none. Written by:
-- who decides that run.
ALTER TABLE runs ADD COLUMN superseded_by INTEGER
	REFERENCES runs (id) ON DELETE SET NULL;
CREATE INDEX runs_superseded ON runs (superseded_by)
	WHERE superseded_by IS NOT NULL;

-- What can be claimed, in the order of each lane; a pause after a lost
-- attempt keeps a job out. The size of these is that of the queue, whatever
-- the history.
DROP INDEX jobs_pending;
CREATE INDEX jobs_ready ON jobs (lane, rank_ms)
	WHERE state = 'pending' AND not_before_ms = 0;
-- All that wait, those that do so longest first.
CREATE INDEX jobs_pending ON jobs (queued_at_ms) WHERE state = 'pending';
CREATE INDEX jobs_waits_untold ON jobs (queued_at_ms)
	WHERE state = 'pending' AND waits_told_at_ms IS NULL;

CREATE TRIGGER repos_share AFTER INSERT ON repos BEGIN
	INSERT INTO queue_owners (name) VALUES (NEW.owner)
		ON CONFLICT (name) DO NOTHING;
	INSERT INTO queue_repos (repo, owner) VALUES (NEW.id,
		(SELECT id FROM queue_owners WHERE name = NEW.owner));
END;

-- A repository that moves takes what it has to its new owner.
CREATE TRIGGER repos_moved AFTER UPDATE OF owner ON repos
	WHEN NEW.owner <> OLD.owner BEGIN
	INSERT INTO queue_owners (name) VALUES (NEW.owner)
		ON CONFLICT (name) DO NOTHING;
	UPDATE queue_owners SET
		ready = ready - (SELECT ready FROM queue_repos
			WHERE repo = NEW.id),
		running = running - (SELECT running FROM queue_repos
			WHERE repo = NEW.id)
	WHERE name = OLD.owner;
	UPDATE queue_owners SET
		ready = ready + (SELECT ready FROM queue_repos
			WHERE repo = NEW.id),
		running = running + (SELECT running FROM queue_repos
			WHERE repo = NEW.id)
	WHERE name = NEW.owner;
	UPDATE queue_repos SET owner = (SELECT id FROM queue_owners
		WHERE name = NEW.owner) WHERE repo = NEW.id;
END;

CREATE TRIGGER jobs_lane_new AFTER INSERT ON jobs
	WHEN NEW.state = 'pending' AND NEW.lane IS NULL BEGIN
	INSERT INTO queue_lanes (repo, labels)
		VALUES ((SELECT repo FROM runs WHERE id = NEW.run), NEW.labels)
		ON CONFLICT (repo, labels) DO NOTHING;
	UPDATE jobs SET lane = (SELECT id FROM queue_lanes
		WHERE repo = (SELECT repo FROM runs WHERE id = NEW.run)
			AND labels = NEW.labels) WHERE id = NEW.id;
END;

CREATE TRIGGER jobs_lane AFTER UPDATE OF state ON jobs
	WHEN NEW.state = 'pending' AND NEW.lane IS NULL BEGIN
	INSERT INTO queue_lanes (repo, labels)
		VALUES ((SELECT repo FROM runs WHERE id = NEW.run), NEW.labels)
		ON CONFLICT (repo, labels) DO NOTHING;
	UPDATE jobs SET lane = (SELECT id FROM queue_lanes
		WHERE repo = (SELECT repo FROM runs WHERE id = NEW.run)
			AND labels = NEW.labels) WHERE id = NEW.id;
END;

CREATE TRIGGER jobs_counted AFTER UPDATE OF state, not_before_ms, lane ON jobs
	WHEN NEW.part <> OLD.part BEGIN
	UPDATE queue_lanes SET ready = ready + (NEW.part = 1) - (OLD.part = 1),
		running = running + (NEW.part = 2) - (OLD.part = 2)
	WHERE id = NEW.lane;
END;

CREATE TRIGGER jobs_uncounted AFTER DELETE ON jobs WHEN OLD.part <> 0 BEGIN
	UPDATE queue_lanes SET ready = ready - (OLD.part = 1),
		running = running - (OLD.part = 2)
	WHERE id = OLD.lane;
END;

-- One that was idle begins where those are that are not, or where the last of
-- them ended: nobody saves up a right to have all slots later.
CREATE TRIGGER queue_lanes_counted AFTER UPDATE OF ready, running
	ON queue_lanes BEGIN
	UPDATE queue_repos SET ready = ready + NEW.ready - OLD.ready,
		running = running + NEW.running - OLD.running,
		used_ms = CASE WHEN ready + running > 0 THEN used_ms
			ELSE max(used_ms, coalesce(
				(SELECT min(o.used_ms) FROM queue_repos o
					WHERE o.owner = queue_repos.owner
					AND o.ready + o.running > 0),
				(SELECT max(o.used_ms) FROM queue_repos o
					WHERE o.owner = queue_repos.owner)))
			END
	WHERE repo = NEW.repo;
END;

CREATE TRIGGER queue_lanes_uncounted AFTER DELETE ON queue_lanes
	WHEN OLD.ready + OLD.running > 0 BEGIN
	UPDATE queue_repos SET ready = ready - OLD.ready,
		running = running - OLD.running
	WHERE repo = OLD.repo;
END;

CREATE TRIGGER queue_repos_counted AFTER UPDATE OF ready, running
	ON queue_repos BEGIN
	UPDATE queue_owners SET ready = ready + NEW.ready - OLD.ready,
		running = running + NEW.running - OLD.running,
		used_ms = CASE WHEN ready + running > 0 THEN used_ms
			ELSE max(used_ms, coalesce(
				(SELECT min(o.used_ms) FROM queue_owners o
					WHERE o.ready + o.running > 0),
				(SELECT max(o.used_ms) FROM queue_owners o)))
			END
	WHERE id = NEW.owner;
END;

CREATE TRIGGER queue_repos_uncounted AFTER DELETE ON queue_repos
	WHEN OLD.ready + OLD.running > 0 BEGIN
	UPDATE queue_owners SET ready = ready - OLD.ready,
		running = running - OLD.running
	WHERE id = OLD.owner;
END;

-- What is there already.
INSERT INTO queue_owners (name) SELECT DISTINCT owner FROM repos;
INSERT INTO queue_repos (repo, owner)
	SELECT r.id, o.id FROM repos r JOIN queue_owners o ON o.name = r.owner;
INSERT INTO queue_lanes (repo, labels)
	SELECT DISTINCT r.repo, '' FROM jobs j JOIN runs r ON r.id = j.run
	WHERE j.state IN ('pending', 'assigned', 'running', 'completing');
UPDATE jobs SET claimed_at_ms = coalesce(started_at_ms, created_at_ms),
	lane = (SELECT l.id FROM runs r JOIN queue_lanes l ON l.repo = r.repo
		WHERE r.id = jobs.run)
	WHERE state IN ('pending', 'assigned', 'running', 'completing');

PRAGMA user_version = 7;
