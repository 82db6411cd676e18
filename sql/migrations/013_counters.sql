-- 013_counters.sql - what has happened so far, as numbers.
-- SPDX-License-Identifier: ISC

-- Sums that only grow, so that a look at them costs the same whatever was: a
-- row for each series, changed in the transaction of what it counts. Written
-- by: whoever makes the change (lib/store/counters.c).
CREATE TABLE counters (
	name TEXT NOT NULL CHECK (name <> ''), -- of the table in numbers.c
	labels TEXT NOT NULL, -- 'result="failed"', several with commas, in the
	               -- order of that table; '': none
	bucket INTEGER NOT NULL DEFAULT -1, -- of a histogram: values up to so
	               -- many milliseconds and above the bucket before, 0: all
	               -- that are longer; -1: it is a plain counter
	repo INTEGER NOT NULL DEFAULT 0, -- it happened in, also when that is
	               -- gone; 0: it is not told apart
	n INTEGER NOT NULL, -- how often
	total_ms INTEGER NOT NULL DEFAULT 0, -- of a histogram: the sum of values
	PRIMARY KEY (name, labels, bucket, repo)
) STRICT, WITHOUT ROWID;

-- Runs that are not over, to count them.
CREATE INDEX runs_active ON runs (state) WHERE state IN ('pending', 'running');

PRAGMA user_version = 13;
