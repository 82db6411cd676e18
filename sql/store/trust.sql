-- trust.sql - pull requests from forks: what lib/store/trust.c uses.
-- SPDX-License-Identifier: ISC

-- name: trust_read
-- Parameters: id, the primary key.
SELECT fork_pull_requests AS forks, trusted AS names FROM repos WHERE id = :id

-- name: trust_set
-- Parameters: id (primary key), forks (NULL: as the configuration says), names.
UPDATE repos SET fork_pull_requests = :forks, trusted = :names WHERE id = :id
