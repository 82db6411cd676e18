/*
 * secret_audit.c - who did what with secrets.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/store/secret_rows.h"

#include "lib/base/clock.h"
#include "lib/base/mem.h"

static const struct field audit_fields[] = {
	FIELD(INT64, audit_entry, id),
	FIELD(INT64, audit_entry, at_ms),
	FIELD(TEXT, audit_entry, action),
	FIELD(TEXT, audit_entry, actor),
	FIELD(TEXT, audit_entry, name),
	FIELD(TEXT, audit_entry, scope),
	FIELD(TEXT, audit_entry, run),
	FIELD(TEXT, audit_entry, job),
	FIELD(INT, audit_entry, attempt),
};
static const struct shape audit_shape = { audit_fields,
	ARRAY_LEN(audit_fields), sizeof(struct audit_entry) };

int
audit_add(struct store *st, const struct audit_entry *entry, struct err *err)
{
	return store_exec(st, SQL_AUDIT_ADD, PARAMS(
	    P_INT("now", clock_now_ms()), P_TEXT("action", entry->action),
	    P_TEXT("actor", entry->actor), P_TEXT("name", entry->name),
	    P_TEXT("scope", entry->scope), P_TEXT("run", entry->run),
	    P_TEXT("job", entry->job),
	    P_INT_UNLESS("attempt", entry->attempt, 0)), err) == -1 ? -1 : 0;
}

int
audit_list(struct store *st, const char *name, int64_t limit,
    struct arena *a, struct audit_entry **out, size_t *n, struct err *err)
{
	if (name == NULL)
		return store_rows(st, SQL_AUDIT_LIST, PARAMS(P_INT("limit",
		    limit)), &audit_shape, a, out, n, err);
	return store_rows(st, SQL_AUDIT_LIST_NAME, PARAMS(P_TEXT("name",
	    name), P_INT("limit", limit)), &audit_shape, a, out, n, err);
}

static int
do_trim(struct store *st, int64_t keep_ms, struct err *err)
{
	if (store_exec(st, SQL_AUDIT_TRIM_TIME, PARAMS(P_INT("before",
	    clock_now_ms() - keep_ms)), err) == -1)
		return -1;
	return store_exec(st, SQL_AUDIT_TRIM_ROWS, PARAMS(P_INT("most",
	    AUDIT_MAX_ROWS)), err) == -1 ? -1 : 0;
}

int
audit_trim(struct store *st, int64_t keep_ms, struct err *err)
{
	if (store_begin(st, err) == -1)
		return -1;
	return store_end(st, do_trim(st, keep_ms, err), err);
}
