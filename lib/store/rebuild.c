/*
 * rebuild.c - states from the events, compared with the tables.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/store/rebuild.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>

#include "lib/base/map.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/store/move.h"
#include "lib/store/queue_hold.h"
#include "lib/store/runs.h"
#include "lib/store/statement.h"

/* Events are read in pages of so many. */
#define PAGE 500
/* More steps than this in one job are a mistake of the event's. */
#define STEPS_MAX 100000

/* A run (job 0), a job (step 0) or a step, at some point of the history. */
struct thing {
	enum machine m;
	int64_t job;
	int attempt; /* of a job: the newest */
	int step;
	int state;
	int64_t at_ms; /* of its last event */
	bool seen; /* there is a row for it */
	bool gone; /* its row was removed */
};

struct replay {
	struct store *st;
	int64_t run;
	struct arena a;
	struct map things; /* by name, such as "step 7/1/2" */
	rebuild_report_fn report;
	void *ctx;
	const char *by; /* who writes the states back; NULL: nobody */
	int64_t n;      /* differences */
	int64_t mended; /* of those */
	int64_t at_ms;  /* of the event that is replayed */
};

static void differs(struct replay *r, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void
differs(struct replay *r, const char *fmt, ...)
{
	struct str text = STR_INIT;
	va_list ap;

	str_addf(&text, "run %" PRId64 ": ", r->run);
	va_start(ap, fmt);
	str_vaddf(&text, fmt, ap);
	va_end(ap);
	r->report(r->ctx, text.s);
	r->n++;
	str_release(&text);
}

#define NAME_SIZE 80

static const char *
thing_name(enum machine m, int64_t job, int attempt, int step,
    char out[NAME_SIZE])
{
	if (m == MACHINE_RUN)
		(void)snprintf(out, NAME_SIZE, "the run");
	else if (m == MACHINE_JOB)
		(void)snprintf(out, NAME_SIZE, "job %" PRId64, job);
	else
		(void)snprintf(out, NAME_SIZE, "step %" PRId64 "/%d/%d", job,
		    attempt, step);
	return out;
}

static void
thing_make(struct replay *r, enum machine m, int64_t job, int attempt,
    int step, int state)
{
	struct thing *t = arena_alloc(&r->a, sizeof(*t));
	char name[NAME_SIZE];

	*t = (struct thing){ m, job, attempt, step, state, r->at_ms, false,
		false };
	thing_name(m, job, attempt, step, name);
	if (map_set(&r->things, name, t) != NULL)
		differs(r, "%s is created twice", name);
}

static void
make_steps(struct replay *r, int64_t job, int attempt, int n)
{
	for (int i = 1; i <= n; i++)
		thing_make(r, MACHINE_STEP, job, attempt, i, STEP_QUEUED);
}

/* How many steps a job's first attempt has. */
static int
count_steps(const struct replay *r, int64_t job)
{
	char name[NAME_SIZE];
	int n = 0;

	while (map_get(&r->things, thing_name(MACHINE_STEP, job, 1, n + 1,
	    name)) != NULL)
		n++;
	return n;
}

/* An event, as far as states go. */
struct change {
	int64_t seq;
	const char *type;
	enum machine m;
	int64_t job;
	int attempt, step, steps;
	int from, to; /* -1: none, or no state of the machine */
};

static int
number_of(const json_t *data, const char *key, int max)
{
	json_int_t v = json_integer_value(json_object_get(data, key));

	return v < 0 || v > max ? 0 : (int)v;
}

static void
change_read(const struct event *e, const json_t *data, struct change *c)
{
	*c = (struct change){ .seq = e->seq, .type = e->type };
	c->m = str_starts_with(e->type, "run.") ? MACHINE_RUN :
	    str_starts_with(e->type, "step.") ? MACHINE_STEP : MACHINE_JOB;
	c->job = json_integer_value(json_object_get(data, "job"));
	c->attempt = number_of(data, "attempt", INT32_MAX);
	c->step = number_of(data, "step", STEPS_MAX);
	c->steps = number_of(data, "steps", STEPS_MAX);
	c->from = machine_state_parse(c->m,
	    json_string_value(json_object_get(data, "from")));
	c->to = machine_state_parse(c->m,
	    json_string_value(json_object_get(data, "to")));
}

static bool
is_legal(const struct change *c)
{
	int n;
	const struct move *moves = machine_moves(c->m, &n);

	for (int i = 0; i < n; i++)
		if (moves[i].from == c->from && moves[i].to == c->to &&
		    str_equal(moves[i].event, c->type))
			return true;
	return false;
}

/* A claim counts the attempt up; from the second on it makes new steps. */
static void
replay_claim(struct replay *r, struct thing *job, const struct change *c)
{
	if (c->attempt != job->attempt + 1)
		differs(r, "event %" PRId64 " claims attempt %d of job %"
		    PRId64 " after %d", c->seq, c->attempt, c->job,
		    job->attempt);
	job->attempt = c->attempt;
	if (c->attempt > 1)
		make_steps(r, c->job, c->attempt, count_steps(r, c->job));
}

static void
replay_move(struct replay *r, const struct change *c)
{
	char name[NAME_SIZE];
	struct thing *t = map_get(&r->things, thing_name(c->m, c->job,
	    c->attempt, c->step, name));

	if (t == NULL) {
		differs(r, "event %" PRId64 " (%s) moves %s, which no event "
		    "created", c->seq, c->type, name);
		return;
	}
	if (t->state != c->from || !is_legal(c))
		differs(r, "event %" PRId64 " (%s) moves %s from %s to %s, "
		    "but it was %s", c->seq, c->type, name,
		    machine_state_name(c->m, c->from),
		    machine_state_name(c->m, c->to),
		    machine_state_name(c->m, t->state));
	t->state = c->to;
	t->at_ms = r->at_ms;
	if (c->m == MACHINE_JOB && c->to == JOB_ASSIGNED)
		replay_claim(r, t, c);
	/* A job that may start, or waits for people, has its steps from then
	 * on. */
	if (c->m == MACHINE_JOB && (c->to == JOB_PENDING ||
	    c->to == JOB_WAITING) && c->attempt == 0)
		make_steps(r, c->job, 1, c->steps);
}

/* A placeholder that others stand for now: its row is gone. */
static void
replay_expanded(struct replay *r, const struct change *c)
{
	char name[NAME_SIZE];
	struct thing *t = map_get(&r->things, thing_name(MACHINE_JOB, c->job,
	    0, 0, name));

	if (t == NULL || t->gone || t->state != JOB_BLOCKED)
		differs(r, "event %" PRId64 " (%s) removes %s, which is not "
		    "blocked", c->seq, c->type, name);
	else
		t->gone = true;
}

static void
replay_one(struct replay *r, const struct event *e)
{
	json_t *data = json_loads(e->data, 0, NULL);
	struct change c;

	r->at_ms = e->at_ms;
	change_read(e, data, &c);
	if (str_equal(e->type, "job.expanded")) {
		replay_expanded(r, &c);
	} else if (str_equal(e->type, "job.carried")) {
		/* It has ended in an attempt of the run before this one. */
		thing_make(r, c.m, c.job, c.attempt, 0, c.to);
	} else if (json_object_get(data, "to") == NULL) {
		/* Of something without states, such as an artifact. */
	} else if (str_ends_with(e->type, ".created")) {
		thing_make(r, c.m, c.job, 0, 0, c.to);
		make_steps(r, c.job, 1, c.steps);
	} else {
		replay_move(r, &c);
	}
	json_decref(data);
}

static int
replay_all(struct replay *r, struct err *err)
{
	int64_t last = 0;
	size_t n;

	do {
		struct arena page = ARENA_INIT(0);
		struct event *e = NULL;

		if (event_list(r->st, r->run, last, PAGE, &page, &e, &n,
			err) == -1) {
			arena_release(&page);
			return -1;
		}
		for (size_t i = 0; i < n; i++) {
			if (e[i].seq != ++last)
				differs(r, "event %" PRId64 " is missing",
				    last);
			last = e[i].seq;
			replay_one(r, &e[i]);
		}
		arena_release(&page);
	} while (n == PAGE);
	return 0;
}

/* A row of a table, whatever its machine; its state as the word. */
struct row {
	int64_t job;
	int attempt;
	int step;
	const char *state;
};

/* Write the state of the events into the row, and tell of it in an event. The
 * times that a state must have are those of the events; a job that should have
 * a lease gets one that has ended, so it counts as lost. */
static int
mend(struct replay *r, const struct thing *t, const char *name,
    struct err *err)
{
	static const enum sql_id ids[] = { [MACHINE_RUN] = SQL_REBUILD_SET_RUN,
		[MACHINE_JOB] = SQL_REBUILD_SET_JOB,
		[MACHINE_STEP] = SQL_REBUILD_SET_STEP };
	const struct event_facts facts = { .job = t->job, .by = r->by,
		.reason = arena_printf(&r->a, "%s was written back as %s",
		    name, machine_state_name(t->m, t->state)) };
	const char *word = machine_state_name(t->m, t->state);
	int64_t ended = machine_terminal(t->m, t->state) ? t->at_ms : 0;
	struct param ended_at = P_INT_UNLESS("ended", ended, 0);
	int n;

	n = t->m == MACHINE_RUN ? store_exec(r->st, ids[t->m], PARAMS(
	    P_INT("run", r->run), P_TEXT("state", word), ended_at), err) :
	    t->m == MACHINE_JOB ? store_exec(r->st, ids[t->m], PARAMS(
	    P_INT("job", t->job), P_TEXT("state", word),
	    P_INT("attempt", t->attempt), P_INT("at", t->at_ms), ended_at),
	    err) : store_exec(r->st, ids[t->m], PARAMS(P_INT("job", t->job),
	    P_INT("attempt", t->attempt), P_INT("step", t->step),
	    P_TEXT("state", word), ended_at), err);
	if (n == -1 || event_append(r->st, r->run, "run.rebuilt", NULL, NULL,
	    &facts, err) == -1)
		return -1;
	r->mended++;
	return 0;
}

static int
compare_row(struct replay *r, enum machine m, const struct row *row,
    struct err *err)
{
	char name[NAME_SIZE];
	struct thing *t = map_get(&r->things, thing_name(m, row->job,
	    row->attempt, row->step, name));
	int64_t before = r->n;

	if (t == NULL || t->gone) {
		differs(r, t == NULL ? "%s is %s, but no event created it" :
		    "%s is %s, but an event removed it", name, row->state);
		return 0;
	}
	t->seen = true;
	if (!str_equal(machine_state_name(m, t->state), row->state))
		differs(r, "%s is %s, but its events say %s", name,
		    row->state, machine_state_name(m, t->state));
	if (m == MACHINE_JOB && t->attempt != row->attempt)
		differs(r, "%s is at attempt %d, but its events say %d", name,
		    row->attempt, t->attempt);
	return r->n > before && r->by != NULL ? mend(r, t, name, err) : 0;
}

static int
compare_table(struct replay *r, enum machine m, enum sql_id id,
    struct err *err)
{
	static const struct field fields[] = {
		FIELD(INT64, row, job),
		FIELD(INT, row, attempt),
		FIELD(INT, row, step),
		FIELD(TEXT, row, state),
	};
	static const struct shape shape = { fields, ARRAY_LEN(fields),
		sizeof(struct row) };
	struct arena a = ARENA_INIT(0);
	struct row *rows = NULL;
	size_t n;
	int rc;

	rc = store_rows(r->st, id, PARAMS(P_INT("run", r->run)), &shape, &a,
	    &rows, &n, err);
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = compare_row(r, m, &rows[i], err);
	arena_release(&a);
	return rc;
}

/* What has ended leaves nothing open: not a job its steps, not a run its
 * jobs; and an attempt that is over, none of its steps. */
static void
check_open(struct replay *r, const struct thing *t, const char *own)
{
	char name[NAME_SIZE];
	const struct thing *around = map_get(&r->things, t->m == MACHINE_JOB ?
	    thing_name(MACHINE_RUN, 0, 0, 0, name) :
	    thing_name(MACHINE_JOB, t->job, 0, 0, name));

	if (t->m == MACHINE_RUN || t->gone || around == NULL ||
	    machine_terminal(t->m, t->state))
		return;
	if (machine_terminal(around->m, around->state))
		differs(r, "%s is %s, but %s has ended", own,
		    machine_state_name(t->m, t->state), name);
	else if (t->m == MACHINE_STEP && t->attempt < around->attempt)
		differs(r, "%s is %s, but %s is at attempt %d", own,
		    machine_state_name(t->m, t->state), name,
		    around->attempt);
}

static int
compare_all(struct replay *r, struct err *err)
{
	if (compare_table(r, MACHINE_RUN, SQL_REBUILD_RUN, err) == -1 ||
	    compare_table(r, MACHINE_JOB, SQL_REBUILD_JOBS, err) == -1 ||
	    compare_table(r, MACHINE_STEP, SQL_REBUILD_STEPS, err) == -1)
		return -1;
	for (size_t i = 0; i < r->things.n; i++) {
		const struct thing *t = r->things.entries[i].value;

		if (!t->seen && !t->gone)
			differs(r, "%s has events, but is gone",
			    r->things.entries[i].key);
		check_open(r, t, r->things.entries[i].key);
	}
	return 0;
}

/* --- counters ------------------------------------------------------------ */

/* What the queue counts of a lane, and what there is. */
struct lane {
	int64_t id;
	const char *repo;
	const char *labels;
	int64_t ready, running, is_ready, is_running;
};

static void
lane_tell(const struct rebuild *how, const struct lane *l, struct arena *a)
{
	how->report(how->ctx, arena_printf(a, "queue of %s (labels \"%s\"): "
	    "%" PRId64 " ready and %" PRId64 " running, but there are %" PRId64
	    " and %" PRId64, l->repo, l->labels, l->ready, l->running,
	    l->is_ready, l->is_running));
}

static int
lanes_check(struct store *st, const struct rebuild *how,
    struct rebuild_result *out, struct err *err)
{
	static const struct field fields[] = {
		FIELD(INT64, lane, id),
		FIELD(TEXT, lane, repo),
		FIELD(TEXT, lane, labels),
		FIELD(INT64, lane, ready),
		FIELD(INT64, lane, running),
		FIELD(INT64, lane, is_ready),
		FIELD(INT64, lane, is_running),
	};
	static const struct shape shape = { fields, ARRAY_LEN(fields),
		sizeof(struct lane) };
	struct arena a = ARENA_INIT(0);
	struct lane *list = NULL;
	size_t n;
	int rc;

	if (store_begin(st, err) == -1)
		return -1;
	rc = store_rows(st, SQL_REBUILD_LANES, PARAMS(P_INT("repo",
	    how->repo)), &shape, &a, &list, &n, err);
	for (size_t i = 0; rc == 0 && i < n; i++)
		lane_tell(how, &list[i], &a);
	if (rc == 0 && n > 0 && how->by != NULL)
		rc = queue_recount(st, err) == -1 ? -1 : 0;
	rc = store_end(st, rc, err);
	if (rc == 0) {
		out->differences += (int64_t)n;
		out->mended += how->by != NULL ? (int64_t)n : 0;
	}
	arena_release(&a);
	return rc;
}

/* --- all ----------------------------------------------------------------- */

/* One run, under the write lock, so that nothing moves meanwhile. */
static int
rebuild_run(struct store *st, int64_t run, const struct rebuild *how,
    struct rebuild_result *out, struct err *err)
{
	struct replay r = { .st = st, .run = run, .a = ARENA_INIT(0),
		.things = MAP_INIT, .report = how->report, .ctx = how->ctx,
		.by = how->by };
	int rc;

	if (store_begin(st, err) == -1)
		return -1;
	rc = replay_all(&r, err);
	if (rc == 0)
		rc = compare_all(&r, err);
	rc = store_end(st, rc, err);
	out->differences += r.n;
	out->mended += r.mended;
	out->runs++;
	map_release(&r.things);
	arena_release(&r.a);
	return rc;
}

int
store_rebuild(struct store *st, const struct rebuild *how,
    struct rebuild_result *out, struct err *err)
{
	int64_t id = how->run > 0 ? how->run - 1 :
	    how->from > 0 ? how->from - 1 : 0;
	int rc;

	*out = (struct rebuild_result){ 0, 0, 0 };
	while ((rc = store_number(st, SQL_REBUILD_NEXT, PARAMS(
	    P_INT("after", id), P_INT("repo", how->repo)), &id, err)) == 1) {
		if (how->run > 0 && id != how->run)
			break;
		if (rebuild_run(st, id, how, out, err) == -1)
			return -1;
		if (how->run > 0)
			return 0;
	}
	if (rc != -1 && how->run > 0)
		return err_set(err, ERR_NOT_FOUND, "there is no run %" PRId64,
		    how->run);
	return rc == -1 ? -1 : lanes_check(st, how, out, err);
}

int
store_verify_events(struct store *st, int64_t run, rebuild_report_fn report,
    void *ctx, int64_t *n, struct err *err)
{
	const struct rebuild how = { .run = run, .report = report,
		.ctx = ctx };
	struct rebuild_result out;
	int rc = store_rebuild(st, &how, &out, err);

	*n = out.differences;
	return rc;
}
