-- 018_engines.sql - how the engines did when somebody asked them last.
-- SPDX-License-Identifier: ISC

-- Written by: pawl-janitor, which opens all; pawl-job, when one works again.
CREATE TABLE engine_states (
	name TEXT PRIMARY KEY, -- 'sandbox', 'docker'
	error TEXT, -- why it cannot be used; NULL: it can
	at_ms INTEGER NOT NULL -- when it was asked
) STRICT, WITHOUT ROWID;

PRAGMA user_version = 18;
