-- services.sql - services of jobs: what lib/store/services.c uses.
-- SPDX-License-Identifier: ISC

-- name: service_insert
-- Parameters: job, attempt, name: the primary key.
INSERT INTO services (job, attempt, name) VALUES (:job, :attempt, :name)
ON CONFLICT DO NOTHING

-- name: service_list_run
-- Those of the newest attempts of a run's jobs. Parameters: run. Indexes:
-- jobs_run, (job, attempt, name).
SELECT j.id AS job, s.name FROM jobs j CROSS JOIN services s
	ON s.job = coalesce(j.work, j.id) AND s.attempt = j.attempt
WHERE j.run = :run ORDER BY j.id, s.name
