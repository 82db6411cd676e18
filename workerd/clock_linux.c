/*
 * clock_linux.c - know that the clock was set, or that the host slept.
 *
 * Timers of the loop count by a clock that nobody sets, and that stands while
 * the host sleeps. What is due by the wall clock must be looked at when that
 * jumps: a timer of the wall clock that is never due says so
 * (timerfd_create(2), TFD_TIMER_CANCEL_ON_SET).
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/supervisor.h"

#include <limits.h>
#include <sys/timerfd.h>
#include <unistd.h>

static int
arm(int fd)
{
	const struct itimerspec never = { .it_value.tv_sec = INT_MAX };

	return timerfd_settime(fd, TFD_TIMER_ABSTIME |
	    TFD_TIMER_CANCEL_ON_SET, &never, NULL);
}

int
clock_watch(struct err *err)
{
	int fd = timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK);

	if (fd != -1 && arm(fd) == 0)
		return fd;
	err_errno(err, "cannot watch the clock");
	if (fd != -1)
		close(fd);
	return -1;
}

void
clock_drain(int fd)
{
	uint64_t n;

	/* ECANCELED, which is what it is there for. */
	(void)!read(fd, &n, sizeof(n));
	arm(fd);
}
