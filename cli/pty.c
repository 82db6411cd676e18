/*
 * pty.c - a terminal of our own between ours and a program elsewhere.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/pty.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "lib/base/file.h"
#include "lib/base/mem.h"

#define CTRL_D 4
/* Without a terminal the end of the input is said again, because a program
 * that the shell runs may have taken it. */
#define EOF_PAUSE_MS 500

static int signal_pipe = -1;

static void
on_signal(int signo)
{
	char c = (char)signo;
	int saved = errno;
	ssize_t ignored = write(signal_pipe, &c, 1);

	(void)ignored;
	errno = saved;
}

static int
watch_signals(struct pty *p, struct err *err)
{
	static const int signals[] = { SIGWINCH, SIGTERM, SIGHUP, SIGINT };
	struct sigaction sa = { .sa_handler = on_signal };

	if (pipe2(p->signals, O_CLOEXEC | O_NONBLOCK) == -1)
		return err_errno(err, "making a pipe");
	signal_pipe = p->signals[1];
	for (size_t i = 0; i < ARRAY_LEN(signals); i++)
		if (sigaction(signals[i], &sa, NULL) == -1)
			return err_errno(err, "catching signals");
	return 0;
}

static void
copy_size(const struct pty *p)
{
	struct winsize size = { .ws_row = 24, .ws_col = 80 };

	if (p->terminal)
		(void)ioctl(STDIN_FILENO, TIOCGWINSZ, &size);
	(void)ioctl(p->master, TIOCSWINSZ, &size);
}

int
pty_open(struct pty *p, struct err *err)
{
	const char *name;

	*p = (struct pty) { .master = -1, .slave = -1, .signals = { -1, -1 },
		.terminal = isatty(STDIN_FILENO) == 1 };
	p->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (p->master == -1 || grantpt(p->master) == -1 ||
	    unlockpt(p->master) == -1 || (name = ptsname(p->master)) == NULL)
		return err_errno(err, "making a terminal");
	p->slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (p->slave == -1)
		return err_errno(err, "opening the terminal %s", name);
	copy_size(p);
	return watch_signals(p, err);
}

int
pty_begin(struct pty *p, struct err *err)
{
	struct termios raw;

	close(p->slave);
	p->slave = -1;
	if (!p->terminal)
		return 0;
	if (tcgetattr(STDIN_FILENO, &p->was) == -1)
		return err_errno(err, "reading the terminal's settings");
	raw = p->was;
	cfmakeraw(&raw);
	if (tcsetattr(STDIN_FILENO, TCSADRAIN, &raw) == -1)
		return err_errno(err, "setting the terminal");
	p->raw = true;
	return 0;
}

/* Returns how much was copied; 0 at an end of any kind. */
static ssize_t
copy(int from, int to)
{
	char bytes[16384];
	ssize_t n;

	do
		n = read(from, bytes, sizeof(bytes));
	while (n == -1 && errno == EINTR);
	if (n <= 0 || file_write_fd(to, bytes, (size_t)n, NULL) == -1)
		return 0;
	return n;
}

/* One of ours has ended, or has no more to say. */
static void
end_input(struct pty *p)
{
	const char c = CTRL_D;

	p->eof = true;
	(void)file_write_fd(p->master, &c, 1, NULL);
}

/* Does one of them ask us to end? */
static bool
take_signals(struct pty *p)
{
	char signals[16];
	ssize_t n = read(p->signals[0], signals, sizeof(signals));

	for (ssize_t i = 0; i < n; i++) {
		if (signals[i] != SIGWINCH)
			return true;
		copy_size(p);
	}
	return false;
}

int
pty_relay(struct pty *p, int fd)
{
	enum { INPUT, OUTPUT, SIGNALS, OTHER, N };

	for (;;) {
		struct pollfd fds[N] = {
			[INPUT] = { p->eof ? -1 : STDIN_FILENO, POLLIN, 0 },
			[OUTPUT] = { p->master, POLLIN, 0 },
			[SIGNALS] = { p->signals[0], POLLIN, 0 },
			[OTHER] = { fd, POLLIN, 0 },
		};
		int n = poll(fds, N, p->eof ? EOF_PAUSE_MS : -1);

		if (n == -1 && errno != EINTR)
			return 0;
		if (n == 0)
			end_input(p);
		if (n <= 0)
			continue;
		if (fds[OUTPUT].revents & POLLIN &&
		    copy(p->master, STDOUT_FILENO) == 0)
			return 0;
		if (fds[SIGNALS].revents != 0 && take_signals(p))
			return 0;
		if (fds[INPUT].revents != 0 &&
		    copy(STDIN_FILENO, p->master) == 0)
			end_input(p);
		if (fds[OTHER].revents != 0)
			return 1;
	}
}

void
pty_close(struct pty *p)
{
	struct pollfd pfd = { .fd = p->master, .events = POLLIN };

	while (p->master != -1 && poll(&pfd, 1, 0) == 1 &&
	    (pfd.revents & POLLIN) && copy(p->master, STDOUT_FILENO) > 0)
		;
	if (p->raw)
		(void)tcsetattr(STDIN_FILENO, TCSADRAIN, &p->was);
	for (int i = 0; i < 2; i++)
		if (p->signals[i] != -1)
			close(p->signals[i]);
	if (p->slave != -1)
		close(p->slave);
	if (p->master != -1)
		close(p->master);
	p->master = p->slave = -1;
}
