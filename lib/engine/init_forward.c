/*
 * init_forward.c - pawl-init as a program: ports of services on the loopback
 * of the job's container.
 *
 *	init address                         this container's own, a line each
 *	init forward LISTEN ADDRESS PORT ... passes connections on
 *
 * Workflows for a runner without a container reach their services at
 * localhost, where that runner has mapped their ports. Mapping them on the
 * host would let one job's database be in the way of another's. "forward" says
 * "ready" once it listens, and goes on until it is ended.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/init.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_PORTS 128
#define MAX_LINKS 512      /* connections at a time; others wait */
#define BUFFER_BYTES 16384 /* of one direction */

/* One direction of a connection. */
struct flow {
	char buf[BUFFER_BYTES];
	size_t at, len; /* what is still to be written */
	bool ended;     /* nothing more is read */
	bool shut;      /* and the other side knows */
};

struct link {
	int fds[2]; /* from the job, to the service */
	bool connecting;
	struct flow flows[2]; /* from fds[i] to the other */
};

struct port {
	int fds[2]; /* listening on both loopbacks; -1: not */
	struct sockaddr_in to;
};

struct forward {
	struct port ports[MAX_PORTS];
	size_t n_ports;
	struct link *links[MAX_LINKS];
	size_t n_links;
};

static void
link_free(struct link *l)
{
	for (int i = 0; i < 2; i++)
		if (l->fds[i] != -1)
			close(l->fds[i]);
	free(l);
}

/* --- setting up -------------------------------------------------------------- */

static bool
read_port(const char *text, in_port_t *out)
{
	char *end;
	long port = strtol(text, &end, 10);

	*out = htons((uint16_t)port);
	return *text != '\0' && *end == '\0' && port > 0 && port <= 65535;
}

static int
listen_at(struct sockaddr *addr, socklen_t len)
{
	const int yes = 1;
	int fd = socket(addr->sa_family,
	    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd == -1)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	if (bind(fd, addr, len) == 0 && listen(fd, SOMAXCONN) == 0)
		return fd;
	close(fd);
	return -1;
}

/* A container need not have the newer loopback. */
static int
port_open(struct port *p, char **words)
{
	struct sockaddr_in in4 = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6,
		.sin6_addr = IN6ADDR_LOOPBACK_INIT };

	p->to.sin_family = AF_INET;
	if (!read_port(words[0], &in4.sin_port) ||
	    !read_port(words[2], &p->to.sin_port) ||
	    inet_pton(AF_INET, words[1], &p->to.sin_addr) != 1) {
		errno = EINVAL;
		return -1;
	}
	in6.sin6_port = in4.sin_port;
	p->fds[0] = listen_at((struct sockaddr *)&in4, sizeof(in4));
	if (p->fds[0] == -1)
		return -1;
	p->fds[1] = listen_at((struct sockaddr *)&in6, sizeof(in6));
	return 0;
}

/* --- connections --------------------------------------------------------------- */

static void
take_connection(struct forward *f, struct port *p, int listening)
{
	int from = accept4(listening, NULL, NULL,
	    SOCK_NONBLOCK | SOCK_CLOEXEC), to;
	struct link *l;

	if (from == -1)
		return;
	to = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	l = calloc(1, sizeof(*l));
	if (l == NULL || to == -1 ||
	    (connect(to, (struct sockaddr *)&p->to, sizeof(p->to)) == -1 &&
		errno != EINPROGRESS)) {
		close(from);
		if (to != -1)
			close(to);
		free(l);
		return;
	}
	l->fds[0] = from;
	l->fds[1] = to;
	l->connecting = true;
	f->links[f->n_links++] = l;
}

/* Read when there is room, write what there is. False: the connection is
 * broken. */
static bool
flow_move(struct flow *w, int from, int to, short in, short out)
{
	ssize_t n;

	if (w->len == 0 && !w->ended && in != 0) {
		n = read(from, w->buf, sizeof(w->buf));
		if (n == -1 && errno != EAGAIN && errno != EINTR)
			return false;
		w->ended = n == 0;
		w->at = 0;
		w->len = n > 0 ? (size_t)n : 0;
		out = POLLOUT; /* most often there is room */
	}
	if (w->len > 0 && out != 0) {
		n = send(to, w->buf + w->at, w->len, MSG_NOSIGNAL);
		if (n == -1 && errno != EAGAIN && errno != EINTR)
			return false;
		if (n > 0) {
			w->at += (size_t)n;
			w->len -= (size_t)n;
		}
	}
	if (w->ended && w->len == 0 && !w->shut) {
		shutdown(to, SHUT_WR);
		w->shut = true;
	}
	return true;
}

/* What happened to its two descriptors. False: it is over. */
static bool
link_move(struct link *l, const struct pollfd *fds)
{
	int number = 0;
	socklen_t len = sizeof(number);

	if (l->connecting) {
		if (fds[1].revents == 0)
			return true;
		l->connecting = false;
		if (getsockopt(l->fds[1], SOL_SOCKET, SO_ERROR, &number,
			&len) == -1 || number != 0)
			return false;
	}
	for (int i = 0; i < 2; i++)
		if (!flow_move(&l->flows[i], l->fds[i], l->fds[1 - i],
			fds[i].revents & (POLLIN | POLLHUP | POLLERR),
			fds[1 - i].revents & POLLOUT))
			return false;
	return !l->flows[0].shut || !l->flows[1].shut;
}

static short
link_events(const struct link *l, int i)
{
	const struct flow *in = &l->flows[i], *out = &l->flows[1 - i];
	short events = 0;

	if (l->connecting)
		return i == 1 ? POLLOUT : 0;
	if (in->len == 0 && !in->ended)
		events |= POLLIN;
	if (out->len > 0)
		events |= POLLOUT;
	return events;
}

/* --- the loop ------------------------------------------------------------------- */

static struct pollfd fds[2 * MAX_PORTS + 2 * MAX_LINKS];

/* Descriptors with nothing to wait for are left out: the end of a connection
 * would be told of again and again. */
static size_t
fill(const struct forward *f)
{
	bool full = f->n_links == MAX_LINKS;
	size_t n = 0;

	for (size_t i = 0; i < f->n_ports; i++)
		for (int k = 0; k < 2; k++)
			fds[n++] = (struct pollfd){ full ? -1 :
				f->ports[i].fds[k], POLLIN, 0 };
	for (size_t i = 0; i < f->n_links; i++)
		for (int k = 0; k < 2; k++) {
			short events = link_events(f->links[i], k);

			fds[n++] = (struct pollfd){ events != 0 ?
				f->links[i]->fds[k] : -1, events, 0 };
		}
	return n;
}

static void
serve(struct forward *f)
{
	size_t n, kept, before;

	for (;;) {
		n = fill(f);
		if (poll(fds, (nfds_t)n, -1) == -1 && errno != EINTR)
			return;
		before = f->n_links;
		kept = 0;
		for (size_t i = 0; i < before; i++) {
			struct link *l = f->links[i];

			if (link_move(l, &fds[2 * f->n_ports + 2 * i]))
				f->links[kept++] = l;
			else
				link_free(l);
		}
		f->n_links = kept;
		for (size_t i = 0; i < 2 * f->n_ports; i++)
			if (fds[i].revents != 0 && f->n_links < MAX_LINKS)
				take_connection(f, &f->ports[i / 2],
				    fds[i].fd);
	}
}

static int
forward(int argc, char **argv)
{
	static struct forward f;

	for (int i = 0; i + 2 < argc && f.n_ports < MAX_PORTS; i += 3) {
		if (port_open(&f.ports[f.n_ports], argv + i) == -1) {
			fprintf(stderr, "port %s: %s\n", argv[i],
			    strerror(errno));
			return 1;
		}
		f.n_ports++;
	}
	signal(SIGPIPE, SIG_IGN);
	printf("ready\n");
	fflush(stdout);
	serve(&f);
	return 1;
}

static int
address(void)
{
	char text[INET_ADDRSTRLEN];
	struct ifaddrs *list;

	if (getifaddrs(&list) == -1) {
		fprintf(stderr, "addresses: %s\n", strerror(errno));
		return 1;
	}
	for (struct ifaddrs *a = list; a != NULL; a = a->ifa_next) {
		const struct sockaddr_in *in4 =
		    (const struct sockaddr_in *)(const void *)a->ifa_addr;

		if (a->ifa_addr == NULL || (a->ifa_flags & IFF_LOOPBACK) ||
		    a->ifa_addr->sa_family != AF_INET ||
		    inet_ntop(AF_INET, &in4->sin_addr, text, sizeof(text)) ==
		    NULL)
			continue;
		printf("%s\n", text);
	}
	freeifaddrs(list);
	return 0;
}

int
init_forward(int argc, char **argv)
{
	if (argc == 1 && strcmp(argv[0], "address") == 0)
		return address();
	if (argc >= 4 && argc % 3 == 1 && strcmp(argv[0], "forward") == 0)
		return forward(argc - 1, argv + 1);
	fprintf(stderr, "usage: init address\n"
	    "       init forward LISTEN ADDRESS PORT...\n");
	return 2;
}
