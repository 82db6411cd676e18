/*
 * hooks.c - see hooks.h: one table from types of events to hooks.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/store/hooks.h"

#include <inttypes.h>

#include "lib/base/clock.h"
#include "lib/base/json_text.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/store/outbox_rows.h"
#include "lib/store/statement.h"

const char *const hook_names[] = {
	"run_start", "pre_job", "post_job", "on_success", "on_failure",
	"on_timeout", "run_complete", NULL,
};

static const struct follow {
	const char *type;
	const char *name;
	const char *result; /* told to the hook */
	bool timeout;       /* only then */
} follows[] = {
	/* event            hook            result       time-outs only */
	{ "run.started",   "run_start",    "running",   false },
	{ "run.completed", "run_complete", "succeeded", false },
	{ "run.failed",    "run_complete", "failed",    false },
	{ "run.cancelled", "run_complete", "cancelled", false },
	{ "run.skipped",   "run_complete", "skipped",   false },
	{ "job.started",   "pre_job",      "running",   false },
	{ "job.completed", "post_job",     "succeeded", false },
	{ "job.completed", "on_success",   "succeeded", false },
	{ "job.failed",    "post_job",     "failed",    false },
	{ "job.failed",    "on_failure",   "failed",    false },
	{ "job.failed",    "on_timeout",   "failed",    true  },
	{ "job.cancelled", "post_job",     "cancelled", false },
};

static const struct field hook_fields[] = {
	FIELD(TEXT, hook, path),
	FIELD(TEXT, hook, name),
	FIELD(TEXT, hook, condition),
};
static const struct shape hook_shape = { hook_fields, ARRAY_LEN(hook_fields),
	sizeof(struct hook) };

int
hook_list(struct store *st, struct arena *a, struct hook **out, size_t *n,
    struct err *err)
{
	return store_rows(st, SQL_HOOK_LIST, NULL, &hook_shape, a, out, n,
	    err);
}

int
hook_tries(struct store *st, int limit, struct arena *a,
    struct outbox_try **out, size_t *n, struct err *err)
{
	return store_rows(st, SQL_HOOK_TRIES, PARAMS(P_INT("limit", limit)),
	    &outbox_try_shape, a, out, n, err);
}

static bool
same(const struct hook *a, const struct hook *b)
{
	return str_equal(a->path, b->path) && str_equal(a->name, b->name) &&
	    str_equal(a->condition, b->condition);
}

static int
replace(struct store *st, const struct hook *hooks, size_t n,
    struct err *err)
{
	if (store_exec(st, SQL_HOOK_CLEAR, NULL, err) == -1)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (store_exec(st, SQL_HOOK_INSERT, PARAMS(
		    P_TEXT("path", hooks[i].path),
		    P_TEXT("name", hooks[i].name),
		    P_TEXT("condition", hooks[i].condition)), err) == -1)
			return -1;
	return 1;
}

int
hook_sync(struct store *st, const struct hook *hooks, size_t n,
    struct err *err)
{
	struct arena a = ARENA_INIT(0);
	struct hook *now;
	size_t n_now, i = 0;
	int rc = hook_list(st, &a, &now, &n_now, err);

	while (rc == 0 && n_now == n && i < n && same(&now[i], &hooks[i]))
		i++;
	if (rc == 0 && (n_now != n || i < n)) {
		rc = store_begin(st, err);
		if (rc == 0)
			rc = store_end(st, replace(st, hooks, n, err), err);
	}
	arena_release(&a);
	return rc;
}

/* --- events ----------------------------------------------------------------- */

/* What the hook is told of the moment; what it is told of the run and the job
 * is read when it is run. */
static void
write_data(struct str *out, const struct hook *h, const struct follow *f,
    const struct event_facts *facts)
{
	str_add(out, "{\"path\":");
	json_text(out, h->path);
	str_add(out, ",\"hook\":");
	json_text(out, f->name);
	str_add(out, ",\"event\":");
	json_text(out, f->type);
	str_addf(out, ",\"result\":\"%s\",\"job\":%" PRId64 ",\"attempt\":%d,"
	    "\"at_ms\":%" PRId64 ",\"condition\":", f->result, facts->job,
	    facts->attempt, clock_now_ms());
	json_text(out, h->condition != NULL ? h->condition : "");
	str_add(out, ",\"reason\":");
	json_text(out, facts->reason != NULL ? facts->reason : "");
	str_add(out, ",\"cause\":");
	json_text(out, facts->cause != NULL ? facts->cause : "");
	str_add(out, "}");
}

/* The hooks of one job are run one after the other, as those of a run: the
 * first two words of the topic are their lane. */
static int
queue_one(struct store *st, int64_t run, const struct hook *h,
    const struct follow *f, const struct event_facts *facts,
    struct arena *a, struct err *err)
{
	struct message m = { .kind = "hook", .run = run };
	struct str data = STR_INIT;
	int rc;

	write_data(&data, h, f, facts);
	m.data = data.s;
	m.topic = arena_printf(a, "run-%" PRId64 " job-%" PRId64 " %d %s %s",
	    run, facts->job, facts->attempt, f->name, h->path);
	rc = outbox_add(st, &m, err);
	str_release(&data);
	return rc;
}

static int
queue_all(struct store *st, int64_t run, const struct follow *f,
    const struct event_facts *facts, struct err *err)
{
	struct arena a = ARENA_INIT(0);
	struct hook *hooks;
	size_t n = 0;
	int rc = store_rows(st, SQL_HOOK_OF_NAME, PARAMS(
	    P_TEXT("name", f->name)), &hook_shape, &a, &hooks, &n, err);

	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = queue_one(st, run, &hooks[i], f, facts, &a, err);
	arena_release(&a);
	return rc;
}

int
hook_follow(struct store *st, int64_t run, const char *type,
    const struct event_facts *facts, struct err *err)
{
	for (size_t i = 0; i < ARRAY_LEN(follows); i++) {
		const struct follow *f = &follows[i];

		/* A job that nobody claimed has run nothing. */
		if (!str_equal(f->type, type) ||
		    (facts->job != 0 && facts->attempt == 0) ||
		    (f->timeout && !str_equal(facts->cause, "timeout")))
			continue;
		if (queue_all(st, run, f, facts, err) == -1)
			return -1;
	}
	return 0;
}
