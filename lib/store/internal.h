/*
 * internal.h - what the files of lib/store share about a connection.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_INTERNAL_H
#define PAWL_STORE_INTERNAL_H

#include <stdbool.h>
#include <sqlite3.h>

#include "lib/store/sql_text.h"
#include "lib/store/store.h"

#define STORE_BUSY_TIMEOUT_MS 5000

/* 'Pawl': PRAGMA application_id in sql/migrations/001_initial.sql. */
#define STORE_APPLICATION_ID 0x5061776c

struct store {
	sqlite3 *db;
	char *path;
	sqlite3_stmt *cache[SQL_N]; /* prepared when first used */
	bool ready;  /* open: from here on writes need a transaction */
	bool has_wal;
	bool hasty;  /* commits do not wait for the disk: store_begin_hasty() */
	int depth;   /* of nested transactions; 0: none is open */
	bool failed; /* the open transaction can only be rolled back */
	const char *acts_for, *acts_from; /* audit.h; NULL: nobody */
};

/* Bring the database to this program's version, and make hook.key. */
int
store_migrate(struct store *st, struct err *err);

/* Can files in the folder of `path` be mapped and shared by processes as
 * WAL needs it? False on network file systems. */
bool
place_has_wal(const char *path);

#endif
