/*
 * local_job.c - one job of a local run: what a server's job process does, with
 * the terminal in place of the database.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/local_run.h"
#include "cli/local_storage.h"

#include <poll.h>
#include <string.h>
#include <unistd.h>
#include "lib/run/execute.h"

struct local_job {
	struct local_run *run;
	struct local_end *end;
};

/* The log holds what the steps print and no headings: they are the
 * terminal's matter. */
static int
on_step_started(void *ctx, const struct job_plan_step *step,
    const char *name, int64_t log_offset, struct err *err)
{
	const struct local_job *job = ctx;
	struct str text = STR_INIT;

	(void)log_offset;
	(void)err;
	str_addf(&text, "%d. %s", step->number, name);
	local_say(job->run, TERM_BLUE, "-->", text.s);
	str_release(&text);
	return 0;
}

/* Why one is skipped, or failed, is ours to tell: what cannot be run at all
 * prints nothing, and a failure may be one that does not fail the job. */
static int
on_step_finished(void *ctx, const struct job_plan_step *step, const char *on,
    int exit_code, const char *reason, struct err *err)
{
	const struct local_job *job = ctx;
	bool failed = strcmp(on, "fail") == 0;
	struct str text = STR_INIT;

	(void)exit_code;
	(void)err;
	if (!failed && strcmp(on, "skip") != 0)
		return 0;
	str_addf(&text, "%d. %s %s%s%s", step->number, step->title,
	    failed ? "failed" : "skipped", reason[0] != '\0' ? ": " : "",
	    reason);
	local_say(job->run, failed ? TERM_RED : TERM_DIM, "-->", text.s);
	str_release(&text);
	return 0;
}

static int
on_outputs(void *ctx, struct expr_object *outputs, struct err *err)
{
	const struct local_job *job = ctx;
	struct arena *a = job->run->local.a;

	(void)err;
	job->end->outputs = expr_object_new(a);
	for (size_t i = 0; i < outputs->n; i++) {
		const struct expr_member *m = &outputs->members[i];

		expr_object_add(job->end->outputs, arena_strndup(a, m->name.s,
		    m->name.len), expr_string(expr_to_string(&m->value, a)));
	}
	return 0;
}

static int
on_deployment(void *ctx, const char *environment, const char *url,
    struct err *err)
{
	const struct local_job *job = ctx;
	struct str text = STR_INIT;

	(void)err;
	str_addf(&text, "environment %s%s%s", environment, url != NULL ?
	    ": " : "", url != NULL ? url : "");
	local_say(job->run, TERM_DIM, "-->", text.s);
	str_release(&text);
	return 0;
}

static int
on_generated(void *ctx, const char *text, size_t len, struct err *err)
{
	const struct local_job *job = ctx;

	(void)err;
	job->end->generated = arena_strndup(job->run->local.a, text, len);
	job->end->generated_len = len;
	return 0;
}

/* Is there another attempt? Then its pause is over; or it is interrupted. */
static bool
try_again(const struct local_run *run, struct job_end *result, int attempt)
{
	struct pollfd cancel = { .fd = run->cancel_fd, .events = POLLIN };
	int64_t pause;

	if (result->on == NULL || !retry_again(&result->retry, result->cause,
	        result->exit_code, attempt, &pause))
		return false;
	if (poll(&cancel, 1, (int)pause) == 0)
		return true;
	result->on = "cancel";
	return false;
}

/* One attempt. */
static void
execute(struct local_run *run, const struct job_order *base, int attempt,
    struct local_end *end, struct job_end *result)
{
	static const char name[] = "run_attempt";
	const struct expr_text counter = { name, strlen(name) };
	struct arena *a = run->local.a;
	struct local_job job = { run, end };
	const struct job_observer observer = { .ctx = &job,
		.step_started = on_step_started,
		.step_finished = on_step_finished, .outputs = on_outputs,
		.generated = on_generated, .deployment = on_deployment,
		.storage = run->storage->table.ctx != NULL ?
		    &run->storage->table : NULL };
	long long n = run->n_started;
	struct job_order order = *base;
	struct err err = { 0 };

	order.instance = arena_printf(a, "local-%ld", (long)getpid());
	order.job = run->n_started;
	order.attempt = attempt;
	order.work_dir = arena_printf(a, "%s/work/%lld", run->dir, n);
	order.log_path = arena_printf(a, "%s/%lld.%d.log", run->dir, n,
	    attempt);
	order.index_path = arena_printf(a, "%s/%lld.%d.idx", run->dir, n,
	    attempt);
	order.echo_fd = STDOUT_FILENO;
	order.cancel_fd = run->cancel_fd;
	if (order.github != NULL)
		expr_object_put(order.github, counter,
		    expr_string(arena_printf(a, "%d", attempt)));
	memset(result, 0, sizeof(*result));
	end->outputs = NULL; /* the last attempt's count */
	if (job_execute(&order, &observer, result, &err) == -1)
		snprintf(result->reason, sizeof(result->reason), "%.*s",
		    (int)sizeof(result->reason) - 1, err.text);
}

void
local_execute(struct local_run *run, const struct job_order *order,
    struct local_end *end)
{
	struct job_end result;
	int attempt = 0;

	do
		execute(run, order, ++attempt, end, &result);
	while (try_again(run, &result, attempt));
	end->result = result.on == NULL || strcmp(result.on, "fail") == 0 ?
	    RESULT_FAILURE : strcmp(result.on, "cancel") == 0 ?
	    RESULT_CANCELLED : RESULT_SUCCESS;
	end->reason = arena_strdup(run->local.a, result.reason);
}

void
local_job(struct local_run *run, const struct job_plan *plan,
    struct local_end *end)
{
	const struct job_order order = {
		.config = &run->local.cli->config,
		.plan = plan,
		.github = run->local.facts.github,
		.vars = run->local.facts.vars,
		.run = "local",
		.own = true,
		.source = { .folder = run->folder },
	};

	local_execute(run, &order, end);
}
