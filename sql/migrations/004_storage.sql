-- 004_storage.sql - artifacts of runs and caches of repositories.
-- SPDX-License-Identifier: ISC

-- What jobs have kept: a folder of plain files below public/ and its manifest.
-- The row stays when the files have gone. Written by: pawl-job; pawl-janitor
-- removes and copies.
CREATE TABLE artifacts (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
	job INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
	attempt INTEGER NOT NULL CHECK (attempt > 0), -- the job's
	name TEXT NOT NULL CHECK (name <> ''),
	path TEXT NOT NULL, -- of its folder, below public/
	files INTEGER NOT NULL, -- how many
	bytes INTEGER NOT NULL, -- of all files
	digest TEXT NOT NULL, -- SHA-256 of its manifest, in hexadecimal
	remote INTEGER NOT NULL CHECK (remote IN (0, 1)), -- 1: it is to have a
	               -- second copy in the store of the configuration
	stored_at_ms INTEGER, -- when that was complete; NULL: it is not
	store_at_ms INTEGER NOT NULL DEFAULT 0, -- not tried before
	store_tries INTEGER NOT NULL DEFAULT 0, -- that failed
	created_at_ms INTEGER NOT NULL,
	expires_at_ms INTEGER NOT NULL, -- its files go then
	removed_at_ms INTEGER -- when they went, or another took its place; NULL:
	               -- they are there
) STRICT;

CREATE INDEX artifacts_run ON artifacts (run, id);
CREATE INDEX artifacts_job ON artifacts (job);
CREATE INDEX artifacts_expire ON artifacts (expires_at_ms)
	WHERE removed_at_ms IS NULL;
CREATE INDEX artifacts_to_store ON artifacts (store_at_ms)
	WHERE remote = 1 AND stored_at_ms IS NULL AND removed_at_ms IS NULL;

-- What jobs have saved for later ones: files below caches/, by the hash of
-- their content. A row is never changed but for its use. Written by: pawl-job;
-- removed by pawl-janitor.
CREATE TABLE caches (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	repo INTEGER NOT NULL REFERENCES repos (id) ON DELETE CASCADE,
	scope TEXT NOT NULL, -- the ref of the run that saved it
	version TEXT NOT NULL, -- hash of the paths, as they are written
	key TEXT NOT NULL,
	digest TEXT NOT NULL, -- SHA-256 of the file, in hexadecimal
	bytes INTEGER NOT NULL, -- of the file
	created_at_ms INTEGER NOT NULL,
	used_at_ms INTEGER NOT NULL, -- saved or found last
	UNIQUE (repo, version, scope, key)
) STRICT;

CREATE INDEX caches_newest ON caches (repo, version, scope, created_at_ms);
CREATE INDEX caches_used ON caches (used_at_ms, bytes);
CREATE INDEX caches_repo_used ON caches (repo, used_at_ms, bytes);
CREATE INDEX caches_digest ON caches (digest);

-- What came of looking for one. Written by: pawl-job.
CREATE TABLE cache_uses (
	job INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
	attempt INTEGER NOT NULL, -- the job's
	step INTEGER NOT NULL, -- its number
	key TEXT NOT NULL, -- that was looked for
	matched TEXT, -- that was found; NULL: none
	bytes INTEGER NOT NULL, -- of its file
	PRIMARY KEY (job, attempt, step)
) STRICT, WITHOUT ROWID;

PRAGMA user_version = 4;
