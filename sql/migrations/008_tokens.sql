-- 008_tokens.sql - who may change something: tokens, and sessions of pages.
-- SPDX-License-Identifier: ISC

-- What a program or a person shows to be allowed something. The token itself
-- is nowhere: only its hash. Written by: pawl token; used_at_ms by the handlers.
CREATE TABLE tokens (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32), -- BLAKE2b of its
	               -- text, which is random: no salt, and found by this index
	name TEXT NOT NULL UNIQUE COLLATE NOCASE CHECK (name <> ''), -- said in
	               -- events of what it was used for
	role TEXT NOT NULL CHECK (role IN ('reader', 'writer', 'admin')),
	owner TEXT COLLATE NOCASE, -- counts for the repositories of this owner;
	               -- NULL: repo says
	repo INTEGER REFERENCES repos (id) ON DELETE CASCADE, -- counts for this
	               -- repository; NULL with owner NULL: for everything
	created_at_ms INTEGER NOT NULL,
	created_by TEXT NOT NULL,
	expires_at_ms INTEGER, -- from then on it is none; NULL: never
	used_at_ms INTEGER, -- when it was shown last, to the hour; NULL: never
	CHECK (owner IS NULL OR repo IS NULL)
) STRICT;

CREATE INDEX tokens_repo ON tokens (repo) WHERE repo IS NOT NULL;

-- A browser that has signed in with a token, and may what the token may.
-- Written by: pawl-web; those that are over go when another one is made.
CREATE TABLE sessions (
	hash BLOB PRIMARY KEY CHECK (length(hash) = 32), -- of the cookie's value
	token INTEGER NOT NULL REFERENCES tokens (id) ON DELETE CASCADE,
	created_at_ms INTEGER NOT NULL,
	expires_at_ms INTEGER NOT NULL
) STRICT;

CREATE INDEX sessions_token ON sessions (token);
CREATE INDEX sessions_expiry ON sessions (expires_at_ms);

-- Attempts to sign in that failed, by where they came from, for as long as
-- they count. Written by: pawl-web.
CREATE TABLE sign_in_failures (
	address TEXT PRIMARY KEY, -- an IPv4 address, or the first half of an
	               -- IPv6 one
	count INTEGER NOT NULL,
	since_ms INTEGER NOT NULL -- when the first of them was
) STRICT;

CREATE INDEX sign_in_failures_since ON sign_in_failures (since_ms);

PRAGMA user_version = 8;
