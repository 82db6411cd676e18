/*
 * store.h - the database: open, migrate, transactions.
 *
 * SQLite in WAL mode, shared by the handlers, workerd and its children.
 * Every connection has foreign keys on and a busy timeout of 5 s. Writes
 * happen inside BEGIN IMMEDIATE, so two writers wait for each other at the
 * start and never deadlock. SQL text lives in sql/ (named statements,
 * compiled in); C files hold none.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_STORE_H
#define PAWL_STORE_STORE_H

#include <stdbool.h>
#include <stdint.h>
#include "lib/base/arena.h"
#include "lib/base/err.h"

struct store;

enum store_mode {
	STORE_EXISTING, /* must be there, at this program's version */
	STORE_MIGRATE,  /* made, or brought up to this program's version */
};

/*
 * Open the database at `path`. Errors: ERR_NOT_FOUND (with the command that
 * makes it), ERR_UNSUPPORTED when it is newer than this program or older than
 * its version (with both numbers and what to do), ERR_BUSY, ERR_IO.
 * With STORE_MIGRATE each missing migration runs in its own transaction; two
 * processes that do it at once are safe. Free with store_close().
 */
int
store_open(struct store **out, const char *path, enum store_mode mode,
    struct err *err);
void
store_close(struct store *st);

/* The version a database has (0: empty), and the one this program wants. */
int
store_version(struct store *st, int *version, struct err *err);
int
store_version_wanted(void);

/*
 * A transaction around several of the store's functions (each of which makes
 * its own when none is open). Calls nest by counting; only the outermost
 * commits. store_rollback() at any depth makes the outermost fail.
 * ERR_BUSY when the lock could not be had in time.
 */
int
store_begin(struct store *st, struct err *err);
/*
 * The same for news of a process that dies with the machine: the commit does
 * not wait for the disk. Any process may be killed, also this one: what was
 * committed stays. When the power fails the last such commits may be undone,
 * those since the last one of store_begin(), which brings all before it to the
 * disk. Inside another transaction it is as that one.
 */
int
store_begin_hasty(struct store *st, struct err *err);
int
store_commit(struct store *st, struct err *err);
void
store_rollback(struct store *st);

/* Finish a transaction that was begun by the caller: commits when rc >= 0,
 * else rolls back. Returns rc, or -1 when the commit failed. */
int
store_end(struct store *st, int rc, struct err *err);

/* Is the file sound (PRAGMA quick_check, foreign_key_check)? */
int
store_check(struct store *st, struct err *err);

/* A random UUID (version 4, RFC 9562) as text with its NUL. */
void
store_uuid(char out[37]);

#endif
