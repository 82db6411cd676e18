/*
 * wake.c - the datagram that wakes workerd.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/base/wake.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/layout.h"
#include "lib/base/systemd.h"

/* The socket's address. A path that does not fit (108 bytes) is the
 * administrator's mistake. */
static int
wake_address(const char *run_dir, struct sockaddr_un *sun, struct err *err)
{
	struct str path = STR_INIT;
	int rc = -1;

	layout_wake_socket(&path, run_dir);
	memset(sun, 0, sizeof(*sun));
	sun->sun_family = AF_UNIX;
	if (path.len >= sizeof(sun->sun_path)) {
		err_set(err, ERR_INVALID, "the path \"%s\" is too long for a "
		    "socket: set \"run-dir\" to a shorter one", path.s);
	} else {
		memcpy(sun->sun_path, path.s, path.len);
		rc = 0;
	}
	str_release(&path);
	return rc;
}

bool
wake_send(const char *run_dir)
{
	struct sockaddr_un sun;
	bool sent;
	int fd;

	if (wake_address(run_dir, &sun, NULL) == -1)
		return false;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1)
		return false;
	sent = sendto(fd, "w", 1, MSG_NOSIGNAL, (struct sockaddr *)&sun,
	    sizeof(sun)) == 1;
	close(fd);
	return sent;
}

int
wake_listen(const char *run_dir, struct err *err)
{
	struct sockaddr_un sun;
	int fd = systemd_socket(SOCK_DGRAM);

	if (fd != -1)
		return file_set_flags(fd, true, err) == -1 ? -1 : fd;
	if (wake_address(run_dir, &sun, err) == -1 ||
	    file_mkdirs(run_dir, 0755, err) == -1)
		return -1;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1)
		return err_errno(err, "cannot make a socket");
	unlink(sun.sun_path);
	if (bind(fd, (struct sockaddr *)&sun, sizeof(sun)) == -1 ||
	    chmod(sun.sun_path, 0666) == -1) {
		err_errno(err, "cannot listen at \"%s\"", sun.sun_path);
		close(fd);
		return -1;
	}
	return fd;
}

void
wake_drain(int fd)
{
	char dropped[64];

	while (recv(fd, dropped, sizeof(dropped), MSG_DONTWAIT) >= 0)
		continue;
}
