/*
 * why_events.c - what happened, event by event, as sentences.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/render/why_lines.h"

#include <inttypes.h>

#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/pipeline/expr.h"
#include "lib/pipeline/job_plan.h"
#include "lib/store/decisions.h"

/* --- the run ------------------------------------------------------------- */

static void
add_rerun(struct whying *y, int64_t at_ms)
{
	const struct run *r = y->run;

	if (r->rerun != NULL)
		(void)why_add(y, WHY_RERUN, at_ms, "attempt %d of the run: %s "
		    "asked for %s to run again", r->attempt, r->rerun_by !=
		    NULL ? r->rerun_by : "somebody", r->rerun);
}

int
why_add_run(struct whying *y, struct err *err)
{
	const struct event_told *made = why_event(y, true, "run.created");
	const struct run *r = y->run;
	struct event_told *first = NULL;
	struct why_line *line;
	size_t n = 0;

	/* The rule is told by the first attempt. */
	if (r->attempt > 1 && event_list_job(y->st, r->origin, 0, 1, y->a,
	    &first, &n, err) == -1)
		return -1;
	if (n == 1)
		made = first;
	line = why_add(y, WHY_RUN, made != NULL ? made->at_ms :
	    r->created_at_ms, "%s by %s%s%s: %s", r->event, r->actor,
	    r->delivery != NULL ? ", delivery " : "", r->delivery != NULL ?
	    r->delivery : "", r->why);
	line->file = r->file;
	if (made != NULL)
		why_at_text(line, made->place, y->a);
	line->values = arena_printf(y->a, "ref => %s\ncommit => %s\n"
	    "file => %s", r->ref, r->sha, r->file);
	add_rerun(y, r->created_at_ms);
	return 0;
}

/* --- the job ------------------------------------------------------------- */

/* "matrix.os => debian" for each, NULL: it has none. */
static const char *
matrix_values(struct whying *y)
{
	struct str text = STR_INIT;
	struct err ignored = { 0 };
	const char *kept = NULL;
	struct job_plan plan;

	if (y->job->plan == NULL || job_plan_read(y->job->plan, y->a, &plan,
	    &ignored) == -1)
		return NULL;
	for (size_t i = 0; plan.matrix != NULL && i < plan.matrix->n; i++) {
		const struct expr_member *m = &plan.matrix->members[i];

		str_addf(&text, "%smatrix.%.*s => %s", i > 0 ? "\n" : "",
		    (int)m->name.len, m->name.s, expr_to_string(&m->value,
		    y->a));
	}
	if (text.len > 0)
		kept = arena_strdup(y->a, text.s);
	str_release(&text);
	return kept;
}

void
why_add_job(struct whying *y)
{
	const struct job *j = y->job;
	struct why_line *line = why_add(y, WHY_JOB, j->created_at_ms,
	    "job \"%s\" of workflow \"%s\"", j->title, y->run->workflow);

	if (y->rules.job != NULL)
		why_at_value(line, y->rules.workflow, y->rules.job->key);
	line->values = matrix_values(y);
	if (j->why == NULL)
		return;
	line = why_add(y, WHY_DECISION, j->queued_at_ms != 0 ?
	    j->queued_at_ms : j->finished_at_ms != 0 && j->attempt == 0 ?
	    j->finished_at_ms : j->created_at_ms, "%s", j->why);
	why_at_text(line, j->why_place, y->a);
	line->values = j->why_values;
}

/* --- rules --------------------------------------------------------------- */

/* The step that failed last, by number, or NULL. */
static const struct step *
failed_step(const struct whying *y)
{
	for (size_t i = y->n_steps; i > 0; i--)
		if (y->steps[i - 1].state == STEP_FAILED)
			return &y->steps[i - 1];
	return NULL;
}

/* A step where it is written; `limit`: its limit of time. */
static void
at_step(struct whying *y, struct why_line *line, const struct step *s,
    bool limit)
{
	struct err ignored = { 0 };
	const struct job_plan_step *step;
	const struct value *time;
	struct job_plan plan;

	if (s == NULL || y->job->plan == NULL || job_plan_read(y->job->plan,
	    y->a, &plan, &ignored) == -1 || (size_t)s->number > plan.n_steps)
		return;
	step = &plan.steps[s->number - 1];
	line->file = step->file != NULL ? step->file : plan.file;
	line->line = step->pos.line;
	line->col = step->pos.col;
	time = step->timeout != NULL ? step->timeout : step->timeout_minutes;
	if (limit && time != NULL && time->pos.line > 0) {
		line->line = time->pos.line;
		line->col = time->pos.col;
	}
}

static void
at_job_limit(struct whying *y, struct why_line *line)
{
	const struct workflow_job *j = y->rules.job;

	if (j != NULL)
		why_at_value(line, y->rules.workflow, j->timeout != NULL ?
		    j->timeout : j->timeout_minutes != NULL ?
		    j->timeout_minutes : j->key);
}

static void
at_cause(struct whying *y, struct why_line *line, const struct event_told *e)
{
	if (str_equal(e->limit_of, "job"))
		at_job_limit(y, line);
	else
		at_step(y, line, failed_step(y),
		    str_equal(e->cause, "timeout"));
}

static void
at_fail_fast(struct whying *y, struct why_line *line)
{
	const struct workflow_job *j = y->rules.job;

	if (j != NULL)
		why_at_value(line, y->rules.workflow,
		    j->strategy.fail_fast != NULL ? j->strategy.fail_fast :
		    j->strategy.matrix);
}

static void
at_group(struct whying *y, struct why_line *line)
{
	if (y->rules.top != NULL)
		why_at_value(line, y->rules.top,
		    y->rules.top->concurrency.value);
}

/* Who asked for an end, and by which rule. */
static void
at_ender(struct whying *y, struct why_line *line, const char *by)
{
	if (str_equal(by, BY_FAIL_FAST))
		at_fail_fast(y, line);
	else if (y->run->superseded_by != 0)
		at_group(y, line);
}

static void
at_gate(struct whying *y, struct why_line *line)
{
	const struct workflow_job *j = y->rules.job;

	for (size_t i = 0; j != NULL && i < j->n_steps; i++)
		if (j->steps[i].gate != NULL)
			why_at_value(line, y->rules.workflow,
			    j->steps[i].gate);
	if (j != NULL && j->environment.value != NULL)
		why_at_value(line, y->rules.workflow, j->environment.value);
}

/* --- events -------------------------------------------------------------- */

/* What to say of an event: its text has the reason in it behind `text`. */
static const struct sentence {
	const char *type;
	enum why_kind kind;
	const char *text;
	const char *span; /* "after" what, or NULL */
} sentences[] = {
	{ "run.waiting", WHY_GATE, "the run waits", NULL },
	{ "run.cancel-requested", WHY_CANCEL, "the end of the run was asked "
	    "for", NULL },
	{ "job.waiting", WHY_GATE, "it waits", "blocked for" },
	{ "gate.approved", WHY_GATE, "approved", NULL },
	{ "gate.rejected", WHY_GATE, "rejected", NULL },
	{ "gate.passed", WHY_GATE, "the time is over", NULL },
	{ "gate.expired", WHY_GATE, "nobody decided in time", NULL },
	{ "job.approved", WHY_QUEUE, "let go on: free to start", "waited for" },
	{ "job.queued", WHY_QUEUE, "free to start", "blocked for" },
	{ "job.assigned", WHY_QUEUE, "taken from the queue", "waited for" },
	{ "job.started", WHY_ATTEMPT, "its container has started",
	    "made ready in" },
	{ "job.requeued", WHY_LOST, "the attempt was lost", "after" },
	{ "retry.attempted", WHY_RETRY, "tried again", "after" },
	{ "job.cancel-requested", WHY_CANCEL, "its end was asked for", NULL },
	{ "job.completing", WHY_END, "its steps are done", "in" },
	{ "job.completed", WHY_END, "succeeded", "cleaned up in" },
	{ "job.failed", WHY_END, "failed", "after" },
	{ "job.cancelled", WHY_END, "cancelled", "after" },
	{ "job.skipped", WHY_END, "skipped", "after" },
	{ "job.carried", WHY_RERUN, "not run again", NULL },
};

static const struct sentence *
sentence_of(const char *type)
{
	for (size_t i = 0; i < ARRAY_LEN(sentences); i++)
		if (str_equal(sentences[i].type, type))
			return &sentences[i];
	return NULL;
}

static void
at_rule(struct whying *y, struct why_line *line, const struct event_told *e)
{
	const struct workflow_job *j = y->rules.job;

	if (str_equal(e->type, "job.skipped"))
		why_at_text(line, y->job->why_place, y->a);
	else if (str_equal(e->type, "retry.attempted") && j != NULL)
		why_at_value(line, y->rules.workflow, j->retry);
	else if (str_equal(e->type, "job.failed") && y->job->attempt > 0)
		at_cause(y, line, e);
	else if (str_equal(e->type, "job.failed"))
		why_at_text(line, y->job->why_place, y->a);
	else if (*e->by != '\0' && line->kind != WHY_QUEUE &&
	    line->kind != WHY_GATE)
		at_ender(y, line, e->by);
	else if (line->kind == WHY_GATE && e->job != 0)
		at_gate(y, line);
	if (*e->place != '\0')
		why_at_text(line, e->place, y->a);
}

/* "failed (attempt 2, after 3 s), by ada: exit code 1". */
static void
add_event(struct whying *y, const struct event_told *e,
    const struct sentence *s, int64_t before_ms)
{
	struct str more = STR_INIT;
	struct why_line *line;

	if (e->attempt > 0)
		str_addf(&more, "attempt %d", e->attempt);
	if (s->span != NULL && before_ms != 0)
		str_addf(&more, "%s%s %s", more.len > 0 ? ", " : "", s->span,
		    why_span(y, before_ms, e->at_ms));
	line = why_add(y, s->kind, e->at_ms, "%s%s%s%s%s%s%s%s", s->text,
	    more.len > 0 ? " (" : "", more.s, more.len > 0 ? ")" : "",
	    *e->by != '\0' ? ", by " : "", e->by, *e->reason != '\0' ? ": " :
	    "", e->reason);
	str_release(&more);
	at_rule(y, line, e);
	if (*e->cause != '\0')
		line->values = arena_printf(y->a, "cause => %s", e->cause);
}

static void
add_steps(struct whying *y)
{
	for (size_t i = 0; i < y->n_steps; i++) {
		const struct step *s = &y->steps[i];
		struct why_line *line;

		if (s->state != STEP_FAILED)
			continue;
		line = why_add(y, WHY_STEP, s->finished_at_ms, "step %d "
		    "\"%s\" failed after %s%s%s", s->number, s->title,
		    why_span(y, s->started_at_ms, s->finished_at_ms),
		    s->reason != NULL ? ": " : "", s->reason != NULL ?
		    s->reason : "");
		at_step(y, line, s, false);
		if (s->exit_code != -1)
			line->values = arena_printf(y->a, "exit code => %d",
			    s->exit_code);
	}
}

/* The failed steps of the newest attempt stand before its end. */
void
why_add_events(struct whying *y)
{
	int64_t before = 0;
	bool told = y->job == NULL;

	for (size_t i = 0; i < y->n_events; i++) {
		const struct event_told *e = &y->events[i];
		const struct sentence *s = sentence_of(e->type);
		bool job = e->job != 0;

		if (job && !told && e->attempt == y->job->attempt &&
		    y->job->ran_in == 0 && s != NULL && (s->kind == WHY_END ||
		    s->kind == WHY_RETRY || s->kind == WHY_LOST)) {
			add_steps(y);
			told = true;
		}
		if (s != NULL)
			add_event(y, e, s, job ? before : 0);
		if (job && *e->to != '\0')
			before = e->at_ms;
	}
}
