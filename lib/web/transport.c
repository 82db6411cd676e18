/*
 * transport.c - FastCGI through libfcgi, and plain CGI.
 *
 * libfcgi looks at its "shutdown pending" flag and then blocks in accept(),
 * so a SIGTERM between the two waits for the next request. Here signals are
 * blocked but while ppoll() waits, and accept() never blocks: the socket is
 * nonblocking, which also lets several processes wait on it.
 *
 * FCGX_IsCGI() takes any socket on descriptor 0 that has no peer for FastCGI
 * and knows nothing of systemd's descriptor 3; SO_ACCEPTCONN tells exactly.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/web/transport.h"

#include <errno.h>
#include <fcgiapp.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/systemd.h"
#include "lib/web/crash.h"


extern char **environ;

static volatile sig_atomic_t stopping;

static void
on_stop(int signo)
{
	(void)signo;
	stopping = 1;
}

static bool
is_listening(int fd)
{
	int listening = 0;
	socklen_t len = sizeof(listening);

	return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening,
	    &len) == 0 && listening != 0;
}

int
transport_listener(void)
{
	int passed = systemd_socket(SOCK_STREAM);

	if (passed != -1 && is_listening(passed))
		return passed;
	return is_listening(STDIN_FILENO) ? STDIN_FILENO : -1;
}

static long
cgi_read(struct exchange *ex, char *buf, size_t len)
{
	ssize_t n;

	(void)ex;
	do
		n = read(STDIN_FILENO, buf, len);
	while (n == -1 && errno == EINTR);
	return n;
}

static int
cgi_write(struct exchange *ex, const char *data, size_t len)
{
	(void)ex;
	return file_write_fd(STDOUT_FILENO, data, len, NULL);
}

void
transport_cgi(exchange_fn fn, void *ctx)
{
	struct exchange ex = { (const char *const *)environ, cgi_read, cgi_write };

	signal(SIGPIPE, SIG_IGN);
	crash_answers(STDOUT_FILENO, CRASH_CGI);
	fn(&ex, ctx);
}

struct fcgi_exchange {
	struct exchange ex;
	FCGX_Request req;
};

static long
fcgi_read(struct exchange *ex, char *buf, size_t len)
{
	struct fcgi_exchange *f = (struct fcgi_exchange *)ex;
	int n = FCGX_GetStr(buf, (int)len, f->req.in);

	return FCGX_GetError(f->req.in) != 0 ? -1 : n;
}

static int
fcgi_write(struct exchange *ex, const char *data, size_t len)
{
	struct fcgi_exchange *f = (struct fcgi_exchange *)ex;

	if (FCGX_PutStr(data, (int)len, f->req.out) == -1 ||
	    FCGX_FFlush(f->req.out) == -1)
		return -1;
	return 0;
}

/* Catch the signals that end us, and keep them blocked but in ppoll(). Our
 * handlers stand before libfcgi looks, so it installs none. */
static void
catch_signals(sigset_t *while_waiting)
{
	struct sigaction action;
	sigset_t blocked;

	memset(&action, 0, sizeof(action));
	action.sa_handler = on_stop;
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGTERM);
	sigaddset(&blocked, SIGINT);
	sigprocmask(SIG_BLOCK, &blocked, while_waiting);
	sigdelset(while_waiting, SIGTERM);
	sigdelset(while_waiting, SIGINT);
}

/* Wait for a connection: 1, or 0 when it is time to end. */
static int
wait_connection(int listener, int idle_ms, const sigset_t *mask,
    struct err *err)
{
	struct timespec ts = { idle_ms / 1000, idle_ms % 1000 * 1000000L };
	struct pollfd p = { .fd = listener, .events = POLLIN };
	int n;

	if (stopping)
		return 0;
	n = ppoll(&p, 1, idle_ms < 0 ? NULL : &ts, mask);
	if (n == -1 && errno == EINTR)
		return stopping ? 0 : 1;
	if (n == -1)
		return err_errno(err, "waiting for requests");
	return n > 0;
}

/* Another process may have taken the connection, or the client left. */
static bool
accept_error_passes(int error)
{
	return error == EAGAIN || error == EWOULDBLOCK || error == EINTR ||
	    error == ECONNABORTED;
}

static int
accept_one(struct fcgi_exchange *f, exchange_fn fn, void *ctx,
    struct err *err)
{
	int flags, rc = FCGX_Accept_r(&f->req);

	if (rc < 0) {
		if (accept_error_passes(-rc) || stopping)
			return 0;
		errno = -rc;
		return err_errno(err, "accepting a request");
	}
	/* Some systems hand the listener's flag down to the connection. */
	flags = fcntl(f->req.ipcFd, F_GETFL);
	if (flags != -1)
		fcntl(f->req.ipcFd, F_SETFL, flags & ~O_NONBLOCK);
	f->ex.env = (const char *const *)f->req.envp;
	crash_answers(f->req.ipcFd, f->req.requestId);
	fn(&f->ex, ctx);
	FCGX_Finish_r(&f->req);
	return 0;
}

int
transport_fcgi(int listener, int idle_ms, exchange_fn fn, void *ctx,
    struct err *err)
{
	struct fcgi_exchange f = { .ex = { NULL, fcgi_read, fcgi_write } };
	sigset_t while_waiting;
	int rc;

	catch_signals(&while_waiting);
	if (FCGX_Init() != 0 || FCGX_InitRequest(&f.req, listener,
	    FCGI_FAIL_ACCEPT_ON_INTR) != 0)
		return err_set(err, ERR_IO, "libfcgi cannot be initialised");
	if (file_set_flags(listener, true, err) == -1)
		return err_wrap(err, "listening socket");
	while ((rc = wait_connection(listener, idle_ms, &while_waiting,
	    err)) == 1) {
		if (accept_one(&f, fn, ctx, err) == -1)
			return -1;
	}
	return rc;
}
