-- 020_users.sql - people: users, what they may, how they sign in; and an audit
-- of everything that is done by hand.
-- SPDX-License-Identifier: ISC

-- A person. Written by: pawl user, pawl-web, pawl-api, pawl-signin.
CREATE TABLE users (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	name TEXT NOT NULL UNIQUE COLLATE NOCASE CHECK (name <> ''), -- said
	               -- where something was done by them; no token without a
	               -- user has it
	password TEXT, -- Argon2id as crypto_pwhash_str() has it, with its salt;
	               -- NULL: none, they sign in elsewhere or not yet
	created_at_ms INTEGER NOT NULL,
	created_by TEXT NOT NULL,
	disabled_at_ms INTEGER, -- since when they may do nothing; NULL: they may
	used_at_ms INTEGER -- when they signed in last; NULL: never
) STRICT;

-- What a user may: any of these. Written by: as users; those with a source at
-- each sign-in there, by the rules of the configuration.
CREATE TABLE grants (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	user INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
	role TEXT NOT NULL CHECK (role IN ('reader', 'writer', 'admin')),
	owner TEXT COLLATE NOCASE, -- for the repositories of this owner; NULL:
	               -- repo says
	repo INTEGER REFERENCES repos (id) ON DELETE CASCADE, -- for this
	               -- repository; NULL with owner NULL: for everything
	source TEXT NOT NULL DEFAULT '', -- the way to sign in that gave it; '':
	               -- somebody did
	created_at_ms INTEGER NOT NULL,
	created_by TEXT NOT NULL,
	CHECK (owner IS NULL OR repo IS NULL)
) STRICT;
-- One role in a scope from one source.
CREATE UNIQUE INDEX grants_scope ON grants (user, source,
	coalesce(owner, '') COLLATE NOCASE, coalesce(repo, 0));
CREATE INDEX grants_repo ON grants (repo) WHERE repo IS NOT NULL;
-- Who may administer everything.
CREATE INDEX grants_admin ON grants (user)
	WHERE role = 'admin' AND owner IS NULL AND repo IS NULL;

-- Accounts elsewhere with which a user signs in. Written by: pawl-signin;
-- removed by pawl-web.
CREATE TABLE identities (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	provider TEXT NOT NULL, -- its name in the configuration (sign-in)
	subject TEXT NOT NULL, -- what never changes there: no name, no address
	user INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
	login TEXT NOT NULL, -- their name there, when they signed in last
	by_hand INTEGER NOT NULL, -- 1: the user has joined it, and it counts
	               -- whatever the rules of the configuration say
	created_at_ms INTEGER NOT NULL,
	used_at_ms INTEGER NOT NULL,
	UNIQUE (provider, subject)
) STRICT;
CREATE INDEX identities_user ON identities (user);

-- Links that count once: whoever opens one sets a password. Written by:
-- pawl setup, pawl user, pawl-workerd, pawl-web; removed when used, or later.
CREATE TABLE links (
	hash BLOB PRIMARY KEY CHECK (length(hash) = 32), -- of its token
	kind TEXT NOT NULL CHECK (kind IN ('setup', 'password', 'identity')),
	               -- setup: makes the first administrator; password: sets
	               -- the user's; identity: a sign-in elsewhere that is under
	               -- way, to be joined with the user
	user INTEGER REFERENCES users (id) ON DELETE CASCADE, -- NULL: setup
	created_at_ms INTEGER NOT NULL,
	created_by TEXT NOT NULL,
	expires_at_ms INTEGER NOT NULL,
	CHECK ((kind = 'setup') = (user IS NULL))
) STRICT;
CREATE INDEX links_user ON links (user) WHERE user IS NOT NULL;
CREATE INDEX links_expiry ON links (expires_at_ms);

-- Tokens may belong to a user, and have names of their own for each.
DROP TABLE sessions;
CREATE TABLE tokens_of_users (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32), -- BLAKE2b of its
	               -- text, which is random: no salt, and found by this index
	user INTEGER REFERENCES users (id) ON DELETE CASCADE, -- whose it is, and
	               -- never allows more than he may; NULL: it stands alone
	name TEXT NOT NULL COLLATE NOCASE CHECK (name <> ''), -- said in events
	               -- of what it was used for
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
INSERT INTO tokens_of_users (id, hash, name, role, owner, repo, created_at_ms,
	created_by, expires_at_ms, used_at_ms)
SELECT id, hash, name, role, owner, repo, created_at_ms, created_by,
	expires_at_ms, used_at_ms FROM tokens;
DROP TABLE tokens;
ALTER TABLE tokens_of_users RENAME TO tokens;
CREATE UNIQUE INDEX tokens_name ON tokens (coalesce(user, 0), name);
CREATE INDEX tokens_user ON tokens (user) WHERE user IS NOT NULL;
CREATE INDEX tokens_repo ON tokens (repo) WHERE repo IS NOT NULL;

-- A browser that has signed in, with a token or as a user. Written by:
-- pawl-web, pawl-signin; those that are over go when another one is made.
CREATE TABLE sessions (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32), -- of the cookie's
	               -- value
	token INTEGER REFERENCES tokens (id) ON DELETE CASCADE,
	user INTEGER REFERENCES users (id) ON DELETE CASCADE,
	provider TEXT NOT NULL DEFAULT '', -- where they signed in; '': here
	address TEXT NOT NULL DEFAULT '', -- from where
	browser TEXT NOT NULL DEFAULT '', -- what it says of itself
	created_at_ms INTEGER NOT NULL,
	used_at_ms INTEGER NOT NULL, -- to the hour
	expires_at_ms INTEGER NOT NULL,
	CHECK ((token IS NULL) <> (user IS NULL))
) STRICT;
CREATE INDEX sessions_token ON sessions (token) WHERE token IS NOT NULL;
CREATE INDEX sessions_user ON sessions (user) WHERE user IS NOT NULL;
CREATE INDEX sessions_expiry ON sessions (expires_at_ms);

-- Attempts to sign in that failed, for as long as they count. Written by:
-- pawl-web.
DROP TABLE sign_in_failures;
CREATE TABLE sign_in_failures (
	whose TEXT PRIMARY KEY, -- an IPv4 address, or the first half of an IPv6
	               -- one; 'user NAME': from wherever they were
	count INTEGER NOT NULL,
	since_ms INTEGER NOT NULL -- when the first of them was
) STRICT;
CREATE INDEX sign_in_failures_since ON sign_in_failures (since_ms);

-- Networks from which a user has signed in: whoever tries passwords from
-- others does not lock him out there. Written by: pawl-web, pawl-signin.
CREATE TABLE user_networks (
	user INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
	network TEXT NOT NULL, -- as the address of sign_in_failures
	used_at_ms INTEGER NOT NULL,
	PRIMARY KEY (user, network)
) STRICT, WITHOUT ROWID;

-- Who did what by hand, and which job was given which secret. Appended to in
-- the transaction of what is done. Rows outlive what they are about, and go
-- after a time, the oldest first (audit_trim). No secret is in it. Written by:
-- lib/store, for whomever a connection acts (audit.h); removed by
-- pawl-janitor.
CREATE TABLE audit_of_all (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	at_ms INTEGER NOT NULL,
	actor TEXT NOT NULL, -- who: 'ada', 'token robot', a user of the host,
	               -- 'pawl-job'; '': nobody who is known
	address TEXT NOT NULL DEFAULT '', -- from where; '': this host
	action TEXT NOT NULL, -- what: 'sign-in', 'secret.set' (doc/auth.md)
	target TEXT NOT NULL, -- on what: 'user ada', 'secret TOKEN'; '': all
	scope TEXT NOT NULL DEFAULT '', -- where that is: 'ada/demo', 'owner ada';
	               -- '': everywhere
	detail TEXT NOT NULL DEFAULT '', -- for people
	run TEXT, -- 'OWNER/NAME#N'; NULL: no job did it, as the next two
	job TEXT, -- key of the job
	attempt INTEGER
) STRICT;
INSERT INTO audit_of_all (id, at_ms, actor, action, target, scope, run, job,
	attempt)
SELECT id, at_ms, actor, 'secret.' || action,
	CASE name WHEN '' THEN '' ELSE 'secret ' || name END, scope, run, job,
	attempt FROM audit;
DROP TABLE audit;
ALTER TABLE audit_of_all RENAME TO audit;
CREATE INDEX audit_target ON audit (target, id);
CREATE INDEX audit_actor ON audit (actor, id);
CREATE INDEX audit_time ON audit (at_ms);

CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN
	SELECT RAISE(ABORT, 'the audit is never changed');
END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
	WHEN EXISTS (SELECT 1 FROM audit WHERE id < OLD.id) BEGIN
	SELECT RAISE(ABORT, 'the audit is only cut at its beginning');
END;

PRAGMA user_version = 20;
