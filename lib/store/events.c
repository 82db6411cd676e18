/*
 * events.c - what happened in a run, in order.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/store/runs.h"

#include <inttypes.h>

#include "lib/base/clock.h"
#include "lib/base/json_text.h"
#include "lib/base/mem.h"
#include "lib/store/counters.h"
#include "lib/store/move.h"
#include "lib/store/outbox.h"
#include "lib/store/statement.h"

static void
add_key(struct str *data, const char *key)
{
	str_add_char(data, data->len == 0 ? '{' : ',');
	json_text(data, key);
	str_add_char(data, ':');
}

static void
add_text(struct str *data, const char *key, const char *value)
{
	if (value == NULL)
		return;
	add_key(data, key);
	json_text(data, value);
}

static void
add_number(struct str *data, const char *key, int64_t value)
{
	if (value == 0)
		return;
	add_key(data, key);
	str_addf(data, "%" PRId64, value);
}

static void
facts_write(struct str *data, const char *from, const char *to,
    const struct event_facts *f)
{
	add_number(data, "job", f->job);
	add_text(data, "key", f->key);
	add_number(data, "attempt", f->attempt);
	add_number(data, "step", f->step);
	add_number(data, "steps", f->n_steps);
	add_text(data, "from", from);
	add_text(data, "to", to);
	if (f->has_exit_code) {
		add_key(data, "exit_code");
		str_addf(data, "%d", f->exit_code);
	}
	add_text(data, "reason", f->reason);
	add_text(data, "cause", f->cause);
	add_text(data, "limit_of", f->limit_of);
	add_text(data, "place", f->place);
	add_text(data, "by", f->by);
	str_add(data, data->len == 0 ? "{}" : "}");
}

int
event_append(struct store *st, int64_t run, const char *type,
    const char *from, const char *to, const struct event_facts *facts,
    struct err *err)
{
	struct str data = STR_INIT;
	int rc;

	facts_write(&data, from, to, facts);
	rc = store_exec(st, SQL_EVENT_APPEND, PARAMS(
	    P_INT("run", run), P_TEXT("type", type), P_TEXT("data", data.s),
	    P_INT("now", clock_now_ms())), err);
	str_release(&data);
	if (rc == -1 || counter_follow(st, run, type, from, to, facts,
	    err) == -1)
		return -1;
	return outbox_follow(st, run, type, facts, err);
}

int
event_list(struct store *st, int64_t run, int64_t after, int limit,
    struct arena *a, struct event **out, size_t *n, struct err *err)
{
	static const struct field fields[] = {
		FIELD(INT64, event, run),
		FIELD(INT64, event, seq),
		FIELD(TEXT, event, type),
		FIELD(TEXT, event, data),
		FIELD(INT64, event, at_ms),
	};
	static const struct shape shape = { fields, ARRAY_LEN(fields),
		sizeof(struct event) };

	return store_rows(st, SQL_EVENT_LIST, PARAMS(
	    P_INT("run", run), P_INT("after", after), P_INT("limit", limit)),
	    &shape, a, out, n, err);
}

int
event_list_job(struct store *st, int64_t run, int64_t job, int limit,
    struct arena *a, struct event_told **out, size_t *n, struct err *err)
{
	static const struct field fields[] = {
		FIELD(INT64, event_told, seq),
		FIELD(TEXT, event_told, type),
		FIELD(INT64, event_told, at_ms),
		FIELD(INT64, event_told, job),
		FIELD(INT, event_told, attempt),
		FIELD(TEXT, event_told, to),
		FIELD(TEXT, event_told, reason),
		FIELD(TEXT, event_told, cause),
		FIELD(TEXT, event_told, limit_of),
		FIELD(TEXT, event_told, place),
		FIELD(TEXT, event_told, by),
	};
	static const struct shape shape = { fields, ARRAY_LEN(fields),
		sizeof(struct event_told) };

	return store_rows(st, SQL_EVENT_LIST_JOB, PARAMS(P_INT("run", run),
	    P_INT("job", job), P_INT("limit", limit)), &shape, a, out, n,
	    err);
}
