/*
 * init_probe.c - pawl-init as a program: does a service answer?
 *
 *	init probe tcp ADDRESS PORT    does somebody listen there?
 *	init probe http PATH PORT      is a GET answered with 2xx or 3xx?
 *
 * Runs as a step in the service's own container, so that no image needs curl
 * or nc. Addresses are numbers: looking up names would need files of the
 * image. Ends with 0 for yes and 1 for no, within a few seconds.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/init.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define WAIT_S 2      /* for a connection, and for an answer */
#define MAX_PATH 2000

static int
no(const char *what, const char *why)
{
	fprintf(stderr, "%s: %s\n", what, why);
	return 1;
}

static int
connect_to(const struct sockaddr *addr, socklen_t len)
{
	const struct timeval limit = { .tv_sec = WAIT_S };
	int fd = socket(addr->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int number;

	if (fd == -1)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) ==
		0 &&
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) ==
		0 &&
	    connect(fd, addr, len) == 0)
		return fd;
	/* Linux tells a connection that takes too long like this. */
	number = errno == EINPROGRESS ? ETIMEDOUT : errno;
	close(fd);
	errno = number;
	return -1;
}

static int
open_port(const char *address, const char *port_text)
{
	struct sockaddr_in in4 = { .sin_family = AF_INET };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };
	char *end;
	long port = strtol(port_text, &end, 10);

	errno = EINVAL;
	if (*end != '\0' || port < 1 || port > 65535)
		return -1;
	in4.sin_port = in6.sin6_port = htons((uint16_t)port);
	if (inet_pton(AF_INET, address, &in4.sin_addr) == 1)
		return connect_to((struct sockaddr *)&in4, sizeof(in4));
	if (inet_pton(AF_INET6, address, &in6.sin6_addr) == 1)
		return connect_to((struct sockaddr *)&in6, sizeof(in6));
	errno = EINVAL;
	return -1;
}

static int
probe_tcp(const char *address, const char *port)
{
	int fd = open_port(address, port);

	if (fd == -1)
		return no(address, strerror(errno));
	close(fd);
	return 0;
}

/* The status of an answer that begins "HTTP/1.1 200 OK"; 0: it is none. */
static int
read_status(int fd)
{
	char line[64];
	size_t have = 0;
	ssize_t n;
	int status = 0;

	while (have < sizeof(line) - 1) {
		n = read(fd, line + have, sizeof(line) - 1 - have);
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		have += (size_t)n;
	}
	line[have] = '\0';
	if (sscanf(line, "HTTP/%*[0-9.] %3d", &status) != 1)
		return 0;
	return status;
}

static int
probe_http(const char *path, const char *port)
{
	char request[MAX_PATH + 100], text[32];
	int fd, len, number, status = 0;

	if (path[0] != '/' || strlen(path) > MAX_PATH ||
	    strpbrk(path, " \r\n") != NULL)
		return no(path, "not a path as HTTP has them");
	fd = open_port("127.0.0.1", port);
	number = errno;
	if (fd == -1)
		fd = open_port("::1", port);
	if (fd == -1)
		return no(path, strerror(number));
	len = snprintf(request, sizeof(request), "GET %s HTTP/1.0\r\n"
	    "Host: localhost:%s\r\nUser-Agent: pawl\r\n\r\n", path, port);
	if (send(fd, request, (size_t)len, MSG_NOSIGNAL) == len)
		status = read_status(fd);
	close(fd);
	if (status >= 200 && status < 400)
		return 0;
	snprintf(text, sizeof(text), "answered %d", status);
	return no(path, status == 0 ? "no answer of HTTP" : text);
}

int
init_probe(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[0], "tcp") == 0)
		return probe_tcp(argv[1], argv[2]);
	if (argc == 3 && strcmp(argv[0], "http") == 0)
		return probe_http(argv[1], argv[2]);
	fprintf(stderr, "usage: init probe tcp ADDRESS PORT\n"
	    "       init probe http PATH PORT\n");
	return 2;
}
