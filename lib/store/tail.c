/*
 * tail.c - see tail.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/store/tail.h"

#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/store/statement.h"

static const struct field fields[] = {
	FIELD(INT64, tail_row, id),
	FIELD(INT64, tail_row, seq),
	FIELD(TEXT, tail_row, type),
	FIELD(TEXT, tail_row, data),
	FIELD(INT64, tail_row, at_ms),
	FIELD(INT64, tail_row, repo),
	FIELD(INT64, tail_row, run),
	FIELD(TEXT, tail_row, owner),
	FIELD(TEXT, tail_row, name),
	FIELD(INT64, tail_row, number),
	FIELD(INT, tail_row, run_attempt),
	FIELD(TEXT, tail_row, workflow),
	FIELD(INT64, tail_row, job),
	FIELD(TEXT, tail_row, key),
	FIELD(INT, tail_row, attempt),
	FIELD(INT, tail_row, step),
	FIELD(INT64, tail_row, duration_ms),
};
static const struct shape shape = { fields, ARRAY_LEN(fields),
	sizeof(struct tail_row) };

int
tail_newest(struct store *st, int64_t *id, struct err *err)
{
	*id = 0;
	return store_number(st, SQL_EVENT_TAIL_NEWEST, NULL, id, err) == -1 ?
	    -1 : 0;
}

int
tail_read(struct store *st, int64_t repo, int64_t after, int64_t to,
    int limit, struct arena *a, struct tail_row **out, size_t *n,
    struct err *err)
{
	return store_rows(st, SQL_EVENT_TAIL, PARAMS(P_INT("repo", repo),
	    P_INT("after", after), P_INT("to", to), P_INT("limit", limit)),
	    &shape, a, out, n, err);
}

int
tail_read_run(struct store *st, int64_t run, int64_t after, int limit,
    struct arena *a, struct tail_row **out, size_t *n, struct err *err)
{
	return store_rows(st, SQL_EVENT_TAIL_RUN, PARAMS(P_INT("run", run),
	    P_INT("after", after), P_INT("limit", limit)), &shape, a, out, n,
	    err);
}

static const char *
end_of(const char *type, const char *thing)
{
	static const struct {
		const char *event, *state;
	} ends[] = {
		{ ".completed", "succeeded" }, { ".failed", "failed" },
		{ ".cancelled", "cancelled" }, { ".skipped", "skipped" },
	};

	if (!str_starts_with(type, thing))
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(ends); i++)
		if (str_equal(type + strlen(thing), ends[i].event))
			return ends[i].state;
	return NULL;
}

const char *
tail_run_end(const char *type)
{
	return end_of(type, "run");
}

const char *
tail_job_end(const char *type)
{
	return end_of(type, "job");
}
