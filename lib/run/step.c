/*
 * step.c - one step: start its shell in the container, move its output into
 * the log, and end it when a limit says so.
 *
 * One poll loop waits for both pipes, the step's end and all limits. Every
 * turn reads at most one buffer of each pipe, so a step that prints without
 * pause is still ended in time. When the step has ended, what is in the pipes
 * is read and no more: processes that it left behind may print for ever.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/job.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/base/json_text.h"

#define READ_BYTES (64 * 1024)
/* Larger than the kernel's 64 KiB, so that a busy step seldom waits. */
#define PIPE_BYTES (256 * 1024)
/* After KILL nothing can refuse; a frozen container is left to its removal. */
#define KILL_WAIT_MS 10000

enum { OUT, DIAG, ENDED, N_FDS };

enum phase { RUNNING, TERM_SENT, KILL_SENT };

struct running {
	struct job_exec *x;
	const struct plan_step *step;
	int fds[2];        /* our ends of the pipes; -1 once closed */
	enum phase phase;
	int64_t until_ms;  /* the step's limit, or that of the phase */
	bool timed_out;    /* the step's own limit was reached */
	bool ended;
	struct proc_end end;
	int64_t number; /* in the container */
};

static int64_t
limit_ms(const struct running *r)
{
	return r->step->timeout_ms > 0 ? r->step->timeout_ms :
	    r->x->order->config->step_timeout_ms;
}

/* --- ending early --------------------------------------------------------- */

/* Why the step is ended, for people. */
static void
why_text(const struct running *r, struct str *out)
{
	char text[CLOCK_TEXT_SIZE];

	if (r->timed_out)
		str_addf(out, "timed out after %s (%s)",
		    clock_duration(limit_ms(r), text),
		    r->step->timeout_ms > 0 ?
		    "\"timeout-minutes\" of the step" :
		    "\"step-timeout\" of the configuration");
	else
		job_stop_text(r->x, out);
}

/* Ask the step's processes to end, and give them time to. */
static int
ask_to_end(struct running *r, struct err *err)
{
	struct str why = STR_INIT;
	int rc;

	why_text(r, &why);
	rc = joblog_say(r->x->log, r->step->number, err, "%s: ending the "
	    "step (TERM)", why.s);
	str_release(&why);
	r->phase = TERM_SENT;
	r->until_ms = clock_mono_ms() + r->x->order->config->cancel_grace_ms;
	if (rc == 0)
		rc = container_signal(r->x->container, 0, SIGTERM, err);
	return rc;
}

static int
make_end(struct running *r, struct err *err)
{
	char text[CLOCK_TEXT_SIZE];
	int rc;

	rc = joblog_say(r->x->log, r->step->number, err, "it did not end "
	    "within %s (\"cancel-grace\"): killing it", clock_duration(
	    r->x->order->config->cancel_grace_ms, text));
	r->phase = KILL_SENT;
	r->until_ms = clock_mono_ms() + KILL_WAIT_MS;
	if (rc == 0)
		rc = container_signal(r->x->container, 0, SIGKILL, err);
	return rc;
}

/* Act on what is due: the phases follow each other, each with its limit. */
static int
look_at_limits(struct running *r, struct err *err)
{
	bool due = clock_mono_ms() >= r->until_ms;

	/* Nobody waits for this job's end any more, or it cannot be told:
	 * another attempt may begin at any moment. */
	if (r->x->stop == JOB_STOP_FAILED)
		return err_set(err, r->x->failure.code, "%s",
		    r->x->failure.text);
	switch (r->phase) {
	case RUNNING:
		if (r->x->stop == JOB_GOES_ON && !due)
			return 0;
		r->timed_out = r->x->stop == JOB_GOES_ON;
		return ask_to_end(r, err);
	case TERM_SENT:
		return due ? make_end(r, err) : 0;
	case KILL_SENT:
		if (!due)
			return 0;
		/* Its container is removed with all that is in it. */
		r->ended = true;
		r->end.how = PROC_UNKNOWN;
		return 0;
	}
	return 0;
}

/* --- output --------------------------------------------------------------- */

/* One read of a pipe. */
static int
take(struct running *r, int i, size_t max, struct err *err)
{
	char buf[READ_BYTES];
	ssize_t n = read(r->fds[i], buf, max < sizeof(buf) ? max :
	    sizeof(buf));

	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n <= 0) {
		close(r->fds[i]);
		r->fds[i] = -1;
		return 0;
	}
	if (joblog_output(r->x->log, r->step->number, i == OUT ?
	    JOBLOG_STDOUT : JOBLOG_STDERR, buf, (size_t)n, err) == -1)
		return -1;
	return (int)n;
}

/* What the pipes hold at this moment, and no more. */
static int
drain(struct running *r, struct err *err)
{
	for (int i = OUT; i <= DIAG; i++) {
		int left = 0, n = 0;

		if (r->fds[i] == -1 || ioctl(r->fds[i], FIONREAD, &left) ==
		    -1)
			continue;
		for (; left > 0; left -= n) {
			n = take(r, i, (size_t)left, err);
			if (n == -1)
				return -1;
			if (n == 0)
				break;
		}
	}
	return joblog_flush(r->x->log, r->step->number, err);
}

/* Until the step's end; output goes to the log as it comes. */
static int
follow(struct running *r, struct err *err)
{
	struct pollfd fds[N_FDS];
	int rc;

	while (!r->ended) {
		for (int i = 0; i < N_FDS; i++) {
			fds[i].fd = i == ENDED ? container_fd(r->x->container)
			    : r->fds[i];
			fds[i].events = POLLIN;
		}
		job_wait(r->x, fds, N_FDS, r->until_ms, r->phase == RUNNING);
		for (int i = OUT; i <= DIAG; i++)
			if (fds[i].revents != 0 &&
			    take(r, i, READ_BYTES, err) == -1)
				return -1;
		if (fds[ENDED].revents != 0) {
			rc = container_step_poll(r->x->container,
			    &r->number, &r->end, err);
			if (rc == -1) {
				drain(r, NULL);
				return -1;
			}
			r->ended = rc == 1;
		}
		if (!r->ended && look_at_limits(r, err) == -1)
			return -1;
	}
	return drain(r, err);
}

/* --- the whole ------------------------------------------------------------ */

/* Ends that look like the command's own and are limits of ours. */
static void
name_limit(const struct running *r, struct str *out)
{
	const struct config *config = r->x->order->config;
	const struct proc_end *end = &r->end;
	/* A shell tells of its command's signal by 128 and its number. */
	bool too_large = end->how == PROC_SIGNALLED ? end->code == SIGXFSZ :
	    end->code == 128 + SIGXFSZ;

	if (container_out_of_memory(r->x->container))
		str_add(out, ", out of memory (\"memory-max-bytes\")");
	if (too_large && config->workspace_max_bytes > 0)
		str_add(out, ", a file over the limit "
		    "(\"workspace-max-bytes\")");
}

static void
judge(const struct running *r, struct step_outcome *outcome)
{
	bool exited = r->end.how == PROC_EXITED;

	if (exited)
		outcome->exit_code = r->end.code;
	if (r->timed_out || r->phase != RUNNING) {
		outcome->on = !r->timed_out &&
		    r->x->stop == JOB_STOP_CANCELLED ? "cancel" : "fail";
		why_text(r, &outcome->reason);
	} else if (exited && r->end.code == 0) {
		outcome->on = "succeed";
	} else {
		outcome->on = "fail";
		proc_end_text(&r->end, &outcome->reason);
		name_limit(r, &outcome->reason);
	}
}

static int
begin(struct job_exec *x, const struct plan_step *step, struct err *err)
{
	struct str name = STR_INIT;
	int rc;

	str_add(&name, "\"name\":");
	json_text(&name, step->name);
	rc = joblog_event(x->log, step->number, "step-start", name.s, err);
	if (rc == 0 && x->obs->step_started != NULL)
		rc = x->obs->step_started(x->obs->ctx, step,
		    joblog_offset(x->log), err);
	str_release(&name);
	return rc;
}

static int
finish(struct job_exec *x, const struct plan_step *step,
    const struct step_outcome *outcome, struct err *err)
{
	struct str members = STR_INIT;
	int rc;

	str_addf(&members, "\"on\":\"%s\",\"exit_code\":%d", outcome->on,
	    outcome->exit_code);
	if (outcome->reason.len > 0) {
		str_add(&members, ",\"reason\":");
		json_text(&members, outcome->reason.s);
	}
	rc = joblog_event(x->log, step->number, "step-end", members.s, err);
	if (rc == 0 && x->obs->step_finished != NULL)
		rc = x->obs->step_finished(x->obs->ctx, step, outcome->on,
		    outcome->exit_code, outcome->reason.s, err);
	str_release(&members);
	return rc;
}

static int
make_pipe(int ends[2], struct err *err)
{
	if (pipe2(ends, O_CLOEXEC) == -1)
		return err_errno(err, "cannot make a pipe");
	/* Refused when the user has many already; then it is the usual. */
	fcntl(ends[0], F_SETPIPE_SZ, PIPE_BYTES);
	return file_set_flags(ends[0], true, err);
}

/* Start and follow. Errors of the pipeline's author (no such shell, no such
 * folder, files beyond the limit) are an outcome. */
static int
run(struct running *r, struct step_outcome *outcome, struct err *err)
{
	int out[2] = { -1, -1 }, diag[2] = { -1, -1 }, rc;
	struct err e = { 0 };

	rc = make_pipe(out, &e) == 0 && make_pipe(diag, &e) == 0 ? 0 : -1;
	r->fds[OUT] = out[0];
	r->fds[DIAG] = diag[0];
	if (rc == 0)
		rc = job_step_start(r->x, r->step, out[1], diag[1], &e);
	if (out[1] != -1)
		close(out[1]);
	if (diag[1] != -1)
		close(diag[1]);
	if (rc == 0) {
		r->until_ms = clock_mono_ms() + limit_ms(r);
		rc = follow(r, &e);
	}
	for (int i = OUT; i <= DIAG; i++)
		if (r->fds[i] != -1)
			close(r->fds[i]);
	if (rc == 0) {
		judge(r, outcome);
	} else if (err_kind(e.code) == ERR_KIND_USER) {
		outcome->on = "fail";
		str_add(&outcome->reason, e.text);
		rc = 0;
	} else {
		err_set(err, e.code, "%s", e.text);
	}
	return rc;
}

int
job_step(struct job_exec *x, const struct plan_step *step,
    struct step_outcome *outcome, struct err *err)
{
	struct running r = { .x = x, .step = step, .fds = { -1, -1 } };

	outcome->on = "fail";
	outcome->exit_code = -1;
	if (begin(x, step, err) == -1 || run(&r, outcome, err) == -1)
		return -1;
	return finish(x, step, outcome, err);
}
