/*
 * advance_store.c - a decision into the database, in one transaction: jobs
 * come, start, end without having started, are told to stop, or go because
 * others stand for them; and the run ends.
 *
 * Rows that have ended are never touched, and what runs is only told.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/advancing.h"

#include <string.h>

#include "lib/base/log.h"
#include "lib/base/map.h"
#include "lib/base/str.h"
#include "lib/store/groups.h"

struct storing {
	struct advance *v;
	struct store *st;
	struct map rows;  /* key -> decision_job, as far as not yet seen */
	struct map asked; /* key of a place -> struct answer */
};

/* What a group said, in this transaction. */
struct answer {
	int answer; /* enum group_answer */
	const char *why;
	const char *place; /* where the group is asked for; or NULL */
};

/* --- groups --------------------------------------------------------------- */

static int
ask_group(struct storing *s, const struct planned_concurrency *c,
    const char *key, const struct answer **out, struct err *err)
{
	struct arena *a = &s->v->a;
	struct group_wish wish = { c->group, key, c->cancel_in_progress,
		c->queue_max };
	const char *name = arena_printf(a, "/%s", key);
	struct answer *answer = map_get(&s->asked, name);
	struct str why = STR_INIT;

	if (answer == NULL) {
		answer = arena_alloc(a, sizeof(*answer));
		answer->answer = group_enter(s->st, &s->v->snap, &wish, &why,
		    err);
		answer->why = arena_strdup(a, why.s);
		answer->place = c->pos.line == 0 ? NULL : arena_printf(a,
		    "%s:%d:%d", c->file, c->pos.line, c->pos.col);
		str_release(&why);
		if (answer->answer == -1)
			return -1;
		map_set(&s->asked, name, answer);
	}
	*out = answer;
	return 0;
}

/* The part of a job's key that is the key of a call that it stands in: up to
 * the component of the calling job's id, at or behind `from`. */
static size_t
call_key(const char *key, size_t from, const char *id)
{
	size_t len = strlen(id);

	while (key[from] != '\0') {
		size_t end = from + strcspn(key + from, "/");

		if (strncmp(key + from, id, len) == 0 &&
		    (key[from + len] == ':' || from + len == end))
			return end;
		from = key[end] == '/' ? end + 1 : end;
	}
	return from;
}

/* All calls that a job stands in, the outermost first; `*end` is where the
 * key of the innermost one ends. */
static int
ask_calls(struct storing *s, const struct planned_call *call,
    const char *key, size_t *end, const struct answer **out, struct err *err)
{
	size_t from;

	*out = NULL;
	*end = 0;
	if (call == NULL || call->job == NULL)
		return 0;
	if (ask_calls(s, call->caller, key, end, out, err) == -1)
		return -1;
	if (*out != NULL && (*out)->answer != GROUP_HELD)
		return 0;
	from = *end > 0 ? *end + 1 : 0;
	*end = call_key(key, from, call->job->id);
	if (call->concurrency.group == NULL)
		return 0;
	return ask_group(s, &call->concurrency,
	    arena_strndup(&s->v->a, key, *end), out, err);
}

/* May it start, as far as groups go? The answer is NULL when it asks for
 * none. */
static int
ask_groups(struct storing *s, const struct planned_job *j,
    const struct answer **out, struct err *err)
{
	size_t end;

	*out = NULL;
	if (s->v->plan.concurrency.group != NULL && ask_group(s,
	    &s->v->plan.concurrency, "", out, err) == -1)
		return -1;
	if (*out != NULL && (*out)->answer != GROUP_HELD)
		return 0;
	if (ask_calls(s, j->call, j->key, &end, out, err) == -1)
		return -1;
	if ((*out != NULL && (*out)->answer != GROUP_HELD) ||
	    j->concurrency.group == NULL)
		return 0;
	return ask_group(s, &j->concurrency, j->key, out, err);
}

/* --- jobs ----------------------------------------------------------------- */

/* 1, 0 or -1. Whoever asked for a group in this transaction may have ended
 * others of this run, of which the snapshot does not know: that is a new fact,
 * and they are left alone until it is decided. */
static int
has_ended(const struct storing *s, const struct decision_job *row,
    struct err *err)
{
	if (machine_terminal(MACHINE_JOB, (int)row->state))
		return 1;
	return s->asked.n == 0 ? 0 : decision_job_ended(s->st, row, err);
}

/* The row of a job, made when it is not there. */
static int
make_row(struct storing *s, const struct job_decision *d,
    struct decision_job **row, struct err *err)
{
	struct job_decision waiting = *d;

	if (*row != NULL)
		return 0;
	waiting.plan = NULL;
	waiting.n_steps = 0;
	*row = arena_alloc(&s->v->a, sizeof(**row));
	return decision_add(s->st, &s->v->snap, &waiting, *row, err);
}

static int
wait(struct storing *s, const struct job_decision *d,
    struct decision_job *row, struct err *err)
{
	if (row == NULL)
		return make_row(s, d, &row, err);
	if (str_equal(row->title, d->title) &&
	    str_equal(row->reason, d->reason) && row->expanded == d->expanded)
		return 0;
	return decision_describe(s->st, row, d, err);
}

static int
end(struct storing *s, const struct job_decision *d,
    struct decision_job *row, const char *on, struct err *err)
{
	if (make_row(s, d, &row, err) == -1)
		return -1;
	return decision_end_job(s->st, row, on, d, err);
}

/* It ends for a reason that the plan does not know: that is a new fact. */
static int
refuse(struct storing *s, struct job_decision *d, struct decision_job *row,
    const char *on, struct err *err)
{
	d->expanded = true;
	return end(s, d, row, on, err) == -1 ? -1 :
	    run_mark(s->st, s->v->snap.id, INT64_MAX, NULL, err);
}

/* Nothing else holds it back. */
static int
pass_gates(struct storing *s, size_t i, struct decision_job *row,
    struct err *err)
{
	struct job_decision *d = &s->v->jobs[i];
	struct decision_gates gates = { 0 };
	const char *refusal = NULL;
	int rc = advance_gates(s->v, i, &gates, &refusal, err);

	if (rc == -1)
		return -1;
	if (rc == 0) {
		d->plan = NULL;
		d->n_steps = 0;
		d->reason = refusal;
		return refuse(s, d, row, "fail", err);
	}
	if (gates.n > 0 || gates.alone)
		return make_row(s, d, &row, err) == -1 ? -1 :
		    decision_hold(s->st, &s->v->snap, row, d, &gates, err);
	if (row != NULL) {
		rc = decision_start(s->st, row, d, err);
	} else {
		row = arena_alloc(&s->v->a, sizeof(*row));
		rc = decision_add(s->st, &s->v->snap, d, row, err);
	}
	if (rc != -1)
		log_info("job enqueued", LOG_INT("run", s->v->snap.id),
		    LOG_INT("job", row->id), LOG_STR("key", d->key));
	return rc;
}

static int
start(struct storing *s, size_t i, struct decision_job *row, struct err *err)
{
	const struct planned_job *j = &s->v->plan.jobs[i];
	struct job_decision *d = &s->v->jobs[i];
	const struct answer *answer = NULL;

	if (s->v->held[i])
		return wait(s, d, row, err);
	if (d->plan == NULL)
		return refuse(s, d, row, "fail", err);
	if (ask_groups(s, j, &answer, err) == -1)
		return -1;
	if (answer != NULL && answer->answer != GROUP_HELD) {
		d->plan = NULL;
		d->n_steps = 0;
		advance_hold(d, answer->why, answer->place);
		return answer->answer == GROUP_WAITS ? wait(s, d, row, err) :
		    refuse(s, d, row, answer->answer == GROUP_FULL ?
			"cancel" : "fail", err);
	}
	return pass_gates(s, i, row, err);
}

static int
stop(struct storing *s, const struct job_decision *d,
    struct decision_job *row, struct err *err)
{
	const char *by = s->v->snap.cancel_by;

	if (make_row(s, d, &row, err) == -1)
		return -1;
	return decision_stop_job(s->st, row, d->why, by != NULL ? by :
	    BY_FAIL_FAST, err);
}

static int
store_job(struct storing *s, size_t i, struct err *err)
{
	const struct planned_job *j = &s->v->plan.jobs[i];
	struct job_decision *d = &s->v->jobs[i];
	struct decision_job *row = map_get(&s->rows, j->key);
	int ended = row == NULL ? 0 : has_ended(s, row, err);

	if (row != NULL)
		map_set(&s->rows, j->key, NULL);
	if (ended != 0)
		return ended == -1 ? -1 : 0;
	switch (j->state) {
	case PLANNED_BLOCKED:
		return wait(s, d, row, err);
	case PLANNED_READY:
		return start(s, i, row, err);
	case PLANNED_SKIPPED:
		return end(s, d, row, "skip", err);
	case PLANNED_FAILED:
		return end(s, d, row, "fail", err);
	case PLANNED_CANCELLED:
		return stop(s, d, row, err);
	case PLANNED_RUNNING:
	case PLANNED_ENDED:
		break;
	}
	return 0;
}

/* Placeholders that others stand for now. */
static int
remove_others(struct storing *s, struct err *err)
{
	for (size_t i = 0; i < s->rows.n; i++) {
		const struct decision_job *row = s->rows.entries[i].value;
		int ended;

		if (row == NULL || row->state != JOB_BLOCKED)
			continue;
		ended = has_ended(s, row, err);
		if (ended == -1 || (ended == 0 &&
		    decision_expand(s->st, row, err) == -1))
			return -1;
	}
	return 0;
}

/* --- the run -------------------------------------------------------------- */

/* Did the cancelling leave anything out? Then the run was cancelled, however
 * well all others ended. */
static bool
was_cut_short(const struct storing *s)
{
	const struct advance *v = s->v;

	if (!v->facts.cancelled)
		return false;
	for (size_t i = 0; i < v->plan.n_jobs; i++)
		if (v->plan.jobs[i].state == PLANNED_SKIPPED ||
		    v->plan.jobs[i].result == RESULT_CANCELLED)
			return true;
	for (size_t i = 0; i < v->snap.n_jobs; i++)
		if (v->snap.jobs[i].state == JOB_SKIPPED &&
		    v->snap.jobs[i].finished_at_ms >= v->snap.cancel_at_ms)
			return true;
	return false;
}

static const char *
verdict(const struct storing *s)
{
	static const char *const on[] = { [RESULT_NONE] = NULL,
		[RESULT_SUCCESS] = "succeed", [RESULT_FAILURE] = "fail",
		[RESULT_CANCELLED] = "cancel", [RESULT_SKIPPED] = "skip" };
	enum job_result result = s->v->plan.result;

	if ((result == RESULT_SUCCESS || result == RESULT_SKIPPED) &&
	    was_cut_short(s))
		result = RESULT_CANCELLED;
	return on[result];
}

static int
store_plan(struct storing *s, struct err *err)
{
	const struct advance *v = s->v;
	const char *on;

	for (size_t i = 0; i < v->snap.n_jobs; i++)
		map_set(&s->rows, v->snap.jobs[i].key, &v->snap.jobs[i]);
	for (size_t i = 0; i < v->plan.n_jobs; i++)
		if (store_job(s, i, err) == -1)
			return -1;
	if (v->snap.decided == 0 && v->plan.run_name != NULL &&
	    decision_title(s->st, v->snap.id, v->plan.run_name, err) == -1)
		return -1;
	if (remove_others(s, err) == -1 ||
	    group_leave_calls(s->st, v->snap.id, err) == -1)
		return -1;
	on = verdict(s);
	return on == NULL ? 0 : decision_end_run(s->st, &v->snap, on, err);
}

/* There is no plan: everything ends, and the run fails behind the last. */
static int
store_problem(struct storing *s, struct err *err)
{
	const struct decision_snapshot *snap = &s->v->snap;
	int busy;

	if (decision_problems(s->st, snap->id, s->v->problem, err) == -1 ||
	    run_cancel_jobs(s->st, snap->id, "the run cannot go on", "pawl",
		err) == -1)
		return -1;
	busy = decision_is_busy(s->st, snap->id, err);
	return busy != 0 ? (busy == -1 ? -1 : 0) :
	    decision_end_run(s->st, snap, "fail", err);
}

int
advance_store(struct advance *v, struct err *err)
{
	struct storing s = { .v = v, .st = v->st, .rows = MAP_INIT,
		.asked = MAP_INIT };
	int rc;

	if (store_begin(v->st, err) == -1)
		return -1;
	rc = decision_begin(v->st, &v->snap, err);
	if (rc == 1 && !machine_terminal(MACHINE_RUN, (int)v->snap.state) &&
	    (v->problem != NULL ? store_problem(&s, err) :
		store_plan(&s, err)) == -1)
		rc = -1;
	if (rc == 1 && decision_end(v->st, &v->snap, err) == -1)
		rc = -1;
	if (rc == -1)
		store_rollback(v->st);
	else if (store_commit(v->st, err) == -1)
		rc = -1;
	map_release(&s.rows);
	map_release(&s.asked);
	return rc;
}
