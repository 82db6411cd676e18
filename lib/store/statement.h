/*
 * statement.h - running the named statements of sql/: the only way from the
 * rooms of the store to SQLite.
 *
 * A statement is prepared once in a connection and kept. Parameters are bound
 * by name, columns are read by name into the fields of a struct, through one
 * table for each struct. The layer checks itself and refuses, with ERR_BUG,
 *   - a write outside a transaction,
 *   - a parameter that is unknown or was not given,
 *   - a column that no field takes, and a field without a column,
 *   - a second row where one is expected.
 * Nothing stays open between calls: rows are read to the end and the
 * statement is reset before the call returns.
 *
 * Errors of SQLite: ERR_BUSY locked; ERR_EXISTS a unique index; ERR_NOT_FOUND
 * a reference to nothing; ERR_CORRUPT a CHECK, a trigger, or a damaged file;
 * ERR_TOO_LARGE; ERR_IO the disk or its rights.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_STATEMENT_H
#define PAWL_STORE_STATEMENT_H

#include <stddef.h>
#include <stdint.h>
#include <sqlite3.h>

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/store/sql_text.h"
#include "lib/store/state.h"
#include "lib/store/store.h"

enum param_type { PARAM_END, PARAM_INT, PARAM_TEXT, PARAM_BLOB, PARAM_NULL };

/* A value for ":name"; borrowed for the call. */
struct param {
	enum param_type type;
	const char *name; /* with its colon */
	int64_t num;
	const void *data; /* text or blob; NULL is NULL */
	size_t len;       /* of a blob */
};

#define P_INT(n, v) { PARAM_INT, ":" n, (v), NULL, 0 }
#define P_TEXT(n, v) { PARAM_TEXT, ":" n, 0, (v), 0 }
#define P_BLOB(n, v, len) { PARAM_BLOB, ":" n, 0, (v), (len) }
#define P_NULL(n) { PARAM_NULL, ":" n, 0, NULL, 0 }
/* NULL for the value that stands for "none" in a struct. */
#define P_INT_UNLESS(n, v, none) \
	{ (v) == (none) ? PARAM_NULL : PARAM_INT, ":" n, (v), NULL, 0 }
#define PARAMS(...) \
	((const struct param[]){ __VA_ARGS__, { PARAM_END, NULL, 0, NULL, 0 } })

enum field_type {
	FIELD_INT64,
	FIELD_INT,
	FIELD_SIZE,
	FIELD_BOOL,
	FIELD_TEXT, /* const char *, copied into the arena; NULL for NULL */
	FIELD_UUID, /* char[37] in the struct */
	FIELD_RUN,  /* enums of states, from their words */
	FIELD_JOB,
	FIELD_STEP,
	FIELD_DELIVERY,
	FIELD_MESSAGE,
};

/* Where a column goes. Blobs are read as FIELD_TEXT, with their length as
 * another column. */
struct field {
	const char *column;
	enum field_type type;
	size_t offset;
};

#define FIELD(type, thing, member) \
	{ #member, FIELD_##type, offsetof(struct thing, member) }

/* All fields that a row fills, and the size of the struct. */
struct shape {
	const struct field *fields;
	size_t n_fields;
	size_t size;
};

/* The layer's own functions return -1 with err; `params` may be NULL. */

/* Run a statement that gives no rows. Returns the number of rows changed. */
int
store_exec(struct store *st, enum sql_id id, const struct param *params,
    struct err *err);

/* At most one row. 1 when there was one, 0 when not. */
int
store_row(struct store *st, enum sql_id id, const struct param *params,
    const struct shape *shape, struct arena *a, void *out, struct err *err);

/* All rows, as an array in the arena: `out` points to its pointer. The
 * statement's LIMIT bounds it. */
int
store_rows(struct store *st, enum sql_id id, const struct param *params,
    const struct shape *shape, struct arena *a, void *out, size_t *n,
    struct err *err);

/* One number: 1 when there was a row (NULL reads as 0), 0 when not. */
int
store_number(struct store *st, enum sql_id id, const struct param *params,
    int64_t *out, struct err *err);

/* The error of the connection as ours: `code` as SQLite returned it, and
 * what was being done. Always returns -1. */
int
store_sqlite_err(struct store *st, int code, const char *what,
    struct err *err);

#endif
