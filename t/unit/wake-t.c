/*
 * wake-t.c - the datagram that wakes workerd.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/base/wake.h"

#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/str.h"
#include "t/lib/tap.h"

static bool
readable(int fd)
{
	struct pollfd pfd = { fd, POLLIN, 0 };

	return poll(&pfd, 1, 0) == 1;
}

int
main(void)
{
	struct str dir = STR_INIT, path = STR_INIT;
	struct err err = { 0 };
	struct stat st;
	int fd, again;

	str_addf(&dir, "%s/run", tap_dir());
	ok(!wake_send(dir.s), "nobody listens: not sent, and no error");
	fd = wake_listen(dir.s, &err);
	ok(fd != -1, "the socket is made, with its folder: %s", err.text);
	ok(!readable(fd), "quiet at first");
	ok(wake_send(dir.s) && readable(fd), "a wake-up arrives");
	for (int i = 0; i < 1000; i++)
		wake_send(dir.s);
	ok(true, "a thousand unread ones do not block the sender");
	wake_drain(fd);
	ok(!readable(fd), "drained");
	str_addf(&path, "%s/wake.sock", dir.s);
	ok(stat(path.s, &st) == 0 && (st.st_mode & 0777) == 0666,
	    "other users may send");
	again = wake_listen(dir.s, &err);
	ok(again != -1 && wake_send(dir.s) && readable(again) &&
	    !readable(fd), "one left behind is replaced");
	for (int i = 0; i < 20; i++)
		str_add(&dir, "/long-name");
	ok(wake_listen(dir.s, &err) == -1 && strstr(err.text, "run-dir"),
	    "too long a path says what to set");
	close(fd);
	close(again);
	str_release(&dir);
	str_release(&path);
	return tap_done();
}
