/*
 * steps_listen.c - the socket that pawl-init connects to, and the wait for it.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/steps.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/base/mem.h"

/* How often a starting container is asked whether it still lives. */
#define ALIVE_MS 200

/* Bind in a folder whose path may be longer than a socket's address. */
static int
bind_in(int sock, const char *dir)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd, rc, number;

	fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1)
		return -1;
	snprintf(addr.sun_path, sizeof(addr.sun_path),
	    "/proc/self/fd/%d/" STEP_SOCKET, fd);
	rc = bind(sock, (struct sockaddr *)&addr, sizeof(addr));
	if (rc == 0)
		rc = fchmodat(fd, STEP_SOCKET, 0666, 0);
	number = errno;
	close(fd);
	errno = number;
	return rc;
}

int
steps_listen(struct steps *s, const char *dir, struct err *err)
{
	if (file_mkdirs(dir, 0755, err) == -1)
		return -1;
	s->dir = mem_strdup(dir);
	if (chmod(dir, 0755) == -1)
		return err_errno(err, "cannot open \"%s\" to the container",
		    dir);
	s->listen_fd = socket(AF_UNIX,
	    SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (s->listen_fd == -1)
		return err_errno(err, "cannot make a socket");
	if (bind_in(s->listen_fd, dir) == -1 || listen(s->listen_fd, 1) == -1)
		return err_errno(err, "cannot listen in \"%s\"", dir);
	return 0;
}

void
steps_stop_listening(struct steps *s)
{
	struct str path = STR_INIT;

	if (s->listen_fd == -1)
		return;
	close(s->listen_fd);
	s->listen_fd = -1;
	str_addf(&path, "%s/" STEP_SOCKET, s->dir);
	unlink(path.s);
	str_release(&path);
}

static int
set_time_limit(int sock, struct err *err)
{
	const struct timeval limit = { .tv_sec = STEPS_ANSWER_S };

	if (setsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &limit,
		sizeof(limit)) == -1 ||
	    setsockopt(sock, SOL_SOCKET, SO_SNDTIMEO, &limit,
		sizeof(limit)) == -1)
		return err_errno(err, "cannot set up the container's socket");
	return 0;
}

int
steps_wait_for_init(struct steps *s, int timeout_ms, steps_alive_fn alive,
    void *ctx, struct err *err)
{
	struct pollfd pfd = { .fd = s->listen_fd, .events = POLLIN };
	int64_t until = clock_mono_ms() + timeout_ms, left;
	int turn;

	while ((left = until - clock_mono_ms()) > 0) {
		turn = left < ALIVE_MS ? (int)left : ALIVE_MS;
		if (poll(&pfd, 1, turn) == 1) {
			s->sock = accept4(s->listen_fd, NULL, NULL,
			    SOCK_CLOEXEC);
			if (s->sock != -1)
				return set_time_limit(s->sock, err);
		}
		if (alive(ctx, err) == -1)
			return -1;
	}
	return err_set(err, ERR_TIMEOUT,
	    "the container did not start within %d s", timeout_ms / 1000);
}
