-- 003_secrets.sql - secrets of jobs, and who did what with them.
-- SPDX-License-Identifier: ISC

-- Secrets that jobs may name, sealed under keys/secrets.key (seal.h) together with
-- their place and name, so that a row opens in its own place alone. Written
-- by: pawl secret; read_at_ms by pawl-job.
CREATE TABLE secrets (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	place TEXT NOT NULL CHECK (place <> ''), -- 'instance', 'owner:OWNER',
	               -- 'repo:ID', 'environment:ID:NAME'; in lower case
	repo INTEGER REFERENCES repos (id) ON DELETE CASCADE, -- that of the
	               -- place; NULL: it has none
	name TEXT NOT NULL CHECK (name <> ''), -- in upper case
	sealed BLOB NOT NULL,
	created_at_ms INTEGER NOT NULL,
	updated_at_ms INTEGER NOT NULL, -- when its value was set
	read_at_ms INTEGER, -- when a job was given it last; NULL: never
	UNIQUE (place, name)
) STRICT;

CREATE INDEX secrets_repo ON secrets (repo) WHERE repo IS NOT NULL;

-- Who set, removed or was given which secret. Its rows outlive what they are
-- about, and go after a time (audit_trim). Written by: pawl secret, pawl-job;
-- removed by pawl-janitor.
CREATE TABLE audit (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	at_ms INTEGER NOT NULL,
	action TEXT NOT NULL CHECK (action IN ('set', 'delete', 'rotate',
		'read')),
	actor TEXT NOT NULL, -- who did it: a user of the host, 'pawl-job'
	name TEXT NOT NULL, -- of the secret; '': all of them
	scope TEXT NOT NULL, -- where it stands, in words; '': everywhere
	run TEXT, -- 'OWNER/NAME#N'; NULL: no job did it, as the next two
	job TEXT, -- key of the job
	attempt INTEGER
) STRICT;

CREATE INDEX audit_name ON audit (name, id);
CREATE INDEX audit_time ON audit (at_ms);

PRAGMA user_version = 3;
