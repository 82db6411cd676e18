/*
 * execute.c - the life of one job: log, preparation, steps, end.
 *
 * Whatever happens in between, the end is one path: container and workspace
 * are removed, then the last line of the log says why.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/execute.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/base/json_text.h"
#include "lib/run/job.h"
#include "lib/run/kept_make.h"
#include "lib/run/services.h"

static const struct job_observer nobody;

/* Open the log and say whose it is. */
static int
open_log(struct job_exec *x, struct err *err)
{
	const struct job_order *o = x->order;
	const struct config *config = o->config;
	const struct joblog_spec spec = {
		.log_path = o->log_path,
		.index_path = o->index_path,
		.max_bytes = config->log_max_bytes,
		.max_rate = config->log_max_rate,
		.echo_fd = o->echo_fd,
		.mask = x->mask,
	};

	if (joblog_open(&x->log, &spec, err) == -1)
		return -1;
	return joblog_note(x->log, 0, err, "job \"%s\" of %s, attempt %d",
	    o->plan->name, o->run, o->attempt);
}

static void
set_result(struct job_exec *x, const char *on, int exit_code,
    enum err_kind kind, const char *reason)
{
	struct str safe = STR_INIT;

	job_mask(x, reason, strlen(reason), &safe);
	x->result->on = on;
	x->result->exit_code = exit_code;
	x->result->kind = kind;
	x->result->cause = strcmp(on, "fail") != 0 ? FAIL_NONE :
	    kind == ERR_KIND_USER ? FAIL_AUTHOR : FAIL_INFRA;
	snprintf(x->result->reason, sizeof(x->result->reason), "%s", safe.s);
	str_release(&safe);
}

/* The job was stopped between two things of its own. */
static void
set_stopped(struct job_exec *x)
{
	struct str why = STR_INIT;

	job_stop_text(x, &why);
	set_result(x, x->stop == JOB_STOP_CANCELLED ? "cancel" : "fail", -1,
	    ERR_KIND_USER, why.s);
	if (x->stop == JOB_STOP_TIMED_OUT)
		x->result->cause = FAIL_TIMEOUT;
	str_release(&why);
}

/* Who may see the run sees the text: it holds no secrets. Its mistakes stand
 * in the log, as lint prints them. */
static int
check_generated(struct job_exec *x, const char *path,
    const struct str *text, struct err *err)
{
	struct str problems = STR_INIT;
	int rc;

	if (memchr(text->s, '\0', text->len) != NULL)
		return err_set(err, ERR_INVALID, "\"%s\" has a NUL byte", path);
	if (job_is_secret(x, text->s))
		return err_set(err, ERR_INVALID, "\"%s\" holds a secret: "
		    "write ${{ secrets.NAME }} there", path);
	rc = generated_check(path, text->s, text->len, &problems, err);
	for (const char *line = problems.s; *line != '\0';) {
		size_t len = strcspn(line, "\n");

		joblog_say(x->log, 0, NULL, "%.*s", (int)len, line);
		line += len + (line[len] == '\n');
	}
	str_release(&problems);
	return rc;
}

/* The workflow that the job has written. One that is missing fails it. */
static int
take_generated(struct job_exec *x, struct err *err)
{
	const char *path = x->order->plan->generate;
	struct str text = STR_INIT;
	int rc;

	if (path == NULL || x->obs->generated == NULL ||
	    strcmp(x->result->on, "succeed") != 0)
		return 0;
	rc = step_file_read_below(x->workspace, path,
	    JOB_GENERATED_MAX_BYTES, &text, err);
	if (rc == 0)
		rc = check_generated(x, path, &text, err);
	if (rc == -1)
		err_wrap(err, "taking what the job wrote (\"generate\")");
	else
		rc = x->obs->generated(x->obs->ctx, text.s, text.len, err);
	str_release(&text);
	return rc;
}

/* All steps, and what came of them. */
static int
run_steps(struct job_exec *x, struct err *err)
{
	if (x->stop != JOB_GOES_ON || job_flow(x, err) == -1)
		return -1;
	if (x->stop != JOB_GOES_ON)
		set_stopped(x);
	else if (x->scope.status == STATUS_SUCCESS)
		set_result(x, "succeed", -1, ERR_KIND_USER, "");
	else
		x->result->kind = ERR_KIND_USER; /* the rest is known */
	if (!x->failed && x->result->cause == FAIL_INFRA)
		x->result->cause = FAIL_COMMAND;
	return job_outputs(x, err) == 0 && job_deployment(x, err) == 0 ?
	    take_generated(x, err) : -1;
}

static int
read_retry(struct job_exec *x, struct err *err)
{
	struct sight s;

	sight_init(&s, x, &x->scope, NULL, NULL, &x->arena);
	if (retry_read(x->order->plan->retry, false, &s, &x->result->retry,
	    err) == -1)
		return err_wrap(err, "\"retry\" of the job");
	return 0;
}

/* Prepare and run. An error of the user (no such image) is the job's end;
 * one of the infrastructure is kept in x->failure. */
static void
live(struct job_exec *x)
{
	struct err err = { 0 };

	if (open_log(x, &err) == 0 && job_contexts(x, &err) == 0 &&
	    read_retry(x, &err) == 0 && job_prepare(x, &err) == 0 && run_steps(x, &err) == 0)
		return;
	if (err.code != ERR_NONE && err_kind(err.code) == ERR_KIND_USER &&
	    x->stop != JOB_STOP_FAILED)
		set_result(x, "fail", -1, ERR_KIND_USER, err.text);
	else if (err.code != ERR_NONE)
		job_fail(x, &err);
	else
		set_stopped(x);
}

/* What could not be cleaned up is said in the log and left to the janitor:
 * the job's own result stands. */
static void
clean_up(struct job_exec *x)
{
	struct err err = { 0 };

	job_tick(x, true);
	if (x->workspace != -1)
		close(x->workspace);
	if (x->runner != -1)
		close(x->runner);
	services_ask_to_end(x);
	if (x->container != NULL &&
	    container_remove(x->container, &err) == -1 && x->log != NULL)
		joblog_say(x->log, 0, NULL, "warning: the container could "
		    "not be removed: %s", err.text);
	x->container = NULL;
	services_remove(x);
	err_clear(&err);
	if (network_remove(x->network, &err) == -1 && x->log != NULL)
		joblog_say(x->log, 0, NULL, "warning: the network could not "
		    "be removed: %s", err.text);
	x->network = NULL;
	engine_close(x->engine);
	x->engine = NULL;
	err_clear(&err);
	x->kept = x->log != NULL && kept_make(x);
	if (!x->kept && engine_remove_folder(x->order->config,
	    x->order->work_dir, &err) == -1 && x->log != NULL)
		joblog_say(x->log, 0, NULL, "warning: the workspace could "
		    "not be removed: %s", err.text);
}

/* The last line of the log. */
static int
say_end(struct job_exec *x, struct err *err)
{
	char took[CLOCK_TEXT_SIZE];
	const struct job_end *r = x->result;
	struct str members = STR_INIT;
	int64_t pause;
	int rc;

	if (joblog_tail(x->log, err) == -1)
		return -1;
	clock_duration(clock_mono_ms() - x->started_ms, took);
	if (strcmp(r->on, "succeed") == 0)
		rc = joblog_note(x->log, 0, err, "job succeeded in %s", took);
	else if (strcmp(r->on, "cancel") == 0)
		rc = joblog_say(x->log, 0, err, "job cancelled after %s",
		    took);
	else
		rc = joblog_say(x->log, 0, err, "job failed after %s%s: %s",
		    took, r->kind != ERR_KIND_USER ?
		    ", not by its own fault" : "", r->reason);
	str_addf(&members, "\"on\":\"%s\",\"exit_code\":%d", r->on,
	    r->exit_code);
	if (rc == 0 && strcmp(r->on, "fail") == 0 &&
	    retry_again(&r->retry, r->cause, r->exit_code,
	    x->order->attempt, &pause))
		rc = joblog_say(x->log, 0, err, "attempt %d of %d; the next "
		    "one in %s (\"retry\")", x->order->attempt,
		    r->retry.attempts, clock_duration(pause, took));
	if (rc == 0 && x->kept)
		rc = joblog_say(x->log, 0, err, "to look inside, within %s: "
		    "pawl shell %s %s", clock_duration(
		    x->order->config->keep_failed_for_ms, took),
		    x->order->run, x->order->plan->key);
	if (rc == 0)
		rc = joblog_event(x->log, 0, "job-end", members.s, err);
	str_release(&members);
	return rc;
}

static void
end(struct job_exec *x)
{
	struct err err = { 0 };

	if (x->started && x->failure.code == ERR_NONE &&
	    x->obs->completing != NULL && x->obs->completing(x->obs->ctx,
	    &err) == -1)
		job_fail(x, &err);
	clean_up(x);
	if (x->failure.code != ERR_NONE)
		set_result(x, "fail", -1, err_kind(x->failure.code) ==
		    ERR_KIND_BUG ? ERR_KIND_BUG : ERR_KIND_INFRA,
		    x->failure.text);
	err_clear(&err);
	if (x->log != NULL && say_end(x, &err) == -1)
		job_fail(x, &err);
	err_clear(&err);
	if (joblog_close(x->log, &err) == -1)
		job_fail(x, &err);
	x->log = NULL;
}

int
job_execute(const struct job_order *order, const struct job_observer *obs,
    struct job_end *result, struct err *err)
{
	const struct job_plan *plan = order->plan;
	struct job_exec x = {
		.order = order,
		.obs = obs != NULL ? obs : &nobody,
		.result = result,
		.mask = mask_new(),
		.started_ms = clock_mono_ms(),
		.workspace = -1,
		.runner = -1,
	};

	arena_init(&x.arena, 0);
	environment_init(&x.container_env, &x.arena);
	environment_init(&x.system, &x.arena);
	environment_init(&x.env, &x.arena);
	x.until_ms = x.started_ms + (plan->timeout_ms > 0 ?
	    plan->timeout_ms : order->config->job_timeout_ms);
	result->retry = (struct retry_rule){ .attempts = 1 };
	set_result(&x, "fail", -1, ERR_KIND_INFRA, "");
	live(&x);
	end(&x);
	result->over_time = x.stop == JOB_STOP_TIMED_OUT;
	if (x.failure.code != ERR_NONE)
		set_result(&x, "fail", -1, ERR_KIND_INFRA, x.failure.text);
	mask_free(x.mask);
	scopes_release(&x);
	environment_release(&x.container_env);
	environment_release(&x.system);
	environment_release(&x.env);
	arena_release(&x.arena);
	if (x.failure.code == ERR_NONE)
		return 0;
	return err_set(err, x.failure.code, "%s", x.failure.text);
}
