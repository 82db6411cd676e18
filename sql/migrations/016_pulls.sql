-- 016_pulls.sql - the pull request of a run that cannot be planned.
-- SPDX-License-Identifier: ISC

-- Its number, and the commit that its author sees; NULL: it is none, or the
-- run has a context that says so. Written by: pawl-planner.
ALTER TABLE runs ADD COLUMN pull INTEGER;
ALTER TABLE runs ADD COLUMN pull_head TEXT;

-- The commit that a forge is told about, as before.
DROP INDEX runs_report;
ALTER TABLE runs DROP COLUMN report_sha;
ALTER TABLE runs ADD COLUMN report_sha TEXT GENERATED ALWAYS AS
	(coalesce(pull_head, context ->> '$.github.event.pull_request.head.sha',
		sha)) VIRTUAL;
CREATE INDEX runs_report ON runs (repo, report_sha);

PRAGMA user_version = 16;
