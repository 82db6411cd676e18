-- meta.sql - the connection, transactions, versions, soundness: what
-- lib/store/{store,migrate,check}.c use.
-- SPDX-License-Identifier: ISC

-- name: meta_begin
-- Take the write lock at the start, so that two writers wait for each other
-- here and never meet in the middle.
BEGIN IMMEDIATE

-- name: meta_commit
COMMIT

-- name: meta_rollback
ROLLBACK

-- name: meta_foreign_keys_on
PRAGMA foreign_keys = ON

-- name: meta_foreign_keys_off
-- While migrating: to rebuild a table one drops it, and that would remove by
-- cascade what belongs to it.
PRAGMA foreign_keys = OFF

-- name: meta_synchronous_full
-- A commit is on the disk when it returns: a webhook that was answered
-- survives a power cut. NORMAL would lose the last commits of the WAL.
PRAGMA synchronous = FULL

-- name: meta_synchronous_normal
-- A commit to the WAL waits for no disk; the next one with FULL brings it
-- there as well.
PRAGMA synchronous = NORMAL

-- name: meta_cache_small
-- 512 kB of pages in a connection: handlers stay small. Larger work spills.
PRAGMA cache_size = -512

-- name: meta_wal_bounds
-- Pages in the WAL before a commit moves them into the database.
PRAGMA wal_autocheckpoint = 1000

-- name: meta_wal_limit
-- Bytes that the WAL's file keeps after a checkpoint.
PRAGMA journal_size_limit = 16777216

-- name: meta_journal_mode
-- Column: journal_mode, the mode as it is.
PRAGMA journal_mode

-- name: meta_journal_wal
PRAGMA journal_mode = WAL

-- name: meta_journal_truncate
PRAGMA journal_mode = TRUNCATE

-- name: meta_application_id
PRAGMA application_id

-- name: meta_version
-- From the file's header: no table is read.
PRAGMA user_version

-- name: meta_tables
-- Column: how many tables there are; 0 is a new file.
SELECT count(*) FROM sqlite_schema

-- name: meta_migrated
-- Parameters: version, now.
INSERT INTO schema_migrations (version, applied_at_ms) VALUES (:version, :now)

-- name: meta_quick_check
-- Column: "ok", or one problem in each row.
PRAGMA quick_check(1)

-- name: meta_foreign_key_check
-- Column: how many rows refer to nothing.
SELECT count(*) FROM pragma_foreign_key_check

-- name: meta_vacuum
-- Outside of any transaction.
VACUUM
