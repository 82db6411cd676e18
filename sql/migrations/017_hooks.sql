-- 017_hooks.sql - programs of the administrator that are run when something
-- happens.
-- SPDX-License-Identifier: ISC

-- The executables that stand in the folder of "hooks-dir" now, so that
-- whoever appends an event knows which to queue. Written by: pawl-workerd,
-- which looks into the folder.
CREATE TABLE hooks (
	path TEXT PRIMARY KEY CHECK (path <> ''), -- absolute
	name TEXT NOT NULL CHECK (name <> ''), -- when it is run: 'on_failure'
	condition TEXT -- an expression that must hold; NULL: none
) STRICT, WITHOUT ROWID;

CREATE INDEX hooks_name ON hooks (name);

PRAGMA user_version = 17;
