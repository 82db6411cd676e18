-- 026_removed.sql - repositories that are gone and whose files are not.
-- SPDX-License-Identifier: ISC

-- Written by whoever removes a repository; a row goes with the files. Until
-- then no other one can have the name: it would find them.
CREATE TABLE removed_repos (
	owner TEXT NOT NULL COLLATE NOCASE,
	name TEXT NOT NULL COLLATE NOCASE,
	at_ms INTEGER NOT NULL, -- when it was removed
	PRIMARY KEY (owner, name)
) STRICT, WITHOUT ROWID;

PRAGMA user_version = 26;
