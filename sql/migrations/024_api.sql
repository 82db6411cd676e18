-- 024_api.sql - what programs ask for: requests that count once, runs by when
-- they were made, pipelines that are kept here.
-- SPDX-License-Identifier: ISC

-- Answers to requests with an Idempotency-Key, so that one that is sent again
-- changes nothing again. A row is written in the transaction of what the
-- request changes. Written by: pawl-api; removed when it has expired.
CREATE TABLE answered (
	key BLOB PRIMARY KEY CHECK (length(key) = 32), -- BLAKE2b of who asked,
	               -- method, address and the key that was sent
	body_hash BLOB NOT NULL CHECK (length(body_hash) = 32), -- of the body
	               -- that came with it
	status INTEGER NOT NULL, -- of the answer
	location TEXT, -- its header of that name, or NULL
	type TEXT NOT NULL, -- its Content-Type
	body TEXT NOT NULL, -- sealed for who asked: base64 of nonce and box
	expires_at_ms INTEGER NOT NULL
) STRICT;

CREATE INDEX answered_expiry ON answered (expires_at_ms);

-- Lists by time. A rerun is of the time of its run.
CREATE INDEX runs_created ON runs (created_at_ms) WHERE attempt = 1;

-- Pipelines without a forge: a repository of the forge "stored" has one file,
-- this one. pawl-planner makes a commit of it when it is to run. Written by:
-- pawl-api.
CREATE TABLE stored_pipelines (
	repo INTEGER PRIMARY KEY REFERENCES repos (id) ON DELETE CASCADE,
	description TEXT NOT NULL,
	text TEXT NOT NULL, -- the pipeline file's
	by_hand INTEGER NOT NULL CHECK (by_hand IN (0, 1)), -- it names
	               -- workflow_dispatch; else it is started as by a push
	revision INTEGER NOT NULL, -- from 1, counted up by every change
	updated_at_ms INTEGER NOT NULL,
	updated_by TEXT NOT NULL
) STRICT;

PRAGMA user_version = 24;
