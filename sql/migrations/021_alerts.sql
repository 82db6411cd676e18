-- 021_alerts.sql - rules about numbers: told of when one is crossed, and when
-- it is back.
-- SPDX-License-Identifier: ISC

-- Written by: pawl; state and times by pawl-workerd, check_at_ms by triggers.
CREATE TABLE alerts (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	name TEXT NOT NULL UNIQUE CHECK (name <> ''),
	place TEXT NOT NULL CHECK (place <> ''), -- as of notify_rules
	owner TEXT, -- in lower case, when the place is one; or NULL
	repo INTEGER REFERENCES repos (id) ON DELETE CASCADE, -- likewise
	workflow TEXT, -- only of runs of this one, by file or name; NULL: any
	step TEXT, -- of its steps with this title, not of runs; NULL: runs
	metric TEXT NOT NULL, -- 'error_rate': see lib/store/alerts.h
	op TEXT NOT NULL CHECK (op IN ('>', '>=', '<', '<=')),
	threshold INTEGER NOT NULL, -- in the metric's unit
	window_ms INTEGER NOT NULL CHECK (window_ms > 0),
	severity TEXT NOT NULL CHECK (severity IN ('critical', 'warning')),
	firing INTEGER NOT NULL DEFAULT 0 CHECK (firing IN (0, 1)),
	changes INTEGER NOT NULL DEFAULT 0, -- times that it has fired or cleared
	changed_at_ms INTEGER, -- the last time; NULL: never
	value INTEGER, -- when it was looked at last; NULL: nothing to count
	held_since_ms INTEGER, -- since when a level holds; NULL: it does not
	rest_until_ms INTEGER NOT NULL DEFAULT 0, -- not looked at before
	check_at_ms INTEGER, -- to be looked at; NULL: nothing can have changed
	made_by TEXT NOT NULL,
	created_at_ms INTEGER NOT NULL
) STRICT;

CREATE INDEX alerts_due ON alerts (check_at_ms) WHERE check_at_ms IS NOT NULL;
CREATE INDEX alerts_repo ON alerts (repo) WHERE repo IS NOT NULL;

-- What ended within a window.
CREATE INDEX runs_finished ON runs (finished_at_ms)
	WHERE finished_at_ms IS NOT NULL;

-- A number may have changed: look, though not all the time.
CREATE TRIGGER alerts_run AFTER UPDATE OF finished_at_ms ON runs
	WHEN NEW.finished_at_ms IS NOT NULL
BEGIN
	UPDATE alerts SET check_at_ms = max(rest_until_ms, NEW.finished_at_ms)
	WHERE metric <> 'dead_letters' AND (check_at_ms IS NULL
		OR check_at_ms > max(rest_until_ms, NEW.finished_at_ms));
END;
CREATE TRIGGER alerts_message AFTER UPDATE OF state ON outbox
	WHEN OLD.state = 'failed' OR NEW.state = 'failed'
BEGIN
	UPDATE alerts SET check_at_ms = rest_until_ms
	WHERE metric = 'dead_letters';
END;
CREATE TRIGGER alerts_message_gone AFTER DELETE ON outbox
	WHEN OLD.state = 'failed'
BEGIN
	UPDATE alerts SET check_at_ms = rest_until_ms
	WHERE metric = 'dead_letters';
END;
CREATE TRIGGER alerts_delivery AFTER UPDATE OF state ON deliveries
	WHEN OLD.state = 'failed' OR NEW.state = 'failed'
BEGIN
	UPDATE alerts SET check_at_ms = rest_until_ms
	WHERE metric = 'dead_letters';
END;
CREATE TRIGGER alerts_delivery_gone AFTER DELETE ON deliveries
	WHEN OLD.state = 'failed'
BEGIN
	UPDATE alerts SET check_at_ms = rest_until_ms
	WHERE metric = 'dead_letters';
END;

-- Rules may ask for alerts, and lead to a pager.
CREATE TABLE notify_rules_before AS SELECT * FROM notify_rules;
CREATE TABLE notify_rules_ids AS
	SELECT seq FROM sqlite_sequence WHERE name = 'notify_rules';
DROP TABLE notify_rules;
CREATE TABLE notify_rules (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	place TEXT NOT NULL CHECK (place <> ''), -- 'all', 'owner:OWNER' in lower
	               -- case, 'repo:ID'
	repo INTEGER REFERENCES repos (id) ON DELETE CASCADE, -- that of the
	               -- place; NULL: it has none
	cause TEXT NOT NULL CHECK (cause IN ('failure', 'change', 'always',
		'waiting', 'alert')),
	branch TEXT, -- pattern that the branch matches; NULL: any
	alert TEXT, -- name of the only alert it is about; NULL: any
	sample INTEGER CHECK (sample BETWEEN 1 AND 100), -- percent of the runs
	               -- that are told of; NULL: all
	kind TEXT NOT NULL CHECK (kind IN ('webhook', 'mail', 'slack',
		'matrix', 'pagerduty', 'otlp')),
	target TEXT NOT NULL CHECK (target <> ''), -- as people are shown it
	host TEXT NOT NULL, -- of the target, see outbox_hosts
	sealed BLOB, -- what is secret of it, sealed as tokens are; NULL: nothing
	made_by TEXT NOT NULL,
	created_at_ms INTEGER NOT NULL
) STRICT;
INSERT INTO notify_rules (id, place, repo, cause, branch, kind, target, host,
	sealed, made_by, created_at_ms)
SELECT id, place, repo, cause, branch, kind, target, host, sealed, made_by,
	created_at_ms FROM notify_rules_before;
UPDATE sqlite_sequence SET seq = (SELECT seq FROM notify_rules_ids)
WHERE name = 'notify_rules' AND EXISTS (SELECT 1 FROM notify_rules_ids);
INSERT INTO sqlite_sequence (name, seq)
SELECT 'notify_rules', seq FROM notify_rules_ids WHERE NOT EXISTS (
	SELECT 1 FROM sqlite_sequence WHERE name = 'notify_rules');
DROP TABLE notify_rules_before;
DROP TABLE notify_rules_ids;
CREATE INDEX notify_rules_place ON notify_rules (place);
CREATE INDEX notify_rules_repo ON notify_rules (repo) WHERE repo IS NOT NULL;

PRAGMA user_version = 21;
