-- 019_heads.sql - what is known of the branches and tags of repositories, to
-- find pushes that no webhook told of.
-- SPDX-License-Identifier: ISC

-- Written by: pawl-planner for each push, pawl-reconciler.
CREATE TABLE heads (
	repo INTEGER NOT NULL REFERENCES repos (id) ON DELETE CASCADE,
	ref TEXT NOT NULL, -- in full
	sha TEXT NOT NULL, -- of the last push that was planned, or seen first
	found TEXT, -- that a reconcile made a delivery for, and whose webhook
	            -- has not come since; NULL: none
	PRIMARY KEY (repo, ref)
) STRICT, WITHOUT ROWID;

-- Comparing a repository with its forge. No row: it was never asked for.
-- Written by: pawl reconcile, pawl-workerd; the result by pawl-reconciler.
CREATE TABLE reconciles (
	repo INTEGER PRIMARY KEY REFERENCES repos (id) ON DELETE CASCADE,
	wanted_at_ms INTEGER, -- not before; NULL: it is not wanted now
	wanted_by TEXT NOT NULL, -- who asked for it, for people
	tries INTEGER NOT NULL DEFAULT 0, -- that failed since
	done_at_ms INTEGER, -- when it ended well last; NULL: never
	found INTEGER NOT NULL DEFAULT 0, -- deliveries that the last one made
	problem TEXT -- why the last one failed; NULL: it did not
) STRICT;
CREATE INDEX reconciles_wanted ON reconciles (wanted_at_ms)
	WHERE wanted_at_ms IS NOT NULL;

PRAGMA user_version = 19;
