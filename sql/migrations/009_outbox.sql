-- 009_outbox.sql - what leaves Pawl: messages of many kinds, to whom, and what
-- became of them.
-- SPDX-License-Identifier: ISC

-- The commit that a forge is told about: of a pull request its head, for the
-- merge that is built is nobody's to see.
ALTER TABLE runs ADD COLUMN report_sha TEXT GENERATED ALWAYS AS
	(coalesce(context ->> '$.github.event.pull_request.head.sha', sha))
	VIRTUAL;
CREATE INDEX runs_report ON runs (repo, report_sha);

-- How forges are told of runs. NULL: as the forge's row says, or the standard.
-- Written by: pawl repo report.
CREATE TABLE reporting (
	place TEXT PRIMARY KEY, -- 'repo:ID', or 'forge:NAME' for all of a forge
	repo INTEGER REFERENCES repos (id) ON DELETE CASCADE, -- that of the
	               -- place; NULL: a forge's
	token BLOB, -- for the forge's API, sealed under keys/notify.key (seal.h)
	            -- together with the place; NULL: none
	api_url TEXT, -- where the API is; NULL: found by the clone URL
	statuses TEXT CHECK (statuses IN ('workflow', 'job', 'off')),
	               -- a commit status for each workflow, for each job too
	ignored INTEGER CHECK (ignored IN (0, 1)), -- also when no workflow
	               -- matched
	comments INTEGER CHECK (comments IN (0, 1)), -- of pull requests whose
	               -- pipeline files are wrong
	updated_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX reporting_repo ON reporting (repo) WHERE repo IS NOT NULL;

-- The one comment of a pull request, so that it is edited and not repeated.
-- Written by: pawl-notifier.
CREATE TABLE forge_comments (
	repo INTEGER NOT NULL REFERENCES repos (id) ON DELETE CASCADE,
	pull INTEGER NOT NULL, -- number of the pull request
	comment TEXT NOT NULL, -- the forge's id of it
	PRIMARY KEY (repo, pull)
) STRICT, WITHOUT ROWID;

-- Who is told of runs, beside the forge. Written by: pawl notify.
CREATE TABLE notify_rules (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	place TEXT NOT NULL CHECK (place <> ''), -- 'all', 'owner:OWNER' in lower
	               -- case, 'repo:ID'
	repo INTEGER REFERENCES repos (id) ON DELETE CASCADE, -- that of the
	               -- place; NULL: it has none
	cause TEXT NOT NULL CHECK (cause IN ('failure', 'change', 'always',
		'waiting')),
	branch TEXT, -- pattern that the branch matches; NULL: any
	kind TEXT NOT NULL CHECK (kind IN ('webhook', 'mail', 'slack',
		'matrix')),
	target TEXT NOT NULL CHECK (target <> ''), -- as people are shown it
	host TEXT NOT NULL, -- of the target, see outbox_hosts
	sealed BLOB, -- what is secret of it, sealed as tokens are; NULL: nothing
	made_by TEXT NOT NULL,
	created_at_ms INTEGER NOT NULL
) STRICT;

CREATE INDEX notify_rules_place ON notify_rules (place);
CREATE INDEX notify_rules_repo ON notify_rules (repo) WHERE repo IS NOT NULL;

-- Messages anew: with a topic, and with or without a run.
CREATE TABLE outbox_2 (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	kind TEXT NOT NULL, -- 'files', 'status', 'webhook', ...: see
	               -- lib/store/outbox.h
	topic TEXT NOT NULL, -- what it is about: of those of a kind with the
	               -- same topic only the newest is sent
	repo INTEGER REFERENCES repos (id) ON DELETE CASCADE, -- or NULL
	run INTEGER REFERENCES runs (id) ON DELETE CASCADE, -- or NULL
	rule INTEGER REFERENCES notify_rules (id) ON DELETE CASCADE, -- that
	               -- asked for it, or NULL
	data TEXT CHECK (data IS NULL OR json_valid(data)), -- what cannot be
	               -- read from the database when it is sent, or NULL
	host TEXT NOT NULL DEFAULT '', -- that it goes to; '': not known yet, or
	               -- this one
	state TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'failed')),
	               -- sent ones are removed at once
	attempts INTEGER NOT NULL DEFAULT 0, -- sendings that failed
	due_at_ms INTEGER NOT NULL, -- not to be sent before
	error TEXT, -- of the last sending that failed
	created_at_ms INTEGER NOT NULL,
	queued_at_ms INTEGER NOT NULL -- since when it is tried; later than
	               -- created_at_ms when it was replayed
) STRICT;

INSERT INTO outbox_2 (id, kind, topic, run, data, state, attempts, due_at_ms,
	error, created_at_ms, queued_at_ms)
SELECT id, kind, CAST(run AS TEXT), run, data, state, attempts, due_at_ms,
	error, created_at_ms, created_at_ms FROM outbox;
-- Ids stay used.
INSERT INTO sqlite_sequence (name, seq)
SELECT 'outbox_2', seq FROM sqlite_sequence WHERE name = 'outbox'
	AND NOT EXISTS (SELECT 1 FROM outbox_2);
UPDATE sqlite_sequence SET seq = (SELECT seq FROM sqlite_sequence
	WHERE name = 'outbox') WHERE name = 'outbox_2';
DROP TABLE outbox;
ALTER TABLE outbox_2 RENAME TO outbox;

CREATE UNIQUE INDEX outbox_once ON outbox (kind, topic)
	WHERE state = 'queued';
-- What the supervisor does itself, and what pawl-notifier sends.
CREATE INDEX outbox_files ON outbox (due_at_ms)
	WHERE state = 'queued' AND kind = 'files';
CREATE INDEX outbox_due ON outbox (due_at_ms, id)
	WHERE state = 'queued' AND kind <> 'files';
CREATE INDEX outbox_dead ON outbox (queued_at_ms) WHERE state = 'failed';
CREATE INDEX outbox_run ON outbox (run) WHERE run IS NOT NULL;
CREATE INDEX outbox_repo ON outbox (repo) WHERE repo IS NOT NULL;
CREATE INDEX outbox_rule ON outbox (rule) WHERE rule IS NOT NULL;

-- Hosts that messages cannot be sent to now, kept over restarts. A row goes
-- with the first success. Written by: pawl-notifier.
CREATE TABLE outbox_hosts (
	host TEXT PRIMARY KEY CHECK (host <> ''), -- 'api.github.com:443'
	failures INTEGER NOT NULL, -- in a row
	until_ms INTEGER NOT NULL, -- nothing is sent before; 0: nothing holds
	error TEXT NOT NULL, -- why, for people
	changed_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What was tried: a ring of the newest 5,000. Written by: pawl-notifier.
CREATE TABLE outbox_tries (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	message INTEGER NOT NULL, -- its id, also when it is gone
	kind TEXT NOT NULL, -- of the message
	topic TEXT NOT NULL,
	run INTEGER REFERENCES runs (id) ON DELETE SET NULL,
	host TEXT NOT NULL,
	result TEXT NOT NULL CHECK (result IN ('sent', 'later', 'failed')),
	status INTEGER, -- of HTTP or SMTP; NULL: there was no answer
	error TEXT, -- why not, for people; NULL: it was sent
	took_ms INTEGER NOT NULL,
	at_ms INTEGER NOT NULL
) STRICT;

CREATE INDEX outbox_tries_message ON outbox_tries (message);
CREATE INDEX outbox_tries_run ON outbox_tries (run) WHERE run IS NOT NULL;

CREATE TRIGGER outbox_tries_ring AFTER INSERT ON outbox_tries BEGIN
	DELETE FROM outbox_tries WHERE id <= NEW.id - 5000;
END;

PRAGMA user_version = 9;
