-- 022_visibility.sql - who may read what belongs to a repository.
-- SPDX-License-Identifier: ISC

-- Written by: pawl repo add, pawl repo set, pawl-api, pawl-web.
-- 'public': anybody reads its pages and files. 'private': who has a role for
-- it; for everybody else there is no such repository.
ALTER TABLE repos ADD COLUMN visibility TEXT NOT NULL DEFAULT 'public'
	CHECK (visibility IN ('public', 'private'));
-- Who is shown the badges of a private one: 'public': anybody, 'private': who
-- may read the rest.
ALTER TABLE repos ADD COLUMN badges TEXT NOT NULL DEFAULT 'private'
	CHECK (badges IN ('public', 'private'));
-- Those that some must not see; none: nobody has to look any further.
CREATE INDEX repos_private ON repos (owner, name)
	WHERE visibility = 'private';

PRAGMA user_version = 22;
