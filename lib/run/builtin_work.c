/*
 * builtin_work.c - the work of an action that Pawl does itself, in a child
 * process beside the job's.
 *
 * The child tells by lines of its task: one letter for what it is, the text
 * with "\" and line ends escaped.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/builtin.h"

#include <signal.h>
#include <stdarg.h>
#include <string.h>

#include "lib/run/task.h"

struct work {
	struct task task;
	struct step_run *s;
	builtin_work_fn *fn;
	builtin_done_fn *done;
	void *ctx;
	struct str result;
	bool log_failed; /* then `log_error` */
	struct err log_error;
	/* In the child. */
	task_say_fn say;
	void *say_ctx;
};

/* --- in the child ----------------------------------------------------------------- */

static void
tell(struct work *w, char what, const char *text)
{
	struct str line = STR_INIT;

	str_add_char(&line, what);
	for (const char *p = text; *p != '\0'; p++) {
		if (*p == '\\' || *p == '\n')
			str_add_char(&line, '\\');
		str_add_char(&line, *p == '\n' ? 'n' : *p);
	}
	w->say(w->say_ctx, line.s);
	str_release(&line);
}

static void
tell_text(struct work *w, char what, const char *fmt, va_list ap)
{
	struct str text = STR_INIT;

	str_vaddf(&text, fmt, ap);
	if (text.len > WORK_MAX_BYTES)
		str_cut(&text, WORK_MAX_BYTES);
	tell(w, what, text.s);
	str_release(&text);
}

void
work_print(struct work *w, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	tell_text(w, 'L', fmt, ap);
	va_end(ap);
}

void
work_warn(struct work *w, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	tell_text(w, 'W', fmt, ap);
	va_end(ap);
}

int
work_output(struct work *w, const char *name, const char *value,
    struct err *err)
{
	struct str text = STR_INIT;

	str_addf(&text, "%s=%s", name, value);
	if (text.len > WORK_MAX_BYTES) {
		str_release(&text);
		return err_set(err, ERR_TOO_LARGE, "the value of \"%s\" has "
		    "more than %d bytes", name, WORK_MAX_BYTES);
	}
	tell(w, 'O', text.s);
	str_release(&text);
	return 0;
}

int
work_result(struct work *w, const char *text, struct err *err)
{
	if (strlen(text) > WORK_MAX_BYTES)
		return err_set(err, ERR_TOO_LARGE, "the result has more than "
		    "%d bytes", WORK_MAX_BYTES);
	tell(w, 'R', text);
	return 0;
}

static int
child(void *ctx, task_say_fn say, void *say_ctx, struct err *err)
{
	struct work *w = ctx;

	w->say = say;
	w->say_ctx = say_ctx;
	return w->fn(w, w->ctx, err);
}

/* --- in the job's process ------------------------------------------------------------ */

int
builtin_work(struct step_run *s, builtin_work_fn *fn, builtin_done_fn *done,
    void *ctx, struct err *err)
{
	struct work *w = arena_alloc(&s->arena, sizeof(*w));

	*w = (struct work){ .task = TASK_INIT, .s = s, .fn = fn, .done = done,
		.ctx = ctx, .result = STR_INIT };
	if (task_start(&w->task, child, w, err) == -1)
		return -1;
	s->work = w;
	running_work(s, w->task.fd);
	return 0;
}

static void
unescape(const char *line, struct str *out)
{
	for (; *line != '\0'; line++) {
		if (*line == '\\' && line[1] != '\0')
			str_add_char(out, *++line == 'n' ? '\n' : *line);
		else
			str_add_char(out, *line);
	}
}

static void
take_output(struct work *w, struct str *text)
{
	char *equals = strchr(text->s, '=');

	if (equals == NULL)
		return;
	*equals = '\0';
	builtin_output(w->s, text->s, equals + 1);
}

static void
take_line(void *ctx, const char *line)
{
	struct work *w = ctx;
	struct str text = STR_INIT;
	int rc = 0;

	unescape(line + (*line != '\0'), &text);
	if (*line == 'L' && !w->log_failed)
		rc = builtin_print(w->s, &w->log_error, "%s", text.s);
	else if (*line == 'W' && !w->log_failed)
		rc = builtin_warn(w->s, &w->log_error, "%s", text.s);
	else if (*line == 'O')
		take_output(w, &text);
	else if (*line == 'R') {
		str_clear(&w->result);
		str_add(&w->result, text.s);
	}
	w->log_failed = w->log_failed || rc == -1;
	str_release(&text);
}

static int
fail(struct step_run *s, const char *why)
{
	s->outcome.on = "fail";
	str_clear(&s->outcome.reason);
	str_add(&s->outcome.reason, why);
	return 1;
}

int
work_take(struct step_run *s, struct err *err)
{
	struct work *w = s->work;
	struct err e = { 0 };
	int rc = task_read(&w->task, take_line, w, &e), done = 0;

	if (w->log_failed)
		return err_set(err, w->log_error.code, "%s",
		    w->log_error.text);
	if (rc == 0)
		return 0;
	s->outcome.on = "succeed";
	if (rc == 1 && s->phase == STEP_RUNS && w->done != NULL)
		done = w->done(s, w->ctx, w->result.s, &e);
	if (done == 1) /* running_process() has ended the work */
		return 0;
	if (rc == -1 || done == -1)
		fail(s, e.text);
	work_stop(s);
	return 1;
}

void
work_signal(struct step_run *s, int signo)
{
	if (s->work->task.fd != -1)
		kill(s->work->task.proc.pid, signo);
}

void
work_stop(struct step_run *s)
{
	if (s->work == NULL)
		return;
	task_stop(&s->work->task);
	str_release(&s->work->result);
	s->work = NULL;
}
