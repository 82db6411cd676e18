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
-- What public/ was made to show last, as 'VISIBILITY/BADGES'; NULL: nothing
-- yet. Written by whoever has made the links, lib/render/shown.c.
ALTER TABLE repos ADD COLUMN shown TEXT;
-- Those that some must not see; none: nobody has to look any further.
CREATE INDEX repos_private ON repos (owner, name)
	WHERE visibility = 'private';
-- Those whose links are still to be made or taken away.
CREATE INDEX repos_unsettled ON repos (id)
	WHERE shown IS NOT visibility || '/' || badges;

PRAGMA user_version = 22;
