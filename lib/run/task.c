/*
 * task.c - work in a child process.
 *
 * The pipe carries lines: "P" and a line of progress, or "E", the number of
 * the error's code, a blank and its text.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/task.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"

/* A line longer than this is not ours: the pipe has only our own child. */
#define MAX_LINE 20480
#define MAX_TEXT 18000 /* of one; what comes escaped has twice its bytes */

static void
send_line(int fd, const char *head, const char *text)
{
	struct str line = STR_INIT;

	str_addf(&line, "%s%.*s", head, MAX_TEXT, text);
	for (char *p = line.s; *p != '\0'; p++)
		if (*p == '\n')
			*p = ' ';
	str_add_char(&line, '\n');
	/* Nobody reads any more: then nobody waits for us either. */
	if (file_write_fd(fd, line.s, line.len, NULL) == -1)
		_exit(1);
	str_release(&line);
}

static void
say(void *say_ctx, const char *line)
{
	send_line(*(int *)say_ctx, "P", line);
}

static void
child(int fd, pid_t parent, task_fn fn, void *ctx)
{
	struct err err = { 0 };
	struct str head = STR_INIT;

	for (int signo = 1; signo < NSIG; signo++)
		signal(signo, SIG_DFL);
	if (proc_die_with(parent) == -1)
		_exit(1);
	if (fn(ctx, say, &fd, &err) == 0)
		_exit(0);
	str_addf(&head, "E%d ", (int)err.code);
	send_line(fd, head.s, err.text);
	_exit(1);
}

int
task_start(struct task *t, task_fn fn, void *ctx, struct err *err)
{
	pid_t parent = getpid(), pid;
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) == -1)
		return err_errno(err, "cannot make a pipe");
	pid = fork();
	if (pid == 0) {
		close(fds[0]);
		child(fds[1], parent, fn, ctx);
	}
	close(fds[1]);
	if (pid == -1) {
		err_errno(err, "cannot fork");
		close(fds[0]);
		return -1;
	}
	t->fd = fds[0];
	t->proc.pid = pid;
	t->proc.started = proc_start_time(pid);
	return 0;
}

/* One whole line. */
static void
take_line(struct task *t, char *line, void (*progress)(void *, const char *),
    void *ctx)
{
	char *text;
	long code;

	if (line[0] == 'P' && progress != NULL)
		progress(ctx, line + 1);
	if (line[0] != 'E')
		return;
	code = strtol(line + 1, &text, 10);
	err_set(&t->error, (enum err_code)code, "%s",
	    *text == ' ' ? text + 1 : text);
	t->failed = true;
}

/* The pipe is closed: the child has ended, or will at once. */
static int
over(struct task *t, struct err *err)
{
	struct proc_end end = { PROC_UNKNOWN, 0 };
	struct str how = STR_INIT;
	int rc;

	close(t->fd);
	t->fd = -1;
	rc = proc_wait(&t->proc, -1, &end, err);
	if (rc == -1)
		return -1;
	if (end.how == PROC_EXITED && end.code == 0)
		return 1;
	if (t->failed)
		return err_set(err, t->error.code, "%s", t->error.text);
	proc_end_text(&end, &how);
	err_set(err, ERR_IO, "a helper process: %s", how.s);
	str_release(&how);
	return -1;
}

int
task_read(struct task *t, void (*progress)(void *ctx, const char *line),
    void *ctx, struct err *err)
{
	char buf[4096], *nl;
	size_t done = 0;
	ssize_t n = read(t->fd, buf, sizeof(buf));

	if (n == -1 && errno == EINTR)
		return 0;
	if (n <= 0 || t->in.len > MAX_LINE)
		return over(t, err);
	str_add_len(&t->in, buf, (size_t)n);
	while ((nl = memchr(t->in.s + done, '\n', t->in.len - done)) !=
	    NULL) {
		*nl = '\0';
		take_line(t, t->in.s + done, progress, ctx);
		done = (size_t)(nl + 1 - t->in.s);
	}
	memmove(t->in.s, t->in.s + done, t->in.len - done);
	str_cut(&t->in, t->in.len - done);
	return 0;
}

void
task_stop(struct task *t)
{
	struct proc_end end;

	if (t->fd != -1) {
		kill(t->proc.pid, SIGKILL);
		proc_wait(&t->proc, -1, &end, NULL);
		close(t->fd);
		t->fd = -1;
	}
	str_release(&t->in);
}
