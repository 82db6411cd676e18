/*
 * ending.c - how a step ends: early, by TERM, a grace and KILL, with what the
 * log says of it; and what its end means.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/job.h"

#include <inttypes.h>
#include <signal.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/run/builtin.h"

/* After KILL nothing can refuse; a frozen container is left to its removal. */
#define KILL_WAIT_MS 10000

int64_t
step_limit_ms(const struct step_run *s)
{
	return s->timeout_ms > 0 ? s->timeout_ms :
	    s->x->order->config->step_timeout_ms;
}

void
ending_text(const struct step_run *s, struct str *out)
{
	char text[CLOCK_TEXT_SIZE];

	if (s->outcome.timed_out && s->around)
		str_add(out, "timed out (\"timeout-minutes\" of the step that "
		    "uses the action)");
	else if (s->outcome.timed_out)
		str_addf(out, "timed out after %s (%s)",
		    clock_duration(step_limit_ms(s), text),
		    s->timeout_ms > 0 ? "\"timeout-minutes\" of the step" :
		    "\"step-timeout\" of the configuration");
	else if (s->asked)
		str_add(out, "cancelled by a step");
	else
		job_stop_text(s->x, out);
}

/* A text of the container, line by line; one that does not answer is dealt
 * with where its end is heard of. */
static int
say_answer(struct step_run *s, enum container_question question,
    struct err *err)
{
	struct err ignored = { 0 };
	struct str text = STR_INIT;
	int rc = 0;

	if (container_ask(step_container(s), question, &text, &ignored) == -1)
		str_clear(&text);
	for (const char *line = text.s; rc == 0 && *line != '\0';) {
		size_t len = strcspn(line, "\n");

		rc = joblog_say(s->x->log, s->plan->number, err, "%.*s",
		    (int)len, line);
		line += len + (line[len] == '\n');
	}
	str_release(&text);
	return rc;
}

/* What hangs is told before anything of it is gone: once for the job. */
static int
say_processes(struct step_run *s, struct err *err)
{
	bool whole = s->x->stop == JOB_STOP_TIMED_OUT;

	if (s->work != NULL || (!s->outcome.timed_out &&
	    (!whole || s->x->processes_told)))
		return 0;
	s->x->processes_told = s->x->processes_told || whole;
	return say_answer(s, CONTAINER_PROCESSES, err);
}

int
ending_say_memory(struct step_run *s, struct err *err)
{
	return say_answer(s, CONTAINER_MEMORY, err);
}

/* What the step is given to end in, and the key that says so. */
static int64_t
grace_ms(const struct step_run *s, const char **key)
{
	int64_t own = s->x->order->plan->cancel_timeout_ms;
	bool whole = s->x->stop != JOB_GOES_ON && own > 0;

	*key = whole ? "cancel-timeout-minutes" : "cancel-grace";
	return whole ? own : s->x->order->config->cancel_grace_ms;
}

int
ending_ask(struct step_run *s, struct err *err)
{
	struct str why = STR_INIT;
	const char *key;
	int rc;

	ending_text(s, &why);
	rc = joblog_say(s->x->log, s->plan->number, err, "%s: ending the "
	    "step (TERM)", why.s);
	str_release(&why);
	if (rc == 0)
		rc = say_processes(s, err);
	s->phase = STEP_TERM_SENT;
	s->until_ms = clock_mono_ms() + grace_ms(s, &key);
	if (s->work != NULL)
		work_signal(s, SIGTERM);
	else if (rc == 0)
		rc = container_signal(step_container(s), s->number, SIGTERM,
		    err);
	return rc;
}

/* Kill all that is left in the container, and note how long after the grace
 * nothing was: `late_ms` by our clock, `took_us` inside. */
static int
kill_all(struct step_run *s, int64_t due_ms, struct err *err)
{
	struct str members = STR_INIT;
	struct err gone = { 0 };
	int64_t took_us;
	int rc = 0;

	/* A container that has ended meanwhile is heard of by its socket. */
	if (container_kill(step_container(s), &took_us, &gone) == 0) {
		str_addf(&members, "\"late_ms\":%" PRId64 ",\"took_us\":%"
		    PRId64, clock_mono_ms() - due_ms, took_us);
		rc = joblog_event(s->x->log, s->plan->number, "killed",
		    members.s, err);
	}
	str_release(&members);
	return rc;
}

/* A step that is alone is killed with all that is left of it; one beside
 * others with its own processes only. */
int
ending_kill(struct step_run *s, struct err *err)
{
	int64_t due_ms = s->until_ms, grace;
	char text[CLOCK_TEXT_SIZE];
	const char *key;
	int rc = 0;

	s->phase = STEP_KILL_SENT;
	s->until_ms = clock_mono_ms() + KILL_WAIT_MS;
	/* The deed before the words: a disk may be slow. */
	if (s->work != NULL)
		work_signal(s, SIGKILL);
	else if (s->x->n_running == 1 || s->box != NULL)
		rc = kill_all(s, due_ms, err);
	else
		rc = container_signal(step_container(s), s->number, SIGKILL,
		    err);
	grace = grace_ms(s, &key);
	if (rc == 0)
		rc = joblog_say(s->x->log, s->plan->number, err, "it did not "
		    "end within %s (\"%s\"): killed",
		    clock_duration(grace, text), key);
	return rc;
}

/* --- how it ended ------------------------------------------------------------ */

/* Ends that look like the command's own and are limits of ours. */
static void
name_limit(struct step_run *s, struct str *out)
{
	const struct proc_end *end = &s->end;
	/* A shell tells of its command's signal by 128 and its number. */
	bool too_large = end->how == PROC_SIGNALLED ? end->code == SIGXFSZ :
	    end->code == 128 + SIGXFSZ;

	s->outcome.cause = FAIL_COMMAND;
	if (s->out_of_memory) {
		s->outcome.cause = FAIL_MEMORY;
		str_add(out, ", out of memory (\"memory-max-bytes\")");
	}
	if (too_large && s->x->order->config->workspace_max_bytes > 0) {
		s->outcome.cause = FAIL_SPACE;
		str_add(out, ", a file over the limit "
		    "(\"workspace-max-bytes\")");
	}
}

void
ending_judge(struct step_run *s)
{
	struct step_outcome *o = &s->outcome;
	bool exited = s->end.how == PROC_EXITED;

	if (o->timed_out || s->phase != STEP_RUNS || s->number != -1)
		str_clear(&o->reason);
	o->exit_code = exited && s->number != -1 ? s->end.code : -1;
	if (o->timed_out || s->phase != STEP_RUNS) {
		o->on = !o->timed_out && (s->asked ||
		    s->x->stop == JOB_STOP_CANCELLED) ? "cancel" : "fail";
		o->cause = FAIL_TIMEOUT;
		ending_text(s, &o->reason);
	} else if (s->number == -1) {
		; /* the work has told */
	} else if (exited && s->end.code == 0) {
		o->on = "succeed";
		o->cause = FAIL_NONE;
	} else {
		o->on = "fail";
		proc_end_text(&s->end, &o->reason);
		name_limit(s, &o->reason);
	}
}
