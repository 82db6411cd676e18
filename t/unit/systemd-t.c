/*
 * systemd-t.c - sockets that are passed, and news for the supervisor.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "lib/base/systemd.h"
#include "lib/base/wake.h"
#include "t/lib/tap.h"

static void
pass(long pid, const char *n)
{
	char text[32];

	snprintf(text, sizeof(text), "%ld", pid);
	setenv("LISTEN_PID", text, 1);
	setenv("LISTEN_FDS", n, 1);
}

static void
test_socket(void)
{
	struct err err = { 0 };
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	if (fd != 3)
		dup2(fd, 3);
	is_int(systemd_socket(SOCK_DGRAM), -1, "without variables: none");
	pass((long)getpid(), "1");
	is_int(systemd_socket(SOCK_DGRAM), 3, "the one that was passed");
	is_int(systemd_socket(SOCK_STREAM), -1, "of another type: none");
	is_int(wake_listen(tap_dir(), &err), 3, "workerd takes it");
	pass((long)getpid() + 1, "1");
	is_int(systemd_socket(SOCK_DGRAM), -1, "for another process: none");
	pass((long)getpid(), "2");
	is_int(systemd_socket(SOCK_DGRAM), -1, "two: not ours to choose");
	pass((long)getpid(), "x");
	is_int(systemd_socket(SOCK_DGRAM), -1, "nonsense: none");
	close(3);
	pass((long)getpid(), "1");
	is_int(systemd_socket(SOCK_DGRAM), -1, "closed: none");
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
}

/* Bind where NOTIFY_SOCKET says and read one message. */
static void
test_notify(const char *name)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	size_t len = strlen(name);
	char got[64] = "";

	memcpy(sun.sun_path, name, len);
	if (name[0] == '@')
		sun.sun_path[0] = '\0';
	ok(bind(fd, (struct sockaddr *)&sun,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)) == 0,
	    "listen at %.1s...", name);
	setenv("NOTIFY_SOCKET", name, 1);
	ok(systemd_notify("READY=1"), "sent");
	is_int(recv(fd, got, sizeof(got) - 1, MSG_DONTWAIT), 7, "arrived");
	is_str(got, "READY=1", "as it was");
	close(fd);
	ok(!systemd_notify("READY=1") || name[0] == '/',
	    "nobody there is no crash");
	unsetenv("NOTIFY_SOCKET");
}

int
main(void)
{
	char name[200];

	test_socket();
	ok(!systemd_notify("READY=1"), "nobody wants to know");
	setenv("NOTIFY_SOCKET", "relative", 1);
	ok(!systemd_notify("READY=1"), "no path, no name");
	snprintf(name, sizeof(name), "%s/notify", tap_dir());
	test_notify(name);
	snprintf(name, sizeof(name), "@pawl-systemd-t-%ld", (long)getpid());
	test_notify(name);
	return tap_done();
}
