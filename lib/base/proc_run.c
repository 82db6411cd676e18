/*
 * proc_run.c - run a program to its end and take its output (declared in
 * proc.h).
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/base/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/file.h"

enum { IN, OUT, DIAG, N_PIPES };

/* A run in progress: our ends of the three pipes, -1 once closed. */
struct running {
	struct proc proc;
	int fds[N_PIPES];
	const char *input;
	size_t input_left;
	struct str *sinks[N_PIPES];
	size_t max_bytes;
	int64_t until_ms; /* monotonic; 0: no limit */
};

static void
close_fd(int *fd)
{
	if (*fd != -1)
		close(*fd);
	*fd = -1;
}

/* Make the pipes and start; on failure everything is closed again. */
static int
start(const struct proc_spec *spec, struct running *r, struct err *err)
{
	struct proc_spec piped = *spec;
	int theirs[N_PIPES] = { -1, -1, -1 }, ends[2], rc = -1;

	for (int i = 0; i < N_PIPES; i++) {
		if (pipe2(ends, O_CLOEXEC) == -1) {
			err_errno(err, "cannot make a pipe");
			goto out;
		}
		theirs[i] = ends[i == IN ? 0 : 1];
		r->fds[i] = ends[i == IN ? 1 : 0];
		if (file_set_flags(r->fds[i], true, err) == -1)
			goto out;
	}
	piped.in = theirs[IN];
	piped.out = theirs[OUT];
	piped.err = theirs[DIAG];
	piped.session = true;
	rc = proc_spawn(&piped, &r->proc, err);
out:
	for (int i = 0; i < N_PIPES; i++) {
		close_fd(&theirs[i]);
		if (rc == -1)
			close_fd(&r->fds[i]);
	}
	return rc;
}

/* Give input; a program that does not want it is no error. */
static void
feed(struct running *r)
{
	ssize_t n = 0;

	if (r->input_left > 0)
		n = write(r->fds[IN], r->input, r->input_left);
	if (n > 0) {
		r->input += n;
		r->input_left -= (size_t)n;
	}
	if (r->input_left == 0 ||
	    (n == -1 && errno != EAGAIN && errno != EINTR))
		close_fd(&r->fds[IN]);
}

/* Take output; what is beyond the limit is read and dropped. */
static void
take(struct running *r, int i)
{
	char buf[16384];
	ssize_t n = read(r->fds[i], buf, sizeof(buf));
	struct str *sink = r->sinks[i];
	size_t room;

	if (n == 0 || (n == -1 && errno != EAGAIN && errno != EINTR))
		close_fd(&r->fds[i]);
	if (n <= 0 || sink == NULL)
		return;
	room = sink->len < r->max_bytes ? r->max_bytes - sink->len : 0;
	str_add_len(sink, buf, (size_t)n < room ? (size_t)n : room);
}

static int
time_left(const struct running *r)
{
	int64_t left;

	if (r->until_ms == 0)
		return -1;
	left = r->until_ms - clock_mono_ms();
	return left < 0 ? 0 : left > 1000000 ? 1000000 : (int)left;
}

/* Move data until both outputs are closed. Returns 0 at the time limit. */
static int
pump(struct running *r)
{
	struct pollfd pfds[N_PIPES];

	while (r->fds[OUT] != -1 || r->fds[DIAG] != -1) {
		for (int i = 0; i < N_PIPES; i++) {
			pfds[i].fd = r->fds[i];
			pfds[i].events = i == IN ? POLLOUT : POLLIN;
			pfds[i].revents = 0;
		}
		if (time_left(r) == 0)
			return 0;
		if (poll(pfds, N_PIPES, time_left(r)) <= 0)
			continue;
		if (pfds[IN].revents != 0)
			feed(r);
		for (int i = OUT; i < N_PIPES; i++)
			if (pfds[i].revents != 0)
				take(r, i);
	}
	return 1;
}

int
proc_run(const struct proc_spec *spec, const char *input, size_t max_bytes,
    int timeout_ms, struct str *out, struct str *diag, struct proc_end *end,
    struct err *err)
{
	struct running r = {
		.fds = { -1, -1, -1 },
		.input = input,
		.input_left = input == NULL ? 0 : strlen(input),
		.sinks = { NULL, out, diag },
		.max_bytes = max_bytes,
		.until_ms = timeout_ms < 0 ? 0 : clock_mono_ms() + timeout_ms,
	};
	struct sigaction ignore = { .sa_handler = SIG_IGN }, before;
	int rc;

	if (start(spec, &r, err) == -1)
		return -1;
	sigaction(SIGPIPE, &ignore, &before);
	rc = pump(&r);
	sigaction(SIGPIPE, &before, NULL);
	if (rc == 1)
		rc = proc_wait(&r.proc, time_left(&r), end, err);
	if (rc == 0) {
		kill(-r.proc.pid, SIGKILL);
		rc = proc_wait(&r.proc, -1, end, err);
		end->how = PROC_TIMED_OUT;
	}
	for (int i = 0; i < N_PIPES; i++)
		close_fd(&r.fds[i]);
	return rc == -1 ? -1 : 0;
}

/* The last line that is not empty: programs say there why they failed. */
static void
last_line(struct str *text)
{
	char *start;

	while (text->len > 0 && text->s[text->len - 1] == '\n')
		str_cut(text, text->len - 1);
	start = strrchr(text->s, '\n');
	if (start != NULL) {
		text->len -= (size_t)(start + 1 - text->s);
		memmove(text->s, start + 1, text->len + 1);
	}
}

int
proc_run_ok(const struct proc_spec *spec, const char *input, size_t max_bytes,
    int timeout_ms, struct str *out, struct err *err)
{
	struct str diag = STR_INIT, how = STR_INIT;
	struct proc_end end;
	int rc;

	rc = proc_run(spec, input, max_bytes, timeout_ms, out, &diag, &end,
	    err);
	if (rc == 0 && (end.how != PROC_EXITED || end.code != 0)) {
		proc_end_text(&end, &how);
		last_line(&diag);
		rc = err_set(err, end.how == PROC_TIMED_OUT ? ERR_TIMEOUT :
		    ERR_IO, "\"%s\": %s%s%s", spec->argv[0], how.s,
		    diag.len > 0 ? ": " : "", diag.s);
	}
	str_release(&diag);
	str_release(&how);
	return rc;
}
