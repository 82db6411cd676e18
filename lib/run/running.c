/*
 * running.c - the processes of steps: move their output into the log, and end
 * them when a limit says so.
 *
 * One poll waits for all pipes, all ends and all limits. Every turn reads at
 * most one buffer of each pipe, so a step that prints without pause is still
 * ended in time. When a step has ended, what is in its pipes is read and no
 * more: processes that it left behind may print for ever.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/builtin.h"

#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/file.h"

enum { OUT, DIAG };

static void
forget(struct step_run *s)
{
	struct job_exec *x = s->x;

	for (size_t i = 0; i < x->n_running; i++)
		if (x->running[i] == s) {
			x->n_running--;
			memmove(x->running + i, x->running + i + 1,
			    (x->n_running - i) * sizeof(*x->running));
			return;
		}
}

static void
close_pipes(struct step_run *s)
{
	if (s->work != NULL) {
		s->fds[OUT] = -1;
		work_stop(s);
	}
	for (int i = OUT; i <= DIAG; i++) {
		if (s->fds[i] != -1)
			close(s->fds[i]);
		s->fds[i] = -1;
	}
}

/* --- ending early --------------------------------------------------------- */

int
running_cancel(struct step_run *s, struct err *err)
{
	if (s->phase == STEP_PAUSES) {
		s->phase = STEP_OVER;
		s->outcome.on = "cancel";
		forget(s);
		return 0;
	}
	if (s->phase != STEP_RUNS)
		return 0;
	s->asked = true;
	return ending_ask(s, err);
}

/* --- output --------------------------------------------------------------- */

static int
end_process(struct step_run *s, struct err *err);

/* What the work of an action tells. */
static int
take_work(struct step_run *s, struct err *err)
{
	int rc = work_take(s, err);

	if (rc != 1)
		return rc;
	s->fds[OUT] = -1;
	return end_process(s, err);
}

static int
take(struct step_run *s, int i, size_t max, struct err *err)
{
	return s->work != NULL ? take_work(s, err) :
	    output_read(s, i, max, err);
}

/* What the pipes hold at this moment, and no more. */
static int
drain(struct step_run *s, struct err *err)
{
	for (int i = OUT; i <= DIAG && s->work == NULL; i++) {
		int left = 0, n = 0;

		if (s->fds[i] == -1 || ioctl(s->fds[i], FIONREAD, &left) ==
		    -1)
			continue;
		for (; left > 0; left -= n) {
			n = take(s, i, (size_t)left, err);
			if (n == -1)
				return -1;
			if (n == 0)
				break;
		}
	}
	return 0;
}

/* --- ends ------------------------------------------------------------------- */

/* Is it tried again? Its attempt is counted up then. */
static bool
next_try(struct step_run *s, int64_t *pause_ms)
{
	const struct step_outcome *o = &s->outcome;

	if (strcmp(o->on, "fail") != 0 || s->asked ||
	    s->x->stop != JOB_GOES_ON || !retry_again(&s->retry, o->cause,
	    o->exit_code, s->attempt, pause_ms))
		return false;
	s->attempt++;
	return true;
}

struct container *
step_container(const struct step_run *s)
{
	return s->box != NULL ? s->box : s->x->container;
}

/* Its own container goes with its process. */
static int
remove_box(struct step_run *s, struct err *err)
{
	struct err e = { 0 };
	int rc = container_remove(s->box, &e);

	s->box = NULL;
	return rc == 0 ? 0 : joblog_say(s->x->log, s->plan->number, err,
	    "warning: the container of the step could not be removed: %s",
	    e.text);
}

/* The process is gone: is the step? */
static int
end_process(struct step_run *s, struct err *err)
{
	char text[CLOCK_TEXT_SIZE];
	int64_t pause;

	if (drain(s, err) == -1 || output_end(s, err) == -1 ||
	    remove_box(s, err) == -1)
		return -1;
	close_pipes(s);
	ending_judge(s);
	if (s->outcome.cause == FAIL_MEMORY &&
	    ending_say_memory(s, err) == -1)
		return -1;
	s->phase = STEP_OVER;
	if (!next_try(s, &pause)) {
		forget(s);
		return 0;
	}
	s->phase = STEP_PAUSES;
	s->until_ms = clock_mono_ms() + pause;
	return joblog_say(s->x->log, s->plan->number, err, "%s: try %d of %d "
	    "in %s", s->outcome.reason.s, s->attempt, s->retry.attempts,
	    clock_duration(pause, text));
}

/* --- starting ------------------------------------------------------------------ */

/* Its own limit, or that of an action around it if that is nearer. */
static void
set_limit(struct step_run *s)
{
	s->until_ms = clock_mono_ms() + step_limit_ms(s);
	s->around = false;
	for (const struct job_scope *scope = s->scope; scope != NULL;
	    scope = scope->outer)
		if (scope->until_ms > 0 && scope->until_ms < s->until_ms) {
			s->until_ms = scope->until_ms;
			s->around = true;
		}
}

static int
start(struct step_run *s, struct err *err)
{
	int out[2] = { -1, -1 }, diag[2] = { -1, -1 }, rc;

	rc = job_pipe(out, err) == 0 && job_pipe(diag, err) == 0 ? 0 : -1;
	s->fds[OUT] = out[0];
	s->fds[DIAG] = diag[0];
	if (rc == 0)
		rc = step_spawn(s, out[1], diag[1], err);
	s->spawned = s->spawned || rc == 0;
	if (out[1] != -1)
		close(out[1]);
	if (diag[1] != -1)
		close(diag[1]);
	s->phase = rc == 0 ? STEP_RUNS : STEP_OVER;
	s->outcome.timed_out = false;
	set_limit(s);
	if (rc == -1)
		close_pipes(s);
	return rc;
}

/* What steps may still take that run although the job was stopped. */
static void
set_last(struct job_exec *x)
{
	int64_t ms = x->order->plan->cancel_timeout_ms;

	if (x->last_ms == 0)
		x->last_ms = clock_mono_ms() + (ms > 0 ? ms :
		    x->order->config->cancel_grace_ms);
}

static void
keep(struct step_run *s)
{
	struct job_exec *x = s->x;

	if (x->running == NULL)
		x->running = arena_alloc(&x->arena, CONTAINER_MAX_STEPS *
		    sizeof(*x->running));
	x->running[x->n_running++] = s;
}

int
running_start(struct step_run *s, struct err *err)
{
	if (s->x->stop != JOB_GOES_ON)
		set_last(s->x);
	if (start(s, err) == -1)
		return -1;
	keep(s);
	return 0;
}

void
running_work(struct step_run *s, int fd)
{
	if (s->x->stop != JOB_GOES_ON)
		set_last(s->x);
	s->number = -1;
	s->fds[OUT] = fd;
	s->phase = STEP_RUNS;
	s->outcome.timed_out = false;
	set_limit(s);
	keep(s);
}

int
running_process(struct step_run *s, struct err *err)
{
	s->fds[OUT] = -1;
	work_stop(s);
	return start(s, err);
}

/* A pause is over. A mistake of the user's ends the step. */
static int
start_again(struct step_run *s, struct err *err)
{
	struct err e = { 0 };

	if (!s->spawned) {
		forget(s);
		return step_again(s, err);
	}
	if (step_files_make(&s->files, s->x->runner, &s->x->spares,
	    &e) == 0) {
		if (s->box_image != NULL) { /* its container is gone */
			forget(s);
			return step_again(s, err);
		}
		if (start(s, &e) == 0)
			return 0;
	}
	if (err_kind(e.code) != ERR_KIND_USER)
		return err_set(err, e.code, "%s", e.text);
	s->phase = STEP_OVER;
	str_clear(&s->outcome.reason);
	str_add(&s->outcome.reason, e.text);
	s->outcome.cause = FAIL_AUTHOR;
	forget(s);
	return 0;
}

/* --- all of them ------------------------------------------------------------------ */

/* Act on what is due: the phases follow each other, each with its limit. */
static int
look_at_limits(struct step_run *s, struct err *err)
{
	struct job_exec *x = s->x;
	int64_t now = clock_mono_ms();
	bool due = now >= s->until_ms;

	switch (s->phase) {
	case STEP_RUNS:
		if (!due && (x->last_ms == 0 || now < x->last_ms))
			return 0;
		s->outcome.timed_out = due;
		return ending_ask(s, err);
	case STEP_TERM_SENT:
		return due ? ending_kill(s, err) : 0;
	case STEP_KILL_SENT:
		if (!due)
			return 0;
		/* Its container is removed with all that is in it. */
		s->end.how = PROC_UNKNOWN;
		return end_process(s, err);
	case STEP_PAUSES:
		return due ? start_again(s, err) : 0;
	case STEP_OVER:
		break;
	}
	return 0;
}

/* Does the step's condition hold now that the job is stopped? */
static bool
goes_on(struct step_run *s)
{
	struct arena a = ARENA_INIT(0);
	struct err ignored = { 0 };
	struct expr_value v;
	struct sight sight;
	bool on;

	sight_init(&sight, s->x, s->scope, &s->vars, s, &a);
	on = sight_value(&sight, s->plan->condition, &v, &ignored) == 0 &&
	    expr_truthy(&v);
	arena_release(&a);
	return on;
}

/* The job is stopped: once, each step is asked whether it is for that. */
static int
tell_stop(struct job_exec *x, struct err *err)
{
	struct step_run *list[CONTAINER_MAX_STEPS];
	size_t n = x->n_running;

	x->stop_told = true;
	for (size_t i = 0; i < n; i++)
		list[i] = x->running[i];
	for (size_t i = 0; i < n; i++) {
		struct step_run *s = list[i];

		if (s->phase == STEP_PAUSES) {
			s->phase = STEP_OVER;
			forget(s);
		} else if (s->phase == STEP_RUNS && goes_on(s)) {
			set_last(x);
		} else if (s->phase == STEP_RUNS &&
		    ending_ask(s, err) == -1) {
			return -1;
		}
	}
	return 0;
}

/* The container is gone, by the job's own doing: so are its steps. */
static int
end_all(struct job_exec *x, const struct err *why, struct err *err)
{
	if (err_kind(why->code) != ERR_KIND_USER)
		return err_set(err, why->code, "%s", why->text);
	while (x->n_running > 0) {
		struct step_run *s = x->running[0];

		close_pipes(s);
		s->phase = STEP_OVER;
		s->outcome.on = "fail";
		s->outcome.cause = FAIL_SPACE;
		str_clear(&s->outcome.reason);
		str_add(&s->outcome.reason, why->text);
		forget(s);
	}
	return 0;
}

/* A container of a step's own is gone before its process told of its end. */
static int
lose_box(struct step_run *s, const struct err *why, struct err *err)
{
	if (err_kind(why->code) != ERR_KIND_USER)
		return err_set(err, why->code, "%s", why->text);
	if (drain(s, err) == -1 || output_end(s, err) == -1 ||
	    remove_box(s, err) == -1)
		return -1;
	close_pipes(s);
	s->phase = STEP_OVER;
	s->outcome.on = "fail";
	str_clear(&s->outcome.reason);
	str_add(&s->outcome.reason, why->text);
	forget(s);
	return 0;
}

/* The end of a step in a container of its own. */
static int
take_box_end(struct step_run *s, struct err *err)
{
	struct err why = { 0 };
	struct proc_end end;
	int64_t number;
	int rc = container_step_poll(s->box, &number, &end, &why);

	if (rc == -1)
		return lose_box(s, &why, err);
	if (rc == 0 || number != s->number)
		return 0;
	s->end = end;
	s->out_of_memory = container_out_of_memory(s->box);
	return end_process(s, err);
}

static int
take_box_ends(struct job_exec *x, struct err *err)
{
	struct step_run *list[CONTAINER_MAX_STEPS];
	size_t n = x->n_running;

	for (size_t i = 0; i < n; i++)
		list[i] = x->running[i];
	for (size_t i = 0; i < n; i++)
		if (list[i]->box != NULL && take_box_end(list[i], err) == -1)
			return -1;
	return 0;
}

/* Take the ends that the container tells of. */
static int
take_ends(struct job_exec *x, struct err *err)
{
	struct err why = { 0 };
	struct proc_end end;
	int64_t number;
	int rc;

	while ((rc = container_step_poll(x->container, &number, &end,
	    &why)) == 1)
		for (size_t i = 0; i < x->n_running; i++) {
			struct step_run *s = x->running[i];

			if (s->number != number || s->box != NULL ||
			    s->phase == STEP_PAUSES)
				continue;
			s->end = end;
			s->out_of_memory =
			    container_out_of_memory(x->container);
			if (end_process(s, err) == -1)
				return -1;
			break;
		}
	if (rc == 0)
		return take_box_ends(x, err);
	for (size_t i = 0; i < x->n_running; i++)
		drain(x->running[i], NULL);
	return end_all(x, &why, err);
}

/* Until when no output is read, for the limit of the log's rate; 0: it is. */
static int
reading_pause(struct job_exec *x, int64_t *until, struct err *err)
{
	int64_t ms;

	if (joblog_pause_ms(x->log, &ms, err) == -1)
		return -1;
	*until = ms > 0 ? clock_mono_ms() + ms : 0;
	return 0;
}

static int64_t
next_limit(const struct job_exec *x)
{
	int64_t until = x->last_ms > 0 ? x->last_ms : INT64_MAX;
	bool asked = false;

	for (size_t i = 0; i < x->n_running; i++) {
		if (x->running[i]->until_ms < until)
			until = x->running[i]->until_ms;
		asked = asked || x->running[i]->phase != STEP_RUNS;
	}
	/* Once all are asked to end, the end of the whole is no limit. */
	if (until == x->last_ms && asked && x->last_ms <= clock_mono_ms()) {
		until = INT64_MAX;
		for (size_t i = 0; i < x->n_running; i++)
			if (x->running[i]->until_ms < until)
				until = x->running[i]->until_ms;
	}
	return until == INT64_MAX ? 0 : until;
}

static int
read_pipes(struct job_exec *x, const struct pollfd *fds, size_t n,
    struct err *err)
{
	for (size_t i = 1; i < n; i++)
		for (size_t k = 0; fds[i].revents != 0 && k < x->n_running;
		    k++)
			for (int stream = OUT; stream <= DIAG; stream++)
				if (fds[i].fd != -1 &&
				    x->running[k]->fds[stream] ==
				    fds[i].fd && take(x->running[k], stream,
				    OUTPUT_READ_BYTES, err) == -1)
					return -1;
	return 0;
}

int
running_wait(struct job_exec *x, struct err *err)
{
	struct pollfd fds[JOB_MAX_FDS];
	int64_t until, pause;
	size_t n = 0, n_boxes, before;

	if (reading_pause(x, &pause, err) == -1)
		return -1;
	fds[n++] = (struct pollfd){ container_fd(x->container), POLLIN, 0 };
	for (size_t i = 0; i < x->n_running; i++)
		if (x->running[i]->box != NULL)
			fds[n++] = (struct pollfd){
				container_fd(x->running[i]->box), POLLIN, 0 };
	n_boxes = n - 1;
	for (size_t i = 0; i < x->n_running; i++)
		for (int stream = OUT; stream <= DIAG; stream++)
			fds[n++] = (struct pollfd){ pause > 0 ? -1 :
				x->running[i]->fds[stream], POLLIN, 0 };
	/* Ends may have come while another step was started. */
	before = x->n_running;
	if (take_ends(x, err) == -1)
		return -1;
	if (x->n_running < before)
		return 0;
	until = next_limit(x);
	if (pause > 0 && (until == 0 || pause < until))
		until = pause;
	job_wait(x, fds, n, until, !x->stop_told);
	if (x->stop == JOB_STOP_FAILED)
		return err_set(err, x->failure.code, "%s", x->failure.text);
	if (read_pipes(x, fds, n, err) == -1 ||
	    ((fds[0].revents != 0 || n_boxes > 0) &&
		take_ends(x, err) == -1))
		return -1;
	if (x->stop != JOB_GOES_ON && !x->stop_told &&
	    tell_stop(x, err) == -1)
		return -1;
	for (size_t i = 0; i < x->n_running; i++) {
		struct step_run *s = x->running[i];

		if (look_at_limits(s, err) == -1)
			return -1;
	}
	return 0;
}
