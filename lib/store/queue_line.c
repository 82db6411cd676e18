/*
 * queue_line.c - who waits in the queue, in which place, and why.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/store/queue_line.h"

#include <inttypes.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/store/queue_hold.h"
#include "lib/store/statement.h"

/* While slots are free, a job waits for as long as workerd needs to look. */
#define LOOK_MS 10000

static const struct field fields[] = {
	FIELD(INT64, queue_entry, job),
	FIELD(INT64, queue_entry, run),
	FIELD(TEXT, queue_entry, owner),
	FIELD(TEXT, queue_entry, name),
	FIELD(INT64, queue_entry, number),
	FIELD(TEXT, queue_entry, key),
	FIELD(TEXT, queue_entry, title),
	FIELD(INT, queue_entry, priority),
	FIELD(INT, queue_entry, attempt),
	FIELD(INT64, queue_entry, queued_at_ms),
	FIELD(INT64, queue_entry, not_before_ms),
	FIELD(TEXT, queue_entry, labels),
	FIELD(INT64, queue_entry, place),
	FIELD(TEXT, queue_entry, held),
	FIELD(INT64, queue_entry, running),
	FIELD(INT64, queue_entry, max_running),
	FIELD(INT64, queue_entry, owner_running),
	FIELD(INT64, queue_entry, owner_max),
	FIELD(TEXT, queue_entry, label),
	FIELD(INT64, queue_entry, label_max),
	FIELD(TEXT, queue_entry, by),
	FIELD(TEXT, queue_entry, paused_reason),
	FIELD(TEXT, queue_entry, text),
};
static const struct shape shape = { fields, ARRAY_LEN(fields),
	sizeof(struct queue_entry) };

/* --- words ---------------------------------------------------------------- */

/* What all of them have in common. */
struct host {
	const struct queue_stop *stops;
	size_t n_stops;
	int64_t active, slots; /* slots 0: no limit is known */
	int64_t now_ms;
};

static const char *
ordinal(int64_t n)
{
	static const char *const words[] = { "th", "st", "nd", "rd" };

	return n % 10 > 3 || (n % 100 >= 11 && n % 100 <= 13) ? "th" :
	    words[n % 10];
}

static void
add_by(struct str *s, const char *what, const char *by, const char *reason)
{
	str_addf(s, "%s by %s", what, by != NULL ? by : "somebody");
	if (reason != NULL && *reason != '\0')
		str_addf(s, ": %s", reason);
}

static void
say_later(struct str *s, const struct queue_entry *e, const struct host *h)
{
	char at[CLOCK_TEXT_SIZE];

	(void)h;
	clock_rfc3339(e->not_before_ms, at);
	str_addf(s, "until %.8s UTC, after attempt %d", at + 11, e->attempt);
	if (e->text != NULL && *e->text != '\0')
		str_addf(s, ": %s", e->text);
}

static void
say_owner_paused(struct str *s, const struct queue_entry *e,
    const struct host *h)
{
	(void)h;
	str_addf(s, "owner %s is ", e->owner);
	add_by(s, "paused", e->by, e->paused_reason);
}

static void
say_repo_paused(struct str *s, const struct queue_entry *e,
    const struct host *h)
{
	(void)h;
	str_addf(s, "repository %s/%s is ", e->owner, e->name);
	add_by(s, "paused", e->by, e->paused_reason);
}

static void
say_owner_limit(struct str *s, const struct queue_entry *e,
    const struct host *h)
{
	(void)h;
	str_addf(s, "%" PRId64 " of %" PRId64 " jobs of owner %s run (limit)",
	    e->owner_running, e->owner_max, e->owner);
}

static void
say_repo_limit(struct str *s, const struct queue_entry *e,
    const struct host *h)
{
	(void)h;
	str_addf(s, "%" PRId64 " of %" PRId64 " jobs of repository %s/%s run "
	    "(limit)", e->running, e->max_running, e->owner, e->name);
}

static void
say_label_limit(struct str *s, const struct queue_entry *e,
    const struct host *h)
{
	(void)h;
	if (e->label_max == 0)
		str_addf(s, "no worker offers label \"%s\"", e->label);
	else
		str_addf(s, "all %" PRId64 " jobs with label \"%s\" that may "
		    "run at once do (limit)", e->label_max, e->label);
}

static void
say_place(struct str *s, const struct queue_entry *e, const struct host *h)
{
	str_addf(s, "%" PRId64 "%s in the queue", e->place,
	    ordinal(e->place));
	if (h->slots > 0)
		str_addf(s, ": %" PRId64 " of %" PRId64 " slots %s used",
		    h->active, h->slots, h->slots == 1 ? "is" : "are");
	if (h->slots > 0 && e->place <= h->slots - h->active &&
	    h->now_ms - e->queued_at_ms > LOOK_MS)
		str_add(s, "; nobody takes it: does pawl-workerd run?");
}

static const struct {
	const char *held;
	void (*say)(struct str *s, const struct queue_entry *e,
	    const struct host *h);
} words[] = {
	{ "", say_place },
	{ "later", say_later },
	{ "owner-paused", say_owner_paused },
	{ "repo-paused", say_repo_paused },
	{ "owner-limit", say_owner_limit },
	{ "repo-limit", say_repo_limit },
	{ "label-limit", say_label_limit },
};

/* Nothing is claimed: that goes before what holds one of them. */
static void
say_stopped(struct str *s, struct queue_entry *e, const struct host *h)
{
	const struct queue_stop *stop = &h->stops[0];

	e->held = stop->drain ? "drain" : "pause";
	add_by(s, stop->drain ? "the host is being drained" :
	    "the queue is paused", stop->by, stop->reason);
}

static void
explain(struct queue_entry *e, const struct host *h, struct arena *a)
{
	struct str s = STR_INIT;

	if (h->n_stops > 0)
		say_stopped(&s, e, h);
	for (size_t i = 0; h->n_stops == 0 && i < ARRAY_LEN(words); i++)
		if (str_equal(words[i].held, e->held))
			words[i].say(&s, e, h);
	e->reason = arena_strdup(a, s.s);
	str_release(&s);
}

/* --- reading -------------------------------------------------------------- */

int
queue_line(struct store *st, const struct queue_query *q,
    const struct queue_limits *limits, struct arena *a,
    struct queue_entry **out, size_t *n, struct err *err)
{
	struct host h = { .slots = limits->host, .now_ms = clock_now_ms() };
	struct queue_stop *stops = NULL;

	if (store_rows(st, SQL_QUEUE_LINE, PARAMS(
		P_INT("max_owner", limits->owner),
		P_INT("max_repo", limits->repo), P_INT("run", q->run),
		P_INT("job", q->job), P_TEXT("sees", q->sees),
		P_INT("skip", q->skip),
		P_INT("limit", q->limit)), &shape, a, out, n, err) == -1 ||
	    queue_stops(st, a, &stops, &h.n_stops, err) == -1 ||
	    queue_running(st, &h.active, err) == -1)
		return -1;
	h.stops = stops;
	for (size_t i = 0; i < *n; i++)
		explain(&(*out)[i], &h, a);
	return 0;
}

int
queue_reason(struct store *st, int64_t job, const struct config *config,
    struct arena *a, const char **reason, struct err *err)
{
	const struct queue_limits limits = queue_limits_of(config);
	const struct queue_query q = { .job = job, .limit = 1 };
	struct queue_entry *e;
	size_t n;

	if (queue_line(st, &q, &limits, a, &e, &n, err) == -1)
		return -1;
	if (n == 1)
		*reason = e->reason;
	return n == 1;
}

int
queue_explain(struct store *st, struct job *jobs, size_t n,
    const struct config *config, struct arena *a, struct err *err)
{
	const struct queue_limits limits = queue_limits_of(config);
	struct queue_query q = { .limit = QUEUE_LINE_MAX };
	struct queue_entry *line;
	size_t n_line;

	for (size_t i = 0; i < n; i++)
		if (jobs[i].state == JOB_PENDING)
			q.run = jobs[i].run;
	if (q.run == 0)
		return 0;
	if (queue_line(st, &q, &limits, a, &line, &n_line, err) == -1)
		return -1;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < n_line; k++)
			if (line[k].job == jobs[i].id &&
			    jobs[i].state == JOB_PENDING)
				jobs[i].reason = line[k].reason;
	return 0;
}

/* --- who waits for too long ----------------------------------------------- */

static int
mark_told(struct store *st, const int64_t *ids, size_t n, struct err *err)
{
	for (size_t i = 0; i < n; i++)
		if (store_exec(st, SQL_QUEUE_TOLD, PARAMS(P_INT("id", ids[i]),
			P_INT("now", clock_now_ms())), err) == -1)
			return -1;
	return 0;
}

int
queue_say_late(struct store *st, int64_t for_ms, size_t max, struct arena *a,
    int64_t **out, size_t *n, struct err *err)
{
	static const struct field id_fields[] = { { "id", FIELD_INT64, 0 } };
	static const struct shape ids = { id_fields, 1, sizeof(int64_t) };

	if (store_rows(st, SQL_QUEUE_UNTOLD, PARAMS(
		P_INT("before", clock_now_ms() - for_ms),
		P_INT("max", (int64_t)max)), &ids, a, out, n, err) == -1)
		return -1;
	if (*n == 0)
		return 0;
	if (store_begin(st, err) == -1)
		return -1;
	return store_end(st, mark_told(st, *out, *n, err), err);
}

int
queue_late_next(struct store *st, int64_t for_ms, int64_t *at_ms,
    struct err *err)
{
	int64_t since = 0;
	int rc = store_number(st, SQL_QUEUE_UNTOLD_NEXT, PARAMS(
	    P_INT("before", clock_now_ms() - for_ms)), &since, err);

	*at_ms = rc == 1 ? since + for_ms : 0;
	return rc == -1 ? -1 : 0;
}
