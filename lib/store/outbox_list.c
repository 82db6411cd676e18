/*
 * outbox_list.c - looking at the outbox: what waits, what failed, and what was
 * tried.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/store/outbox.h"

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/store/counters.h"
#include "lib/store/outbox_rows.h"

int
outbox_find(struct store *st, int64_t id, struct arena *a,
    struct message *out, struct err *err)
{
	return store_row(st, SQL_OUTBOX_FIND, PARAMS(P_INT("id", id)),
	    &message_shape, a, out, err);
}

int
outbox_list(struct store *st, int state, int64_t before, int limit,
    struct arena *a, struct message **out, size_t *n, struct err *err)
{
	return store_rows(st, SQL_OUTBOX_LIST, PARAMS(
	    P_TEXT("state", state == -1 ? NULL :
		machine_state_name(MACHINE_MESSAGE, state)),
	    P_INT("before", before != 0 ? before : INT64_MAX),
	    P_INT("limit", limit)), &message_shape, a, out, n, err);
}

int
outbox_count(struct store *st, struct outbox_counts *out, struct err *err)
{
	static const struct field fields[] = {
		FIELD(INT64, outbox_counts, queued),
		FIELD(INT64, outbox_counts, dead),
	};
	static const struct shape shape = { fields, ARRAY_LEN(fields),
		sizeof(struct outbox_counts) };
	struct arena a = ARENA_INIT(0);
	int rc = store_row(st, SQL_OUTBOX_COUNTS, NULL, &shape, &a, out, err);

	arena_release(&a);
	return rc == -1 ? -1 : 0;
}

int
outbox_tried(struct store *st, const struct message *m,
    const struct outbox_try *t, struct err *err)
{
	int rc;

	if (store_begin(st, err) == -1)
		return -1;
	rc = counter_add(st, NUMBER_SENDINGS, COUNTER_LABELS(m->kind,
	    t->result), 1, err);
	if (rc == 0)
		rc = store_exec(st, SQL_OUTBOX_TRY_INSERT, PARAMS(
		    P_INT("message", m->id), P_TEXT("kind", m->kind),
		    P_TEXT("topic", m->topic), P_INT_UNLESS("run", m->run, 0),
		    P_TEXT("host", t->host), P_TEXT("result", t->result),
		    P_INT_UNLESS("status", t->status, 0),
		    P_TEXT("error", t->error), P_INT("took_ms", t->took_ms),
		    P_INT("now", clock_now_ms())), err);
	return store_end(st, rc, err) == -1 ? -1 : 0;
}

static const struct field try_fields[] = {
	FIELD(INT64, outbox_try, id),
	FIELD(INT64, outbox_try, message),
	FIELD(TEXT, outbox_try, kind),
	FIELD(TEXT, outbox_try, topic),
	FIELD(TEXT, outbox_try, host),
	FIELD(TEXT, outbox_try, result),
	FIELD(INT, outbox_try, status),
	FIELD(TEXT, outbox_try, error),
	FIELD(INT64, outbox_try, took_ms),
	FIELD(INT64, outbox_try, at_ms),
};
const struct shape outbox_try_shape = { try_fields,
	ARRAY_LEN(try_fields), sizeof(struct outbox_try) };

int
outbox_tries(struct store *st, int64_t message, int64_t before, int limit,
    struct arena *a, struct outbox_try **out, size_t *n, struct err *err)
{
	if (message != 0)
		return store_rows(st, SQL_OUTBOX_TRY_LIST, PARAMS(
		    P_INT("message", message), P_INT("limit", limit)), &outbox_try_shape,
		    a, out, n, err);
	return store_rows(st, SQL_OUTBOX_TRY_ALL, PARAMS(
	    P_INT("before", before != 0 ? before : INT64_MAX),
	    P_INT("limit", limit)), &outbox_try_shape, a, out, n, err);
}
