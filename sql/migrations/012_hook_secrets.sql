-- 012_hook_secrets.sql - several webhook secrets of a repository, so that one
-- can take the place of another without a delivery being refused.
-- SPDX-License-Identifier: ISC

-- Written by: pawl repo; when one was used last by pawl-hook.
CREATE TABLE hook_secrets (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	repo INTEGER NOT NULL REFERENCES repos (id) ON DELETE CASCADE,
	name TEXT NOT NULL CHECK (name <> ''), -- for people
	sealed BLOB NOT NULL, -- under hook.key (seal.h)
	created_at_ms INTEGER NOT NULL,
	created_by TEXT, -- who did it; NULL: it came with the repository
	expires_at_ms INTEGER, -- accepted until then; NULL: until removed
	used_at_ms INTEGER, -- when it was right last, to the minute
	UNIQUE (repo, name)
) STRICT;

INSERT INTO hook_secrets (repo, name, sealed, created_at_ms)
SELECT id, 'first', hook_secret, created_at_ms FROM repos
WHERE hook_secret IS NOT NULL;

ALTER TABLE repos DROP COLUMN hook_secret;

PRAGMA user_version = 12;
