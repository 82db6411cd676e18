/*
 * decisions.c - what a decision about a run is made from, and storing what it
 * said.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/store/decisions.h"

#include <inttypes.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/store/gates.h"
#include "lib/store/groups.h"
#include "lib/store/move.h"

/* --- reading -------------------------------------------------------------- */

static const struct field run_fields[] = {
	FIELD(INT64, decision_snapshot, id),
	FIELD(INT64, decision_snapshot, repo),
	FIELD(INT64, decision_snapshot, number),
	FIELD(INT, decision_snapshot, attempt),
	FIELD(INT64, decision_snapshot, origin),
	FIELD(RUN, decision_snapshot, state),
	FIELD(INT, decision_snapshot, priority),
	FIELD(TEXT, decision_snapshot, file),
	FIELD(TEXT, decision_snapshot, context),
	FIELD(TEXT, decision_snapshot, config),
	FIELD(INT64, decision_snapshot, facts),
	FIELD(INT64, decision_snapshot, decided),
	FIELD(INT, decision_snapshot, tries),
	FIELD(INT64, decision_snapshot, cancel_at_ms),
	FIELD(TEXT, decision_snapshot, cancel_by),
	FIELD(TEXT, decision_snapshot, rerun_by),
};
static const struct shape run_shape = { run_fields, ARRAY_LEN(run_fields),
	sizeof(struct decision_snapshot) };

static const struct field job_fields[] = {
	FIELD(INT64, decision_job, id),
	FIELD(INT64, decision_job, run),
	FIELD(TEXT, decision_job, key),
	FIELD(TEXT, decision_job, title),
	FIELD(JOB, decision_job, state),
	FIELD(INT, decision_job, attempt),
	FIELD(INT, decision_job, priority),
	FIELD(INT64, decision_job, cancel_at_ms),
	FIELD(TEXT, decision_job, cancel_by),
	FIELD(BOOL, decision_job, expanded),
	FIELD(BOOL, decision_job, frozen),
	FIELD(TEXT, decision_job, reason),
	FIELD(TEXT, decision_job, outputs),
	FIELD(TEXT, decision_job, generated),
	FIELD(INT64, decision_job, ended_seq),
	FIELD(INT64, decision_job, finished_at_ms),
};
static const struct shape job_shape_all = { job_fields, ARRAY_LEN(job_fields),
	sizeof(struct decision_job) };

int
decision_run(struct store *st, int64_t run, struct arena *a,
    struct decision_snapshot *out, struct err *err)
{
	int rc = store_row(st, SQL_DECISION_RUN, PARAMS(P_INT("id", run)),
	    &run_shape, a, out, err);

	out->jobs = NULL;
	out->n_jobs = 0;
	return rc;
}

int
decision_jobs(struct store *st, struct arena *a, struct decision_snapshot *s,
    struct err *err)
{
	return store_rows(st, SQL_DECISION_JOBS, PARAMS(P_INT("run", s->id)),
	    &job_shape_all, a, &s->jobs, &s->n_jobs, err);
}

int
run_file_add(struct store *st, int64_t run, int64_t repo,
    const struct run_file *file, struct err *err)
{
	int64_t config = 0;

	if (file->text != NULL && config_store(st, repo, file->path,
	    file->text, &config, err) == -1)
		return -1;
	return store_exec(st, SQL_RUN_FILE_INSERT, PARAMS(P_INT("run", run),
	    P_TEXT("uses", file->uses), P_INT_UNLESS("config", config, 0),
	    P_TEXT("path", file->path), P_TEXT("sha", file->sha),
	    P_TEXT("error", file->error)), err) == -1 ? -1 : 0;
}

int
run_file_find(struct store *st, int64_t run, const char *uses,
    struct arena *a, struct run_file *out, struct err *err)
{
	static const struct field fields[] = {
		FIELD(TEXT, run_file, uses),
		FIELD(TEXT, run_file, path),
		FIELD(TEXT, run_file, sha),
		FIELD(TEXT, run_file, text),
		FIELD(TEXT, run_file, error),
	};
	static const struct shape shape = { fields, ARRAY_LEN(fields),
		sizeof(struct run_file) };

	return store_row(st, SQL_RUN_FILE_FIND, PARAMS(P_INT("run", run),
	    P_TEXT("uses", uses)), &shape, a, out, err);
}

/* --- marks ---------------------------------------------------------------- */

int
run_mark(struct store *st, int64_t run, int64_t at_ms, int64_t *seq,
    struct err *err)
{
	int64_t facts = 0;

	if (store_number(st, SQL_RUN_MARK, PARAMS(P_INT("id", run),
	    P_INT("at", at_ms)), &facts, err) == -1)
		return -1;
	if (seq != NULL)
		*seq = facts;
	return 0;
}

int
run_hold(struct store *st, int64_t run, struct err *err)
{
	return store_exec(st, SQL_DECISION_TAKEN, PARAMS(P_INT("id", run),
	    P_INT("facts", 1), P_INT("at", 0)), err) == -1 ? -1 : 0;
}

int
run_undecided(struct store *st, size_t max, struct arena *a, int64_t **out,
    size_t *n, struct err *err)
{
	static const struct field fields[] = { { "id", FIELD_INT64, 0 } };
	static const struct shape shape = { fields, 1, sizeof(int64_t) };

	return store_rows(st, SQL_RUN_UNDECIDED, PARAMS(
	    P_INT("now", clock_now_ms()), P_INT("max", (int64_t)max)),
	    &shape, a, out, n, err);
}

int
run_undecided_next(struct store *st, int64_t *at_ms, struct err *err)
{
	*at_ms = 0;
	return store_number(st, SQL_RUN_UNDECIDED_NEXT, PARAMS(
	    P_INT("now", clock_now_ms())), at_ms, err) == -1 ? -1 : 0;
}

int
run_tried(struct store *st, int64_t run, struct err *err)
{
	int rc;

	if (store_begin(st, err) == -1)
		return -1;
	rc = store_exec(st, SQL_RUN_TRIED, PARAMS(P_INT("id", run),
	    P_INT("now", clock_now_ms()), P_INT("pause", DECIDE_PAUSE_MS)),
	    err);
	return store_end(st, rc == -1 ? -1 : 0, err);
}

/* --- storing -------------------------------------------------------------- */

int
decision_begin(struct store *st, const struct decision_snapshot *s,
    struct err *err)
{
	int64_t facts;

	return store_number(st, SQL_DECISION_COUNTERS, PARAMS(
	    P_INT("id", s->id), P_INT("facts", s->facts),
	    P_INT("decided", s->decided)), &facts, err);
}

static struct job_head
head_of(const struct decision_job *j)
{
	return (struct job_head){ .id = j->id, .run = j->run, .key = j->key,
		.state = j->state, .attempt = j->attempt,
		.priority = j->priority, .cancel_at_ms = j->cancel_at_ms,
		.cancel_by = j->cancel_by };
}

static int
add_steps(struct store *st, int64_t job, const struct job_decision *d,
    struct err *err)
{
	const char *word = machine_state_name(MACHINE_STEP, STEP_QUEUED);

	for (size_t i = 0; i < d->n_steps; i++)
		if (store_exec(st, SQL_STEP_INSERT, PARAMS(P_INT("job", job),
			P_INT("number", (int64_t)i + 1),
			P_TEXT("title", d->step_titles[i]),
			P_TEXT("command", d->step_commands[i]),
			P_TEXT("state", word)), err) == -1)
			return -1;
	return 0;
}

static int
insert_job(struct store *st, const struct decision_snapshot *s,
    const struct job_decision *d, enum job_state state, int64_t *id,
    struct err *err)
{
	bool queued = state == JOB_PENDING;
	int64_t now = clock_now_ms();
	char uuid[37];

	store_uuid(uuid);
	return store_number(st, SQL_JOB_INSERT, PARAMS(P_TEXT("uuid", uuid),
	    P_INT("run", s->id), P_TEXT("key", d->key),
	    P_TEXT("title", d->title), P_TEXT("needs", d->needs),
	    P_INT("expanded", d->expanded), P_TEXT("plan", d->plan),
	    P_TEXT("why", d->why), P_TEXT("why_values", d->values),
	    P_TEXT("why_place", d->place), P_TEXT("reason", d->reason),
	    P_INT("continue_on_error", d->continue_on_error),
	    P_TEXT("state", machine_state_name(MACHINE_JOB, (int)state)),
	    P_TEXT("labels", d->labels != NULL ? d->labels : ""),
	    P_INT("priority", queued ? d->priority : s->priority),
	    P_INT_UNLESS("queued", queued ? now : 0, 0),
	    { queued ? PARAM_INT : PARAM_NULL, ":rank",
		job_rank(now, d->priority), NULL, 0 },
	    P_INT("now", now)), id, err) == -1 ? -1 : 0;
}

int
decision_add(struct store *st, const struct decision_snapshot *s,
    const struct job_decision *d, struct decision_job *out, struct err *err)
{
	enum job_state state = d->plan != NULL ? JOB_PENDING : JOB_BLOCKED;
	struct event_facts facts = { .key = d->key,
		.n_steps = (int)d->n_steps };

	*out = (struct decision_job){ .run = s->id, .key = d->key,
		.title = d->title, .state = state,
		.priority = d->plan != NULL ? d->priority : s->priority,
		.cancel_by = "", .expanded = d->expanded,
		.frozen = d->plan != NULL, .reason = d->reason };
	if (insert_job(st, s, d, state, &out->id, err) == -1 ||
	    add_steps(st, out->id, d, err) == -1)
		return -1;
	facts.job = out->id;
	return event_append(st, s->id, "job.created", NULL,
	    machine_state_name(MACHINE_JOB, (int)state), &facts, err);
}

int
decision_job_ended(struct store *st, const struct decision_job *job,
    struct err *err)
{
	struct arena a = ARENA_INIT(0);
	struct job_head h;
	int rc = job_head_read(st, job->id, &a, &h, err);

	arena_release(&a);
	return rc == -1 ? -1 : machine_terminal(MACHINE_JOB, (int)h.state);
}

int
decision_describe(struct store *st, struct decision_job *job,
    const struct job_decision *d, struct err *err)
{
	job->title = d->title;
	job->expanded = d->expanded;
	job->reason = d->reason;
	return store_exec(st, SQL_JOB_DESCRIBE, PARAMS(P_INT("id", job->id),
	    P_TEXT("title", d->title), P_INT("expanded", d->expanded),
	    P_TEXT("reason", d->reason), P_TEXT("why", d->why),
	    P_TEXT("why_values", d->values), P_TEXT("why_place", d->place),
	    P_INT("continue_on_error", d->continue_on_error)), err) == -1 ?
	    -1 : 0;
}

/* All is known of it: it gets its plan and its steps, and moves on. */
static int
freeze(struct store *st, struct decision_job *job,
    const struct job_decision *d, const char *on, const char *reason,
    struct job_head *h, struct err *err)
{
	struct event_facts facts;

	*h = head_of(job);
	h->priority = d->priority;
	facts = job_facts(h);
	facts.n_steps = (int)d->n_steps;
	facts.reason = reason;
	if (decision_describe(st, job, d, err) == -1 ||
	    store_exec(st, SQL_JOB_FREEZE, PARAMS(P_INT("id", job->id),
		P_INT("priority", d->priority),
		P_TEXT("labels", d->labels != NULL ? d->labels : ""),
		P_TEXT("plan", d->plan)), err) == -1 ||
	    add_steps(st, job->id, d, err) == -1 ||
	    job_move(st, h, on, &facts, err) == -1)
		return -1;
	job->frozen = true;
	job->priority = h->priority;
	job->state = h->state;
	return 0;
}

int
decision_start(struct store *st, struct decision_job *job,
    const struct job_decision *d, struct err *err)
{
	struct job_head h;

	return freeze(st, job, d, "unblock", NULL, &h, err);
}

/* What the gates that are shut wait for. */
static const char *
gates_text(const struct decision_gates *gates, struct arena *a)
{
	const char *text = NULL;

	for (size_t i = 0; i < gates->n; i++)
		if (!gates->list[i].passed)
			text = text == NULL ? gates->list[i].reason :
			    arena_printf(a, "%s; %s", text,
			    gates->list[i].reason);
	return text;
}

int
decision_hold(struct store *st, const struct decision_snapshot *s,
    struct decision_job *job, const struct job_decision *d,
    const struct decision_gates *gates, struct err *err)
{
	struct arena a = ARENA_INIT(0);
	struct job_decision waiting = *d;
	struct job_head h;
	bool held;
	int rc;

	waiting.reason = gates_text(gates, &a);
	held = waiting.reason != NULL;
	rc = freeze(st, job, &waiting, held || gates->alone ? "hold" :
	    "unblock", held ? waiting.reason : "there is nothing to wait for",
	    &h, err);
	for (size_t i = 0; rc == 0 && i < gates->n; i++)
		rc = gate_open(st, s->repo, s->id, &h, &gates->list[i], err);
	if (rc == 0 && !held && gates->alone) {
		rc = job_end_passed(st, &h, NULL, err);
		job->state = h.state;
	}
	job->reason = NULL;
	arena_release(&a);
	return rc;
}

int
decision_end_job(struct store *st, struct decision_job *job, const char *on,
    const struct job_decision *d, struct err *err)
{
	struct job_head h = head_of(job);

	if (decision_describe(st, job, d, err) == -1 ||
	    job_end_unstarted(st, &h, on, d->reason, NULL, err) == -1)
		return -1;
	job->state = h.state;
	return 0;
}

int
decision_stop_job(struct store *st, struct decision_job *job,
    const char *reason, const char *by, struct err *err)
{
	return job_cancel(st, job->id, reason, by, err) == -1 ? -1 : 0;
}

int
decision_expand(struct store *st, const struct decision_job *job,
    struct err *err)
{
	const struct event_facts facts = { .job = job->id, .key = job->key };
	int n;

	n = store_exec(st, SQL_JOB_REMOVE, PARAMS(P_INT("id", job->id),
	    P_TEXT("state", machine_state_name(MACHINE_JOB, JOB_BLOCKED))),
	    err);
	if (n == 0)
		return err_set(err, ERR_BUG, "job %" PRId64 " is not blocked "
		    "any more", job->id);
	if (n == -1)
		return -1;
	return event_append(st, job->run, "job.expanded",
	    machine_state_name(MACHINE_JOB, JOB_BLOCKED), NULL, &facts, err);
}

int
decision_end_run(struct store *st, const struct decision_snapshot *s,
    const char *on, struct err *err)
{
	struct run_head head;

	if (run_head_read(st, s->id, &head, err) == -1 ||
	    run_move(st, s->id, head.state, on, str_equal(on, "cancel") ?
		s->cancel_by : NULL, err) == -1)
		return -1;
	return group_leave_all(st, s->id, err);
}

int
decision_is_busy(struct store *st, int64_t run, struct err *err)
{
	struct arena a = ARENA_INIT(0);
	struct job_head *open = NULL;
	size_t n = 0;
	int rc = store_rows(st, SQL_JOB_HEADS, PARAMS(P_INT("run", run)),
	    &job_head_shape, &a, &open, &n, err);

	arena_release(&a);
	return rc == -1 ? -1 : n > 0;
}

int
decision_title(struct store *st, int64_t run, const char *title,
    struct err *err)
{
	return store_exec(st, SQL_RUN_SET_TITLE, PARAMS(P_INT("id", run),
	    P_TEXT("title", title)), err) == -1 ? -1 : 0;
}

int
decision_problems(struct store *st, int64_t run, const char *problems,
    struct err *err)
{
	return store_exec(st, SQL_RUN_SET_PROBLEMS, PARAMS(P_INT("id", run),
	    P_TEXT("problems", problems)), err) == -1 ? -1 : 0;
}

int
decision_end(struct store *st, const struct decision_snapshot *s,
    struct err *err)
{
	return store_exec(st, SQL_DECISION_TAKEN, PARAMS(P_INT("id", s->id),
	    P_INT("facts", s->facts),
	    P_INT("at", clock_now_ms() + DECIDE_GRACE_MS)), err) == -1 ? -1 :
	    0;
}
