-- 025_tasks.sql - what Pawl does by itself, and when it did it last.
-- SPDX-License-Identifier: ISC

-- A row for each task that has run. Written by: the program that did it.
CREATE TABLE tasks (
	name TEXT PRIMARY KEY CHECK (name <> ''), -- of the table in tasks.c
	began_at_ms INTEGER NOT NULL,
	ended_at_ms INTEGER NOT NULL,
	error TEXT, -- why it failed; NULL: it did not
	said TEXT NOT NULL -- what came of it, for people; or ''
) STRICT, WITHOUT ROWID;

PRAGMA user_version = 25;
