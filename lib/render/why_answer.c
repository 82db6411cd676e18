/*
 * why_answer.c - why a job is in the state that it is in, in one sentence with
 * the place of the rule.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/render/why_lines.h"

#include <inttypes.h>

#include "lib/base/str.h"
#include "lib/store/queue_line.h"

static void
set(struct whying *y, const char *text)
{
	y->out->lines[0].text = text;
}

/* The place and the values of another line: the last of a kind. */
static void
as_in(struct whying *y, enum why_kind kind)
{
	struct why_line *answer = &y->out->lines[0];

	for (size_t i = y->out->n - 1; i > 0; i--) {
		const struct why_line *l = &y->out->lines[i];

		if (l->kind != kind)
			continue;
		answer->file = l->file;
		answer->line = l->line;
		answer->col = l->col;
		answer->values = l->values;
		answer->at_ms = l->at_ms;
		return;
	}
}

static const char *
or_else(const char *text, const char *other)
{
	return text != NULL && *text != '\0' ? text : other;
}

static void
answer_ended(struct whying *y, const char *word, const char *reason)
{
	const struct job *j = y->job;

	set(y, arena_printf(y->a, "%s: %s", word, or_else(reason, "no reason "
	    "was given")));
	as_in(y, j->attempt == 0 && j->state != JOB_CANCELLED ?
	    WHY_DECISION : WHY_END);
}

static void
answer_succeeded(struct whying *y)
{
	const struct job *j = y->job;

	set(y, arena_printf(y->a, "ran, because %s, and succeeded in %s",
	    or_else(j->why, "nothing held it back"), why_span(y,
	    j->started_at_ms != 0 ? j->started_at_ms : j->finished_at_ms,
	    j->finished_at_ms)));
	as_in(y, WHY_DECISION);
}

static void
answer_running(struct whying *y)
{
	const struct job *j = y->job;
	const char *step = "its container is being made ready";

	for (size_t i = 0; i < y->n_steps; i++)
		if (y->steps[i].state == STEP_RUNNING)
			step = arena_printf(y->a, "step %d \"%s\" is at work",
			    y->steps[i].number, y->steps[i].title);
	if (j->state == JOB_COMPLETING)
		step = "its steps are done, what they left is removed";
	set(y, arena_printf(y->a, "runs, because %s: attempt %d on %s, %s%s",
	    or_else(j->why, "nothing held it back"), j->attempt,
	    or_else(j->worker, "this host"), step, j->cancel_at_ms != 0 ?
	    "; its end was asked for" : ""));
	as_in(y, WHY_DECISION);
}

static int
answer_pending(struct whying *y, struct err *err)
{
	const char *reason = NULL;
	const struct workflow_job *job = y->rules.job;

	if (queue_reason(y->st, y->job->id, y->config, y->a, &reason,
	    err) == -1)
		return -1;
	set(y, or_else(reason, "it is free to start, and will be taken at "
	    "once"));
	as_in(y, WHY_QUEUE);
	if (job != NULL && job->runs_on != NULL)
		why_at_value(&y->out->lines[0], y->rules.workflow,
		    job->runs_on);
	return 0;
}

/* An attempt of the run before this one did the work. */
static void
answer_carried(struct whying *y)
{
	set(y, arena_printf(y->a, "not run again: it %s in attempt %d of the "
	    "run, and nothing that runs again comes before it",
	    machine_state_name(MACHINE_JOB, (int)y->job->state),
	    y->job->ran_in));
	as_in(y, WHY_DECISION);
}

int
why_answer(struct whying *y, struct err *err)
{
	const struct job *j = y->job;

	if (j->ran_in != 0) {
		answer_carried(y);
		return 0;
	}
	switch (j->state) {
	case JOB_BLOCKED:
		set(y, or_else(j->reason, j->why));
		as_in(y, WHY_DECISION);
		return 0;
	case JOB_WAITING:
		set(y, or_else(j->reason, "it waits for people"));
		as_in(y, WHY_GATE);
		return 0;
	case JOB_PENDING:
		return answer_pending(y, err);
	case JOB_ASSIGNED:
	case JOB_RUNNING:
	case JOB_COMPLETING:
		answer_running(y);
		return 0;
	case JOB_SUCCEEDED:
		answer_succeeded(y);
		return 0;
	case JOB_FAILED:
		answer_ended(y, "failed", j->reason);
		return 0;
	case JOB_CANCELLED:
		answer_ended(y, "cancelled", j->reason);
		return 0;
	case JOB_SKIPPED:
		answer_ended(y, "skipped", or_else(j->reason, j->why));
		return 0;
	}
	return err_set(err, ERR_BUG, "job %" PRId64 " has state %d", j->id,
	    (int)j->state);
}
