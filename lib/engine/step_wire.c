/*
 * step_wire.c - moves the messages of step_protocol.h over the socket.
 *
 * Descriptors travel with the header's first byte, so they are there before
 * anything of the body is read.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/step_protocol.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

/* Room for the descriptors of one message, aligned as cmsg(3) wants it. */
union control {
	char room[CMSG_SPACE(STEP_FDS * sizeof(int))];
	struct cmsghdr align;
};

static void
attach(struct msghdr *msg, union control *control, const int *fds, int n_fds)
{
	size_t bytes = (size_t)n_fds * sizeof(int);
	struct cmsghdr *c;

	memset(control, 0, sizeof(*control));
	msg->msg_control = control->room;
	msg->msg_controllen = CMSG_SPACE(bytes);
	c = CMSG_FIRSTHDR(msg);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(bytes);
	memcpy(CMSG_DATA(c), fds, bytes);
}

static int
send_all(int sock, const char *data, size_t len)
{
	ssize_t n;

	while (len > 0) {
		n = send(sock, data, len, MSG_NOSIGNAL);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return -1;
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

int
step_send(int sock, enum step_type type, const void *body, size_t len,
    const int *fds, int n_fds)
{
	struct step_header h = { (uint32_t)type, (uint32_t)len };
	struct iovec iov = { &h, sizeof(h) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	union control control;
	ssize_t n;

	if (n_fds > 0)
		attach(&msg, &control, fds, n_fds);
	do
		n = sendmsg(sock, &msg, MSG_NOSIGNAL);
	while (n == -1 && errno == EINTR);
	if (n == -1)
		return -1;
	if (send_all(sock, (char *)&h + n, sizeof(h) - (size_t)n) == -1)
		return -1;
	return send_all(sock, body, len);
}

/* Take the descriptors that came along; those beyond STEP_FDS were never
 * installed, because there was no room for them (MSG_CTRUNC). */
static void
detach(struct msghdr *msg, int fds[STEP_FDS])
{
	struct cmsghdr *c;
	size_t n;

	for (c = CMSG_FIRSTHDR(msg); c != NULL; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		memcpy(fds, CMSG_DATA(c),
		    (n > STEP_FDS ? STEP_FDS : n) * sizeof(int));
		return;
	}
}

static void
close_fds(int fds[STEP_FDS])
{
	for (int i = 0; i < STEP_FDS; i++) {
		if (fds[i] != -1)
			close(fds[i]);
		fds[i] = -1;
	}
}

int
step_recv_header(int sock, struct step_header *h, int fds[STEP_FDS])
{
	struct iovec iov = { h, sizeof(*h) };
	union control control;
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control.room,
		.msg_controllen = sizeof(control.room) };
	ssize_t n;
	int rc = 1;

	for (int i = 0; i < STEP_FDS; i++)
		fds[i] = -1;
	do
		n = recvmsg(sock, &msg, MSG_CMSG_CLOEXEC);
	while (n == -1 && errno == EINTR);
	if (n <= 0)
		return (int)n;
	detach(&msg, fds);
	if ((size_t)n < sizeof(*h))
		rc = step_recv_body(sock, (char *)h + n,
		    sizeof(*h) - (size_t)n);
	if (rc == 1 && !step_header_valid(h)) {
		errno = EPROTO;
		rc = -1;
	}
	if (rc != 1)
		close_fds(fds);
	return rc;
}

int
step_recv_body(int sock, void *body, size_t len)
{
	char *p = body;
	ssize_t n;

	while (len > 0) {
		n = recv(sock, p, len, 0);
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			return (int)n;
		p += n;
		len -= (size_t)n;
	}
	return 1;
}
