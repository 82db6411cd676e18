/*
 * systemd.c - a socket that was passed, and news for the supervisor.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/base/systemd.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "lib/base/str.h"

#define FIRST_FD 3

/* The variables stay in the environment of children, but name one process. */
static bool
passed_one(void)
{
	const char *pid = getenv("LISTEN_PID"), *n = getenv("LISTEN_FDS");
	long long v;

	return pid && n && str_to_int64(pid, 1, INT32_MAX, &v) &&
	    v == (long long)getpid() && str_to_int64(n, 1, 1, &v);
}

int
systemd_socket(int type)
{
	int got = 0;
	socklen_t len = sizeof(got);

	if (!passed_one() ||
	    getsockopt(FIRST_FD, SOL_SOCKET, SO_TYPE, &got, &len) == -1)
		return -1;
	return got == type ? FIRST_FD : -1;
}

bool
systemd_notify(const char *state)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	size_t len = path ? strlen(path) : 0;
	bool sent;
	int fd;

	if (len < 2 || len >= sizeof(sun.sun_path) || !strchr("/@", path[0]))
		return false;
	memcpy(sun.sun_path, path, len);
	if (path[0] == '@')
		sun.sun_path[0] = '\0'; /* a name outside the file system */
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return false;
	sent = sendto(fd, state, strlen(state), MSG_NOSIGNAL,
	    (struct sockaddr *)&sun,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)) ==
	    (ssize_t)strlen(state);
	close(fd);
	return sent;
}
