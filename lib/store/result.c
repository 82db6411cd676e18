/*
 * result.c - SQLite's results as errors of ours.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/store/statement.h"

#include <stddef.h>

#include "lib/base/mem.h"
#include "lib/store/internal.h"

/* What went wrong in SQLite and in our terms. A row stands for its extended
 * codes too, unless they have their own before it. */
struct result {
	int sqlite;
	enum err_code code;
	const char *hint;
};

static const struct result results[] = {
	{ SQLITE_BUSY, ERR_BUSY, "another program holds it: try again" },
	{ SQLITE_LOCKED, ERR_BUSY, "another program holds it: try again" },
	{ SQLITE_CONSTRAINT_UNIQUE, ERR_EXISTS, "it is there already" },
	{ SQLITE_CONSTRAINT_PRIMARYKEY, ERR_EXISTS, "it is there already" },
	{ SQLITE_CONSTRAINT_FOREIGNKEY, ERR_NOT_FOUND,
	    "what it belongs to is not there" },
	{ SQLITE_CONSTRAINT, ERR_CORRUPT, "it breaks a rule of the schema" },
	{ SQLITE_CORRUPT, ERR_CORRUPT,
	    "the file is damaged: restore a backup" },
	{ SQLITE_NOTADB, ERR_CORRUPT, "the file is not a database" },
	{ SQLITE_TOOBIG, ERR_TOO_LARGE, "more than a row can hold" },
	{ SQLITE_FULL, ERR_IO, "free space on its disk" },
	{ SQLITE_READONLY, ERR_IO,
	    "give this user the right to write the file and its folder" },
	{ SQLITE_CANTOPEN, ERR_IO,
	    "give this user the right to write the file and its folder" },
	{ SQLITE_IOERR, ERR_IO, "look at its disk and its limits" },
	{ SQLITE_NOMEM, ERR_IO, "the host is out of memory" },
	{ SQLITE_PERM, ERR_IO, "look at its rights" },
	{ SQLITE_AUTH, ERR_IO, "look at its rights" },
};

static const struct result *
result_of(int code)
{
	for (size_t i = 0; i < ARRAY_LEN(results); i++)
		if (results[i].sqlite == code ||
		    results[i].sqlite == (code & 0xff))
			return &results[i];
	return NULL;
}

int
store_sqlite_err(struct store *st, int code, const char *what,
    struct err *err)
{
	const struct result *r = result_of(code);

	return err_set(err, r != NULL ? r->code : ERR_BUG,
	    "database \"%s\": %s: %s; %s", st->path, what,
	    sqlite3_errmsg(st->db), r != NULL ? r->hint : sqlite3_errstr(code));
}
