/*
 * loop.c - the event loop: poll(2), a sorted list of timers, and a pipe that
 * signal handlers write to.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/base/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"

struct watch {
	loop_fd_fn fn;
	void *ctx;
};

struct timer {
	int id;
	int64_t due_ms; /* monotonic */
	loop_timer_fn fn;
	void *ctx;
};

struct signal_watch {
	loop_signal_fn fn;
	void *ctx;
};

struct loop {
	struct pollfd *pfds; /* fd -1: removed, the place is free */
	struct watch *watches; /* same index */
	size_t n, cap;
	struct timer *timers; /* soonest first */
	size_t n_timers, cap_timers;
	int next_timer;
	int signal_pipe[2];
	struct signal_watch signals[NSIG];
	bool stopped;
};

/* Where handlers write to: one loop per process. */
static int handler_fd = -1;

static void
on_signal(int signo)
{
	int saved = errno;
	unsigned char byte = (unsigned char)signo;
	ssize_t ignored;

	ignored = write(handler_fd, &byte, 1);
	(void)ignored; /* a full pipe has enough to wake us */
	errno = saved;
}

/* Deliver the signals that came. */
static void
drain_signals(struct loop *loop, int fd, short events, void *ctx)
{
	unsigned char signos[64];
	ssize_t n;

	(void)events;
	(void)ctx;
	while ((n = read(fd, signos, sizeof(signos))) > 0)
		for (ssize_t i = 0; i < n; i++) {
			struct signal_watch *s = &loop->signals[signos[i]];

			if (s->fn != NULL)
				s->fn(loop, signos[i], s->ctx);
		}
}

int
loop_new(struct loop **out, struct err *err)
{
	struct loop *loop = mem_calloc(1, sizeof(*loop));

	if (pipe2(loop->signal_pipe, O_CLOEXEC | O_NONBLOCK) == -1) {
		free(loop);
		return err_errno(err, "cannot make a pipe");
	}
	handler_fd = loop->signal_pipe[1];
	loop_watch(loop, loop->signal_pipe[0], POLLIN, drain_signals, NULL);
	*out = loop;
	return 0;
}

void
loop_free(struct loop *loop)
{
	if (loop == NULL)
		return;
	for (int signo = 1; signo < NSIG; signo++)
		if (loop->signals[signo].fn != NULL)
			signal(signo, SIG_DFL);
	handler_fd = -1;
	close(loop->signal_pipe[0]);
	close(loop->signal_pipe[1]);
	free(loop->pfds);
	free(loop->watches);
	free(loop->timers);
	free(loop);
}

/* The index of a descriptor (-1: of a free place), or n. */
static size_t
find(const struct loop *loop, int fd)
{
	size_t i = 0;

	while (i < loop->n && loop->pfds[i].fd != fd)
		i++;
	return i;
}

void
loop_watch(struct loop *loop, int fd, short events, loop_fd_fn fn, void *ctx)
{
	size_t i = find(loop, fd);

	if (i == loop->n)
		i = find(loop, -1);
	if (i == loop->n && loop->n == loop->cap) {
		loop->cap = loop->cap > 0 ? loop->cap * 2 : 8;
		loop->pfds = mem_realloc(loop->pfds, loop->cap,
		    sizeof(*loop->pfds));
		loop->watches = mem_realloc(loop->watches, loop->cap,
		    sizeof(*loop->watches));
	}
	if (i == loop->n)
		loop->n++;
	/* revents of the turn in progress belong to the one before. */
	if (loop->pfds[i].fd != fd)
		loop->pfds[i].revents = 0;
	loop->pfds[i].fd = fd;
	loop->pfds[i].events = events;
	loop->watches[i].fn = fn;
	loop->watches[i].ctx = ctx;
}

void
loop_unwatch(struct loop *loop, int fd)
{
	size_t i = find(loop, fd);

	if (fd != -1 && i < loop->n) {
		loop->pfds[i].fd = -1;
		loop->pfds[i].revents = 0;
	}
}

int
loop_after(struct loop *loop, int64_t delay_ms, loop_timer_fn fn, void *ctx)
{
	struct timer t = { ++loop->next_timer, clock_mono_ms() + delay_ms, fn,
		ctx };
	size_t i;

	if (loop->n_timers == loop->cap_timers) {
		loop->cap_timers = loop->cap_timers > 0 ?
		    loop->cap_timers * 2 : 8;
		loop->timers = mem_realloc(loop->timers, loop->cap_timers,
		    sizeof(*loop->timers));
	}
	for (i = loop->n_timers; i > 0 && loop->timers[i - 1].due_ms >
	    t.due_ms; i--)
		loop->timers[i] = loop->timers[i - 1];
	loop->timers[i] = t;
	loop->n_timers++;
	return t.id;
}

void
loop_cancel(struct loop *loop, int timer)
{
	for (size_t i = 0; i < loop->n_timers; i++) {
		if (loop->timers[i].id != timer)
			continue;
		loop->n_timers--;
		memmove(&loop->timers[i], &loop->timers[i + 1],
		    (loop->n_timers - i) * sizeof(*loop->timers));
		return;
	}
}

int
loop_signal(struct loop *loop, int signo, loop_signal_fn fn, void *ctx,
    struct err *err)
{
	struct sigaction sa = { .sa_handler = on_signal,
		.sa_flags = SA_RESTART };

	loop->signals[signo].fn = fn;
	loop->signals[signo].ctx = ctx;
	sigemptyset(&sa.sa_mask);
	if (sigaction(signo, &sa, NULL) == -1)
		return err_errno(err, "cannot watch signal %d", signo);
	return 0;
}

/* Milliseconds until the first timer or the caller's limit; -1 for ever. */
static int
wait_ms(const struct loop *loop, int64_t timeout_ms)
{
	int64_t left = -1;

	if (loop->n_timers > 0) {
		left = loop->timers[0].due_ms - clock_mono_ms();
		if (left < 0)
			left = 0;
	}
	if (timeout_ms >= 0 && (left < 0 || timeout_ms < left))
		left = timeout_ms;
	return left > 1000000000 ? 1000000000 : (int)left;
}

/* Timers that are due now; one set by a callback waits for the next turn. */
static void
fire_timers(struct loop *loop)
{
	int64_t now = clock_mono_ms();
	int last = loop->next_timer;
	size_t i = 0;

	while (i < loop->n_timers && loop->timers[i].due_ms <= now) {
		struct timer t = loop->timers[i];

		if (t.id > last) {
			i++;
			continue;
		}
		loop_cancel(loop, t.id);
		t.fn(loop, t.ctx);
		i = 0;
	}
}

int
loop_turn(struct loop *loop, int64_t timeout_ms, struct err *err)
{
	int n = poll(loop->pfds, loop->n, wait_ms(loop, timeout_ms));

	if (n == -1 && errno != EINTR)
		return err_errno(err, "cannot poll");
	for (size_t i = 0; n > 0 && i < loop->n; i++) {
		short revents = loop->pfds[i].revents;

		if (loop->pfds[i].fd == -1 || revents == 0)
			continue;
		loop->pfds[i].revents = 0;
		loop->watches[i].fn(loop, loop->pfds[i].fd, revents,
		    loop->watches[i].ctx);
	}
	fire_timers(loop);
	return 0;
}

int
loop_run(struct loop *loop, struct err *err)
{
	loop->stopped = false;
	while (!loop->stopped)
		if (loop_turn(loop, -1, err) == -1)
			return -1;
	return 0;
}

void
loop_stop(struct loop *loop)
{
	loop->stopped = true;
}
