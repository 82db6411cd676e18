-- 005_services.sql - the services of jobs.
-- SPDX-License-Identifier: ISC

-- Containers beside a job's own, each with a log beside the job's; their paths
-- follow from that and the name (lib/base/layout.h). Written by: pawl-job.
CREATE TABLE services (
	job INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
	attempt INTEGER NOT NULL CHECK (attempt > 0), -- the job's, from 1
	name TEXT NOT NULL, -- as in the pipeline: also its name on the network
	PRIMARY KEY (job, attempt, name)
) STRICT, WITHOUT ROWID;

PRAGMA user_version = 5;
