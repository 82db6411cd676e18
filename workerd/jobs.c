/*
 * jobs.c - claimed jobs and their processes.
 *
 * A job that the database calls active has a process, or it is lost: it goes
 * back to the queue, or fails after its attempts. The process holds the lease
 * itself; that is watched too, for a process that lives but hangs.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/supervisor.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/base/layout.h"
#include "lib/base/log.h"
#include "lib/store/queue_line.h"

/* After the loss of a job, what it left is removed soon. */
#define SWEEP_AFTER_LOSS_MS 1000

/* Who waits so long for the database found it locked. */
#define LOCKED_MS 1000

static int
lose(struct supervisor *s, int64_t job, int attempt, const char *reason,
    struct err *err)
{
	int rc;

	rc = queue_lose(s->program.store, job, attempt,
	    s->program.config.max_attempts, queue_pause_ms(attempt), reason,
	    err);
	if (rc == -1 && err->code == ERR_CONFLICT) {
		err_clear(err); /* it has ended, or is another attempt's */
		return 0;
	}
	if (rc == -1)
		return -1;
	log_warn(rc == 1 ? "job lost: queued again" : "job lost: ended",
	    LOG_INT("job", job), LOG_INT("attempt", attempt),
	    LOG_INT("max_attempts", s->program.config.max_attempts),
	    LOG_STR("recovery_action", rc == 1 ? "requeue" : "fail"),
	    LOG_STR("reason", reason));
	s->activity = true;
	supervisor_sweep(s, SWEEP_AFTER_LOSS_MS);
	return 0;
}

/* A longer log stays in its file. */
#define PROCESS_LOG_MAX ((size_t)1 << 20)

/* --- starting ------------------------------------------------------------- */

static void
process_log(const struct supervisor *s, int64_t job, int attempt,
    struct str *out)
{
	layout_process_log(out, s->program.config.state_dir, job, attempt);
}

static int
start(struct supervisor *s, const struct job *job, struct err *err)
{
	struct arena a = ARENA_INIT(0);
	struct str log = STR_INIT;
	struct err e = { 0 };
	struct child *c;
	const char *operands[3] = { NULL };
	int rc = 0;

	operands[0] = arena_printf(&a, "%" PRId64, job->id);
	operands[1] = arena_printf(&a, "%d", job->attempt);
	process_log(s, job->id, job->attempt, &log);
	c = child_start(s, CHILD_JOB, program_command(
	    s->program.config.file, "pawl-job", operands, &a), log.s, &e);
	if (c == NULL) {
		rc = lose(s, job->id, job->attempt, e.text, err);
	} else {
		c->job = job->id;
		c->attempt = job->attempt;
		log_info("job started", LOG_INT("run", job->run),
		    LOG_INT("job", job->id),
		    LOG_INT("attempt", job->attempt),
		    LOG_INT("pid", c->proc.pid));
	}
	str_release(&log);
	arena_release(&a);
	return rc;
}

static int
claim(struct supervisor *s, struct err *err)
{
	struct arena a = ARENA_INIT(0);
	const struct queue_limits limits =
	    queue_limits_of(&s->program.config);
	struct job job;
	int rc = 0;

	while (!s->stopping && (int64_t)children_count(s, CHILD_JOB) <
	    s->program.config.max_jobs) {
		rc = queue_claim(s->program.store, s->worker,
		    s->program.config.lease_ms, &limits, &a, &job, err);
		if (rc == 1) {
			s->activity = true;
			rc = start(s, &job, err) == 0 ? 1 : -1;
		}
		arena_release(&a);
		if (rc != 1)
			break;
	}
	return rc == -1 ? -1 : 0;
}

/* --- watching ------------------------------------------------------------- */

/* While somebody holds the database, no lease can be renewed. Asks at most
 * once in a look: a locked database keeps us waiting. */
static bool
renewing_is_possible(struct supervisor *s)
{
	int64_t began = clock_mono_ms();
	struct err err = { 0 };

	if (store_begin(s->program.store, &err) == 0) {
		store_rollback(s->program.store);
		if (clock_mono_ms() - began < LOCKED_MS)
			return true;
	}
	s->locked_ms = clock_mono_ms();
	return false;
}

/* A lease that is over, of a process that lives: it hangs, and is killed. But
 * after a suspend of the host, when the clock was set, or when the database
 * was locked, all leases have ended at once, and their processes renew them a
 * moment later. So each gets as long again, by the clock that nobody sets. */
static void
check_lease(struct supervisor *s, const struct job *job, struct child *c)
{
	int64_t now = clock_mono_ms();
	int64_t left = job->lease_until_ms - clock_now_ms();

	if (left > 0) {
		c->over_ms = 0;
		supervisor_due(s, now + left);
		return;
	}
	if (c->over_ms == 0)
		c->over_ms = now;
	if (c->over_ms < s->locked_ms)
		c->over_ms = s->locked_ms;
	left = c->over_ms + s->program.config.lease_ms - now;
	if (left > 0) {
		supervisor_due(s, now + left);
		return;
	}
	if (c->killed)
		return;
	if (!renewing_is_possible(s)) {
		supervisor_due(s, s->locked_ms + s->program.config.lease_ms);
		return;
	}
	c->killed = true;
	log_warn("the job's process does not renew its lease: killing it",
	    LOG_INT("job", job->id), LOG_INT("pid", c->proc.pid));
	kill(c->proc.pid, SIGKILL);
}

static void
check_cancel(const struct job *job, struct child *c)
{
	if (job->cancel_at_ms == 0 || c->told)
		return;
	c->told = true;
	kill(c->proc.pid, SIGTERM);
}

/* An active job that nobody here watches: one of the supervisor before us.
 * Its process lives, and is watched from now on, or it is lost. */
static int
adopt(struct supervisor *s, const struct job *job, struct err *err)
{
	struct proc proc = { (pid_t)job->pid, (uint64_t)job->pid_started };
	struct err e = { 0 };
	struct child *c = NULL;

	if (proc_alive(&proc))
		c = child_adopt(s, CHILD_JOB, &proc, &e);
	if (c == NULL)
		return lose(s, job->id, job->attempt, "the job's process "
		    "ended while workerd was not running", err);
	c->job = job->id;
	c->attempt = job->attempt;
	log_info("job adopted", LOG_INT("job", job->id),
	    LOG_INT("pid", proc.pid));
	check_cancel(job, c);
	return 0;
}

/* At most so many lines in one look; the others come with the next. */
#define LATE_MAX 20

/* Who waits for too long is said once, with the reason. */
static int
tell_late(struct supervisor *s, struct err *err)
{
	const struct config *config = &s->program.config;
	struct arena a = ARENA_INIT(0);
	const char *reason = "";
	int64_t *ids, next = 0;
	size_t n = 0;
	int rc = 0;

	if (config->queue_alert_ms == 0)
		return 0;
	rc = queue_say_late(s->program.store, config->queue_alert_ms,
	    LATE_MAX, &a, &ids, &n, err);
	for (size_t i = 0; rc != -1 && i < n; i++) {
		rc = queue_reason(s->program.store, ids[i], config, &a,
		    &reason, err);
		if (rc == 1)
			log_warn("a job waits for long", LOG_INT("job",
			    ids[i]), LOG_STR("reason", reason));
	}
	arena_release(&a);
	if (rc == -1 || queue_late_next(s->program.store,
	    config->queue_alert_ms, &next, err) == -1)
		return -1;
	if (next > 0)
		supervisor_due_at(s, next);
	return 0;
}

/* What waits out a pause is looked at again when that ends. */
static int
claim_later(struct supervisor *s, struct err *err)
{
	int64_t next;

	if (s->clock_set && queue_recall(s->program.store, err) == -1)
		return -1;
	if (queue_next(s->program.store, &next, err) == -1)
		return -1;
	if (next > 0)
		supervisor_due_at(s, next);
	return 0;
}

int
jobs_look(struct supervisor *s, struct err *err)
{
	struct arena a = ARENA_INIT(0);
	struct job *jobs;
	size_t n;
	int rc;

	rc = queue_active(s->program.store, &a, &jobs, &n, err);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		struct child *c = child_of_job(s, jobs[i].id,
		    jobs[i].attempt);

		if (c == NULL) {
			rc = adopt(s, &jobs[i], err);
			continue;
		}
		check_cancel(&jobs[i], c);
		check_lease(s, &jobs[i], c);
	}
	arena_release(&a);
	if (rc == -1 || claim(s, err) == -1 || tell_late(s, err) == -1)
		return -1;
	return claim_later(s, err);
}

/* --- the end -------------------------------------------------------------- */

/* The process has recorded the job's end itself; if not, it was killed or
 * crashed, and the job is lost. Should this fail, the next look finds an
 * active job without a process. */
/* What a job's process said goes where we say things, so that one search finds
 * all of a run: whole lines, in one write as each of ours. */
static void
pass_on(const char *path)
{
	struct str text = STR_INIT;
	struct err err = { 0 };
	ssize_t ignored;

	if (file_read(path, PROCESS_LOG_MAX, &text, &err) == 0 &&
	    text.len > 0) {
		ignored = write(STDERR_FILENO, text.s, text.len);
		(void)ignored; /* it stays in its file, or is not missed */
	}
	str_release(&text);
}

void
jobs_ended(struct supervisor *s, const struct child *c,
    const struct proc_end *end)
{
	struct str reason = STR_INIT, log = STR_INIT;
	struct err err = { 0 };

	str_add(&reason, "the job's process: ");
	if (c->killed)
		str_add(&reason, "did not renew its lease; ");
	proc_end_text(end, &reason);
	if (lose(s, c->job, c->attempt, reason.s, &err) == -1)
		log_err("a lost job could not be given back yet", &err);
	process_log(s, c->job, c->attempt, &log);
	pass_on(log.s);
	/* What it said is kept when it may explain something. */
	if (end->how == PROC_EXITED && end->code == 0)
		unlink(log.s);
	str_release(&reason);
	str_release(&log);
}
