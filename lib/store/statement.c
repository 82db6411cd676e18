/*
 * statement.c - running the named statements of sql/.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/store/statement.h"

#include <assert.h>
#include <limits.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/store/internal.h"

/* Numbers of columns and parameters fit one word of bits. */
#define MAX_NAMES 64

static int
misuse(enum sql_id id, const char *what, const char *name, struct err *err)
{
	return err_set(err, ERR_BUG, "statement \"%s\": %s \"%s\"",
	    sql_names[id], what, name);
}

static int
bind_one(sqlite3_stmt *s, int i, const struct param *p)
{
	switch (p->type) {
	case PARAM_INT:
		return sqlite3_bind_int64(s, i, p->num);
	case PARAM_TEXT:
		return sqlite3_bind_text(s, i, p->data, -1, SQLITE_STATIC);
	case PARAM_BLOB:
		if (p->data == NULL || p->len == 0)
			return sqlite3_bind_zeroblob(s, i, 0);
		return sqlite3_bind_blob64(s, i, p->data, p->len,
		    SQLITE_STATIC);
	case PARAM_NULL:
	case PARAM_END:
		return sqlite3_bind_null(s, i);
	}
	return SQLITE_MISUSE;
}

static int
bind_all(struct store *st, enum sql_id id, sqlite3_stmt *s,
    const struct param *params, struct err *err)
{
	int n = sqlite3_bind_parameter_count(s);
	uint64_t bound = 0;

	for (; params != NULL && params->type != PARAM_END; params++) {
		int i = sqlite3_bind_parameter_index(s, params->name);
		int rc;

		if (i == 0 || i > MAX_NAMES)
			return misuse(id, "no parameter", params->name, err);
		if ((rc = bind_one(s, i, params)) != SQLITE_OK)
			return store_sqlite_err(st, rc, sql_names[id], err);
		bound |= UINT64_C(1) << (i - 1);
	}
	for (int i = 1; i <= n; i++)
		if (i > MAX_NAMES || (bound >> (i - 1) & 1) == 0)
			return misuse(id, "no value for parameter",
			    sqlite3_bind_parameter_name(s, i), err);
	return 0;
}

/* A statement ready to step, its parameters bound. */
static int
statement_start(struct store *st, enum sql_id id, const struct param *params,
    sqlite3_stmt **out, struct err *err)
{
	sqlite3_stmt **s = &st->cache[id];

	if (*s == NULL) {
		int rc = sqlite3_prepare_v3(st->db, sql_texts[id], -1,
		    SQLITE_PREPARE_PERSISTENT, s, NULL);

		if (rc != SQLITE_OK)
			return store_sqlite_err(st, rc, sql_names[id], err);
	}
	if (st->ready && st->depth == 0 && !sqlite3_stmt_readonly(*s))
		return misuse(id, "a write outside a transaction to",
		    st->path, err);
	*out = *s;
	return bind_all(st, id, *s, params, err);
}

static void
statement_stop(sqlite3_stmt *s)
{
	if (s == NULL)
		return;
	/* The result is that of the last step, which was looked at. */
	(void)sqlite3_reset(s);
	(void)sqlite3_clear_bindings(s);
}

/* 1: a row, 0: the end. */
static int
statement_step(struct store *st, enum sql_id id, sqlite3_stmt *s,
    struct err *err)
{
	int rc = sqlite3_step(s);

	if (rc == SQLITE_ROW)
		return 1;
	if (rc == SQLITE_DONE)
		return 0;
	return store_sqlite_err(st, rc, sql_names[id], err);
}

/* The end must follow now. */
static int
statement_expect_end(struct store *st, enum sql_id id, sqlite3_stmt *s,
    struct err *err)
{
	int rc = statement_step(st, id, s, err);

	if (rc == 1)
		return misuse(id, "more than one row in", st->path, err);
	return rc;
}

static const struct field *
shape_field(const struct shape *shape, const char *column, size_t hint)
{
	for (size_t k = 0; k < shape->n_fields; k++) {
		const struct field *f =
		    &shape->fields[(hint + k) % shape->n_fields];

		if (str_equal(f->column, column))
			return f;
	}
	return NULL;
}

/* Each column has its field and each field its column; `map` is filled with
 * the field of each column. */
static int
shape_match(enum sql_id id, sqlite3_stmt *s, const struct shape *shape,
    const struct field **map, struct err *err)
{
	int n = sqlite3_column_count(s);
	uint64_t filled = 0;

	for (int i = 0; i < n; i++) {
		const char *column = sqlite3_column_name(s, i);

		if (i >= MAX_NAMES)
			return misuse(id, "too many columns at", column, err);
		map[i] = shape_field(shape, column, (size_t)i);
		if (map[i] == NULL)
			return misuse(id, "nobody reads column", column, err);
		filled |= UINT64_C(1) << (map[i] - shape->fields);
	}
	for (size_t k = 0; k < shape->n_fields; k++)
		if (k >= MAX_NAMES || (filled >> k & 1) == 0)
			return misuse(id, "no column for",
			    shape->fields[k].column, err);
	return 0;
}

static int
read_text(sqlite3_stmt *s, int i, struct arena *a, char *to)
{
	const void *data = sqlite3_column_blob(s, i);
	size_t len = (size_t)sqlite3_column_bytes(s, i);
	char *copy = NULL;

	if (sqlite3_column_type(s, i) != SQLITE_NULL) {
		copy = arena_alloc(a, len + 1);
		if (len > 0)
			memcpy(copy, data, len);
	}
	memcpy(to, &copy, sizeof(copy));
	return 0;
}

static int
read_state(sqlite3_stmt *s, int i, enum machine m, char *to)
{
	int state = machine_state_parse(m,
	    (const char *)sqlite3_column_text(s, i));

	static_assert(sizeof(enum run_state) == sizeof(int) &&
	    sizeof(enum job_state) == sizeof(int) &&
	    sizeof(enum step_state) == sizeof(int) &&
	    sizeof(enum delivery_state) == sizeof(int) &&
	    sizeof(enum message_state) == sizeof(int), "states are ints");
	memcpy(to, &state, sizeof(state));
	return state == -1 ? -1 : 0;
}

static int
read_uuid(sqlite3_stmt *s, int i, char *to)
{
	const char *text = (const char *)sqlite3_column_text(s, i);

	if (text == NULL || strlen(text) != 36)
		return -1;
	memcpy(to, text, 37);
	return 0;
}

static int
read_int(sqlite3_stmt *s, int i, enum field_type type, char *to)
{
	int64_t v = sqlite3_column_int64(s, i);
	int small = (int)v;
	size_t size = (size_t)v;
	bool truth = v != 0;

	switch (type) {
	case FIELD_INT64:
		memcpy(to, &v, sizeof(v));
		return 0;
	case FIELD_INT:
		memcpy(to, &small, sizeof(small));
		return v < INT_MIN || v > INT_MAX ? -1 : 0;
	case FIELD_SIZE:
		memcpy(to, &size, sizeof(size));
		return v < 0 ? -1 : 0;
	default:
		memcpy(to, &truth, sizeof(truth));
		return 0;
	}
}

static int
read_field(sqlite3_stmt *s, int i, const struct field *f, struct arena *a,
    char *to)
{
	switch (f->type) {
	case FIELD_INT64:
	case FIELD_INT:
	case FIELD_SIZE:
	case FIELD_BOOL:
		return read_int(s, i, f->type, to);
	case FIELD_TEXT:
		return read_text(s, i, a, to);
	case FIELD_UUID:
		return read_uuid(s, i, to);
	case FIELD_RUN:
		return read_state(s, i, MACHINE_RUN, to);
	case FIELD_JOB:
		return read_state(s, i, MACHINE_JOB, to);
	case FIELD_STEP:
		return read_state(s, i, MACHINE_STEP, to);
	case FIELD_DELIVERY:
		return read_state(s, i, MACHINE_DELIVERY, to);
	case FIELD_MESSAGE:
		return read_state(s, i, MACHINE_MESSAGE, to);
	}
	return -1;
}

static int
read_row(struct store *st, enum sql_id id, sqlite3_stmt *s,
    const struct field *const *map, struct arena *a, void *out,
    struct err *err)
{
	int n = sqlite3_column_count(s);

	for (int i = 0; i < n; i++)
		if (read_field(s, i, map[i], a,
			(char *)out + map[i]->offset) == -1)
			return err_set(err, ERR_CORRUPT,
			    "database \"%s\": column \"%s\" of \"%s\" holds "
			    "\"%s\", which is no value for it",
			    st->path, map[i]->column, sql_names[id],
			    (const char *)sqlite3_column_text(s, i));
	return 0;
}

int
store_exec(struct store *st, enum sql_id id, const struct param *params,
    struct err *err)
{
	sqlite3_stmt *s = NULL;
	int rc = statement_start(st, id, params, &s, err);

	if (rc == 0)
		rc = statement_expect_end(st, id, s, err);
	if (rc == 0)
		rc = sqlite3_changes(st->db);
	statement_stop(s);
	return rc;
}

int
store_row(struct store *st, enum sql_id id, const struct param *params,
    const struct shape *shape, struct arena *a, void *out, struct err *err)
{
	const struct field *map[MAX_NAMES];
	sqlite3_stmt *s = NULL;
	int rc = statement_start(st, id, params, &s, err);

	if (rc == 0)
		rc = shape_match(id, s, shape, map, err);
	if (rc == 0)
		rc = statement_step(st, id, s, err);
	if (rc == 1) {
		memset(out, 0, shape->size);
		if (read_row(st, id, s, map, a, out, err) == -1 ||
		    statement_expect_end(st, id, s, err) == -1)
			rc = -1;
	}
	statement_stop(s);
	return rc;
}

int
store_rows(struct store *st, enum sql_id id, const struct param *params,
    const struct shape *shape, struct arena *a, void *out, size_t *n,
    struct err *err)
{
	const struct field *map[MAX_NAMES];
	sqlite3_stmt *s = NULL;
	void *list = NULL;
	int rc = statement_start(st, id, params, &s, err);

	*n = 0;
	if (rc == 0)
		rc = shape_match(id, s, shape, map, err);
	while (rc == 0 && (rc = statement_step(st, id, s, err)) == 1) {
		rc = read_row(st, id, s, map, a,
		    arena_push(a, &list, n, shape->size), err);
		if (rc == 0 && arena_exceeded(a))
			rc = err_set(err, ERR_TOO_LARGE, "what is to be read "
			    "has more than %zu bytes", a->limit);
	}
	memcpy(out, &list, sizeof(list));
	statement_stop(s);
	return rc;
}

int
store_number(struct store *st, enum sql_id id, const struct param *params,
    int64_t *out, struct err *err)
{
	sqlite3_stmt *s = NULL;
	int rc = statement_start(st, id, params, &s, err);

	if (rc == 0)
		rc = statement_step(st, id, s, err);
	if (rc == 1) {
		*out = sqlite3_column_int64(s, 0);
		if (statement_expect_end(st, id, s, err) == -1)
			rc = -1;
	}
	statement_stop(s);
	return rc;
}
