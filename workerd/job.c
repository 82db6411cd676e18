/*
 * job.c - pawl-job JOB ATTEMPT: one attempt of one job.
 *
 * Its own session and process, which outlives the supervisor. It holds the
 * job's lease itself; when it cannot renew it, it ends, and another attempt
 * may begin. SIGTERM means "cancel". What becomes of the job is written to the
 * database here; the supervisor only sees to a process that ended without
 * having done so.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/layout.h"
#include "lib/base/log.h"
#include "lib/base/proc.h"
#include "lib/base/retries.h"
#include "lib/base/utf8.h"
#include "lib/base/wake.h"
#include "lib/keep/artifact_copy.h"
#include "lib/run/execute.h"
#include "lib/store/deployments.h"
#include "lib/store/queue.h"
#include "lib/store/runs.h"
#include "lib/store/secrets.h"
#include "lib/store/services.h"
#include "workerd/advance.h"
#include "workerd/job_order.h"
#include "workerd/job_reports.h"
#include "workerd/job_storage.h"
#include "workerd/program.h"

struct job_process {
	struct program program;
	struct arena arena;
	struct job job;
	struct run run;
	int attempt;
	bool started; /* its container was */
	struct stored_job stored;
	struct job_order order;
	struct str outputs, generated; /* of the job; "": none */
	struct str log; /* path below public/ */
	struct str container;
};

static int cancel_pipe[2] = { -1, -1 };

static void
on_term(int signo)
{
	ssize_t ignored;

	(void)signo;
	ignored = write(cancel_pipe[1], "c", 1);
	(void)ignored;
}

static int
catch_signals(struct err *err)
{
	struct sigaction cancel = { .sa_handler = on_term };
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	if (pipe2(cancel_pipe, O_CLOEXEC | O_NONBLOCK) == -1)
		return err_errno(err, "cannot make a pipe");
	if (sigaction(SIGTERM, &cancel, NULL) == -1 ||
	    sigaction(SIGHUP, &ignore, NULL) == -1 ||
	    sigaction(SIGINT, &ignore, NULL) == -1 ||
	    sigaction(SIGPIPE, &ignore, NULL) == -1)
		return err_errno(err, "cannot catch signals");
	return 0;
}

/* Should a call that gave `rc` be made once more? */
static bool
again(int rc, struct err *err, int *tries)
{
	if (rc != -1 || err->code != ERR_BUSY || ++*tries >= RETRY_BUSY_TRIES)
		return false;
	log_warn("the database is locked; trying again",
	    LOG_INT("try", *tries));
	err_clear(err);
	sleep(RETRY_BUSY_PAUSE_S);
	return true;
}

/* --- secrets ---------------------------------------------------------------- */

/* Those of the configuration are the farthest: the database's come before
 * them. Each that is given is told to the audit with the others. */
static int
read_secrets(struct job_process *p, const struct job_secrets *wanted,
    struct arena *a, struct secret_value **values, size_t *n,
    struct err *err)
{
	const struct config *config = &p->program.config;
	struct secret_value *fallback = arena_alloc(a,
	    (config->n_secrets + 1) * sizeof(*fallback));
	const struct secrets_wanted asked = {
		.owner = p->run.owner, .repo = p->run.repo,
		.repo_name = arena_printf(a, "%s/%s", p->run.owner,
		    p->run.name),
		.environment = wanted->environment,
		.names = wanted->named.names, .n_names = wanted->named.n,
		.all = wanted->named.all,
		.fallback = fallback, .n_fallback = config->n_secrets,
		.run = p->order.run, .job = p->job.key,
		.attempt = p->attempt };
	int rc, tries = 0;

	for (size_t i = 0; i < config->n_secrets; i++)
		fallback[i] = (struct secret_value) { config->secrets[i].name,
			config->secrets[i].value };
	do
		rc = secrets_read(p->program.store, &asked, a, values, n,
		    err);
	while (again(rc, err, &tries));
	return rc;
}

static int
on_secrets(void *ctx, const struct job_secrets *wanted, struct arena *a,
    struct expr_object *out, struct err *err)
{
	struct secret_value *values;
	size_t n;

	if (read_secrets(ctx, wanted, a, &values, &n, err) == -1)
		return -1;
	for (size_t i = 0; i < n; i++)
		expr_object_add(out, values[i].name,
		    expr_string(values[i].value));
	return 0;
}

/* --- what job_execute() tells --------------------------------------------- */

static int
on_started(void *ctx, const char *engine, struct err *err)
{
	struct job_process *p = ctx;
	int rc, tries = 0;

	do
		rc = job_start(p->program.store, p->job.id, p->attempt,
		    engine, p->container.s, p->log.s, err);
	while (again(rc, err, &tries));
	if (rc != -1) {
		p->started = true;
		log_info("container started", LOG_STR("engine", engine),
		    LOG_STR("container", p->container.s));
	}
	return rc;
}

static int
on_step_started(void *ctx, const struct job_plan_step *step, const char *name,
    int64_t log_offset, struct err *err)
{
	struct job_process *p = ctx;
	struct str title = STR_INIT;
	int rc, tries = 0;

	str_add(&title, name);
	str_cut(&title, utf8_cut_len(title.s, title.len, TITLE_MAX_BYTES));
	do
		rc = step_start(p->program.store, p->job.id, p->attempt,
		    step->number, title.s, log_offset, err);
	while (again(rc, err, &tries));
	str_release(&title);
	return rc;
}

static int
on_step_finished(void *ctx, const struct job_plan_step *step, const char *on,
    int exit_code, const char *reason, struct err *err)
{
	struct job_process *p = ctx;
	int rc, tries = 0;

	do
		rc = step_finish(p->program.store, p->job.id, p->attempt,
		    step->number, on, exit_code, *reason != '\0' ? reason :
		    NULL, err);
	while (again(rc, err, &tries));
	return rc;
}

static int
on_completing(void *ctx, struct err *err)
{
	struct job_process *p = ctx;
	int rc, tries = 0;

	do
		rc = job_complete(p->program.store, p->job.id, p->attempt,
		    err);
	while (again(rc, err, &tries));
	return rc;
}

/* Nobody else can take the lease while the database is locked. */
static int
on_tick(void *ctx, struct err *err)
{
	struct job_process *p = ctx;
	int rc;

	rc = queue_renew(p->program.store, p->job.id, p->attempt,
	    p->program.config.lease_ms, err);
	if (rc == -1 && err->code == ERR_BUSY) {
		err_clear(err);
		return 0;
	}
	return rc;
}

static int
on_service(void *ctx, const char *name, struct err *err)
{
	struct job_process *p = ctx;
	int rc, tries = 0;

	do
		rc = service_add(p->program.store, p->job.id, p->attempt,
		    name, err);
	while (again(rc, err, &tries));
	return rc;
}

/* Both are stored with the job's end. */
static int
on_outputs(void *ctx, struct expr_object *outputs, struct err *err)
{
	const struct expr_value v = expr_from_object(outputs);
	struct job_process *p = ctx;

	(void)err;
	str_clear(&p->outputs);
	expr_json_write(&v, SIZE_MAX, &p->outputs);
	return 0;
}

static int
on_annotation(void *ctx, const struct job_plan_step *step, int number,
    const struct job_annotation *a, struct err *err)
{
	struct job_process *p = ctx;
	int rc, tries = 0;

	do
		rc = job_report_annotation(p->program.store, p->job.id,
		    p->attempt, step, number, a, err);
	while (again(rc, err, &tries));
	return rc;
}

static int
on_summary(void *ctx, const struct job_plan_step *step, const char *text,
    size_t len, struct err *err)
{
	struct job_process *p = ctx;
	struct str html = STR_INIT;
	int rc, tries = 0;

	job_report_render(text, len, &html);
	do
		rc = summary_set(p->program.store, p->job.id, p->attempt,
		    step->number, step->title, html.s, err);
	while (again(rc, err, &tries));
	str_release(&html);
	return rc;
}

static int
on_deployment(void *ctx, const char *environment, const char *url,
    struct err *err)
{
	struct job_process *p = ctx;
	const struct deployment d = { p->job.id, environment, url };
	int rc, tries = 0;

	do
		rc = deployment_set(p->program.store, &d, err);
	while (again(rc, err, &tries));
	return rc;
}

static int
on_generated(void *ctx, const char *text, size_t len, struct err *err)
{
	struct job_process *p = ctx;

	(void)err;
	str_clear(&p->generated);
	str_add_len(&p->generated, text, len);
	return 0;
}

/* --- from the database to an order ---------------------------------------- */

/* Tell a supervisor that comes after ours whom to adopt. Done here, not by the
 * one that started us: that may be killed before it could, and then this
 * process would go on unknown. */
static int
sign_in(struct job_process *p, struct err *err)
{
	int rc, tries = 0;

	do
		rc = queue_assign_process(p->program.store, p->job.id,
		    p->attempt, getpid(),
		    (int64_t)proc_start_time(getpid()), err);
	while (again(rc, err, &tries));
	if (rc == -1 && err->code == ERR_CONFLICT) {
		err_clear(err);
		log_warn("this attempt is over already");
		return 0;
	}
	return rc == 0 ? 1 : -1;
}

/* Every line from here on says whose it is. */
static void
name_run(struct job_process *p)
{
	log_context("run", arena_printf(&p->arena, "%" PRId64, p->run.id));
	if (p->run.delivery != NULL)
		log_context("delivery", p->run.delivery);
	log_info("job picked up", LOG_STR("repository", arena_printf(
	    &p->arena, "%s/%s", p->run.owner, p->run.name)),
	    LOG_INT("number", p->run.number), LOG_STR("key", p->job.key));
}

/* Read job, run and plan. Returns 0 when there is nothing to do (any more). */
static int
load(struct job_process *p, struct err *err)
{
	struct store *st = p->program.store;
	int rc;

	rc = job_find_id(st, program_number(&p->program, 0), &p->arena,
	    &p->job, err);
	if (rc != 1)
		return rc;
	if (p->job.state != JOB_ASSIGNED || p->job.attempt != p->attempt) {
		log_warn("this attempt is over already");
		return 0;
	}
	rc = sign_in(p, err);
	if (rc != 1)
		return rc;
	rc = run_find_id(st, p->job.run, &p->arena, &p->run, err);
	if (rc == 1)
		name_run(p);
	return rc;
}

/* A path in `a` that one of the layout functions makes. */
static const char *
keep(struct arena *a, struct str *path)
{
	const char *kept = arena_strdup(a, path->s);

	str_release(path);
	return kept;
}

static int
make_order(struct job_process *p, struct err *err)
{
	struct job_order *o = &p->order;
	const struct config *config = &p->program.config;
	const struct run *run = &p->run;
	const struct layout_run place = run_layout(run);
	struct arena *a = &p->arena;
	struct str path = STR_INIT, index = STR_INIT;

	if (stored_job_order(p->program.store, config, &p->stored, a, o,
	    err) == -1)
		return -1;
	o->debug = run->debug;
	o->instance = program_instance(config, a, err);
	o->job = p->job.id;
	o->attempt = p->attempt;
	layout_work(&path, config->state_dir, p->job.id, p->attempt);
	o->work_dir = keep(a, &path);
	if (config->keep_failed_for_ms > 0 &&
	    config->keep_failed_max_bytes > 0) {
		layout_kept(&path, config->state_dir, p->job.id, p->attempt);
		o->keep_dir = keep(a, &path);
	}
	layout_job_log(&p->log, LAYOUT_LOG, &place, p->job.key, p->attempt);
	layout_public_file(&path, config->state_dir, p->log.s);
	o->log_path = keep(a, &path);
	layout_job_log(&index, LAYOUT_LOG_INDEX, &place, p->job.key,
	    p->attempt);
	layout_public_file(&path, config->state_dir, index.s);
	o->index_path = keep(a, &path);
	str_release(&index);
	str_addf(&p->container, "ci-job-%" PRId64 "-%d", p->job.id,
	    p->attempt);
	o->echo_fd = -1;
	o->cancel_fd = cancel_pipe[0];
	return o->instance == NULL ? -1 : 0;
}

/* --- the end -------------------------------------------------------------- */

/* Give the job back for another attempt, or let it fail at the last. A job
 * whose `retry` names such failures has had its attempts. */
static int
lose(struct job_process *p, const struct job_end *result, const char *reason,
    struct err *err)
{
	bool own = (result->retry.causes & 1u << FAIL_INFRA) != 0;
	int64_t max = own ? result->retry.attempts :
	    p->program.config.max_attempts;
	int rc, tries = 0;

	do
		rc = queue_lose(p->program.store, p->job.id, p->attempt, max,
		    queue_pause_ms(p->attempt), reason, err);
	while (again(rc, err, &tries));
	if (rc != -1)
		log_warn(rc == 1 ? "job lost: queued again" :
		    "job lost: ended", LOG_INT("max_attempts", max),
		    LOG_STR("recovery_action", rc == 1 ? "requeue" : "fail"),
		    LOG_STR("reason", reason));
	return rc;
}

static int
finish(struct job_process *p, const struct job_end *result,
    struct err *err)
{
	const struct job_done done = { .on = result->on,
		.exit_code = result->exit_code,
		.reason = result->reason[0] != '\0' ? result->reason : NULL,
		.outputs = p->outputs.len > 0 ? p->outputs.s : NULL,
		.generated = p->generated.len > 0 ? p->generated.s : NULL,
		.cause = result->cause != FAIL_NONE ?
		    fail_cause_name(result->cause) : NULL,
		.limit_of = result->over_time ? "job" : NULL };
	int rc, tries = 0;

	do
		rc = job_finish(p->program.store, p->job.id, p->attempt,
		    &done, err);
	while (again(rc, err, &tries));
	return rc;
}

/* "attempt 1 of 3 failed: ...; next in 4 s". */
static int
retry(struct job_process *p, const struct job_end *result, int64_t pause_ms,
    struct err *err)
{
	struct str reason = STR_INIT;
	char text[CLOCK_TEXT_SIZE];
	int rc, tries = 0;

	str_addf(&reason, "attempt %d of %d %s: %s; next in %s", p->attempt,
	    result->retry.attempts, result->cause == FAIL_TIMEOUT ?
	    "timed out" : "failed", result->reason,
	    clock_duration(pause_ms, text));
	log_info("the job is tried again", LOG_STR("reason", reason.s),
	    LOG_STR("recovery_action", "retry"),
	    LOG_INT("max_attempts", result->retry.attempts),
	    LOG_STR("cause", fail_cause_name(result->cause)));
	do
		rc = queue_retry(p->program.store, p->job.id, p->attempt,
		    pause_ms, reason.s, fail_cause_name(result->cause),
		    err);
	while (again(rc, err, &tries));
	str_release(&reason);
	return rc;
}

/* A plan that cannot be read will not be read the next time either. */
static int
read_plan(struct job_process *p, struct err *err)
{
	struct job_end result = { .on = "fail", .exit_code = -1 };
	struct err e = { 0 };

	p->stored = (struct stored_job) { .run = &p->run, .job = &p->job,
		.attempt = p->attempt };
	if (stored_job_read(p->program.store, &p->stored, &p->arena, &e) == 0)
		return 1;
	if (err_kind(e.code) == ERR_KIND_INFRA)
		return err_set(err, e.code, "%s", e.text);
	snprintf(result.reason, sizeof(result.reason), "its plan cannot be "
	    "read: %.400s", e.text);
	return finish(p, &result, err);
}

/* What follows from the job's end. When this fails, pawl-workerd sees to it:
 * the run stays marked. */
static void
advance(struct job_process *p)
{
	struct err err = { 0 };
	int rc, tries = 0;

	do
		rc = run_advance(p->program.store, &p->program.config,
		    p->job.run, &err);
	while (again(rc, &err, &tries));
	if (rc == -1)
		log_err("the run could not be decided yet", &err);
}

static int
execute(struct job_process *p, struct err *err)
{
	struct storing storing = { .store = p->program.store,
		.config = &p->program.config, .run = &p->run,
		.job = p->job.id, .attempt = p->attempt };
	const struct job_observer observer = { .ctx = p,
		.secrets = on_secrets,
		.started = on_started, .step_started = on_step_started,
		.step_finished = on_step_finished,
		.completing = on_completing, .tick = on_tick,
		.outputs = on_outputs, .annotation = on_annotation,
		.summary = on_summary, .generated = on_generated,
		.service = on_service, .deployment = on_deployment,
		.storage = &storing.table };
	struct job_end result = { .on = NULL };
	struct err e = { 0 };
	int64_t pause;
	int rc;

	job_storage_init(&storing);
	rc = make_order(p, &e);
	if (rc == 0)
		rc = job_execute(&p->order, &observer, &result, &e);
	if (p->started)
		log_info("container stopped", LOG_STR("container",
		    p->container.s));
	if (result.on != NULL && e.code != ERR_CONFLICT &&
	    retry_again(&result.retry, result.cause, result.exit_code,
	    p->attempt, &pause))
		return retry(p, &result, pause, err);
	if (rc == 0) {
		log_info("job ended", LOG_STR("on", result.on),
		    LOG_STR("reason", result.reason));
		return finish(p, &result, err);
	}
	log_err("the job could not be run", &e);
	if (e.code == ERR_CONFLICT) /* it is another attempt's by now */
		return 0;
	return lose(p, &result, e.text, err);
}

/* The second copies, now that nobody waits for us. What does not go now is
 * done by pawl-janitor. */
static void
copy_artifacts(struct job_process *p)
{
	struct err err = { 0 };

	if (artifact_copy_waiting(p->program.store, &p->program.config,
	    &err) == -1)
		log_err("copies of artifacts wait", &err);
}

int
main(int argc, char **argv)
{
	struct job_process p = {
		.program = { .name = "pawl-job", .usage = "JOB ATTEMPT" },
		.log = STR_INIT,
		.container = STR_INIT,
		.outputs = STR_INIT,
		.generated = STR_INIT,
	};
	struct err err = { 0 };
	int rc;

	/* It will hold secrets: no core file, and nobody looks into it. What
	 * it executes is not concerned. */
	(void)prctl(PR_SET_DUMPABLE, 0);
	program_start(&p.program, argc, argv);
	p.attempt = (int)program_number(&p.program, 1);
	log_context("job", p.program.operands[0]);
	log_context("attempt", p.program.operands[1]);
	program_open_store(&p.program, STORE_EXISTING);
	rc = catch_signals(&err);
	if (rc == 0)
		rc = load(&p, &err);
	if (rc == 1)
		rc = read_plan(&p, &err);
	if (rc == 1)
		rc = execute(&p, &err);
	if (rc == -1)
		log_err("the job's end could not be recorded", &err);
	else if (p.job.run != 0)
		advance(&p);
	wake_send(p.program.config.run_dir);
	copy_artifacts(&p);
	str_release(&p.log);
	str_release(&p.container);
	str_release(&p.outputs);
	str_release(&p.generated);
	arena_release(&p.arena);
	program_end(&p.program);
	return rc == -1 ? 1 : 0;
}
