-- deployments.sql - jobs with an environment: what lib/store/deployments.c
-- uses.
-- SPDX-License-Identifier: ISC

-- name: deployment_set
-- Parameters: job (primary key), environment, url (NULL: none).
INSERT INTO deployments (job, environment, url)
VALUES (:job, :environment, :url)
ON CONFLICT (job) DO UPDATE SET environment = excluded.environment,
	url = excluded.url

-- name: deployment_list_run
-- Those of a run's jobs. Parameters: run. Indexes: jobs_run, the primary key.
SELECT j.id AS job, d.environment, d.url
FROM jobs j JOIN deployments d ON d.job = coalesce(j.work, j.id)
WHERE j.run = :run ORDER BY j.id
