/*
 * cancel.c - Ctrl-C for what runs jobs.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cancel.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

/* A pipe that a signal writes to: readable means "cancel". */
static int cancel_pipe[2] = { -1, -1 };

static void
on_signal(int signo)
{
	int saved = errno;
	ssize_t ignored = write(cancel_pipe[1], "", 1);

	(void)ignored; /* full: it was asked for already */
	signal(signo, SIG_DFL); /* the second one ends us at once */
	errno = saved;
}

int
cancel_watch(int *fd, struct err *err)
{
	struct sigaction sa = { .sa_handler = on_signal };

	if (pipe2(cancel_pipe, O_CLOEXEC | O_NONBLOCK) == -1)
		return err_errno(err, "making a pipe");
	sigemptyset(&sa.sa_mask);
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	*fd = cancel_pipe[0];
	return 0;
}
