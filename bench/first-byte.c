/*
 * first-byte.c - how long until a container has printed its first byte, when
 * nothing but the engine is in between.
 *
 *	first-byte run COMMAND...		a command line, as people type it
 *	first-byte api SOCKET IMAGE SCRIPT	the Engine API: create, attach,
 *						start, remove
 *
 * Prints two numbers, in milliseconds: from the beginning to the first byte,
 * and to the end.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ANSWER_BYTES 65536

static double
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

static void
fail(const char *what)
{
	fprintf(stderr, "first-byte: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* The time of the first byte; all others are read and dropped. */
static double
read_all(int fd)
{
	char buf[ANSWER_BYTES];
	double first = 0;
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) > 0)
		if (first == 0)
			first = now_ms();
	if (n == -1 || first == 0)
		fail("nothing was printed");
	return first;
}

static double
run_command(char **argv)
{
	int fds[2], status;
	double first;
	pid_t pid;

	if (pipe(fds) == -1 || (pid = fork()) == -1)
		fail("cannot fork");
	if (pid == 0) {
		if (dup2(fds[1], STDOUT_FILENO) == -1)
			_exit(127);
		close(fds[0]);
		close(fds[1]);
		execvp(argv[0], argv);
		_exit(127);
	}
	close(fds[1]);
	first = read_all(fds[0]);
	close(fds[0]);
	if (waitpid(pid, &status, 0) == -1 || status != 0)
		fail("the command failed");
	return first;
}

/* --- the Engine API ---------------------------------------------------------- */

/* Each request has a connection of its own, as a shell's curl would. */
static int
ask(const char *path, const char *head, const char *body)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", path);
	if (fd == -1 ||
	    connect(fd, (struct sockaddr *)&addr, sizeof(addr)) == -1)
		fail(path);
	dprintf(fd, "%s HTTP/1.1\r\nHost: engine\r\n"
	    "Content-Type: application/json\r\nContent-Length: %zu\r\n"
	    "%s\r\n%s", head, strlen(body), strstr(head, "/attach") != NULL ?
	    "Connection: Upgrade\r\nUpgrade: tcp\r\n" :
	    "Connection: close\r\n", body);
	return fd;
}

/* Read up to the end of the headers, or to the end of all. */
static void
answer(int fd, int headers_only, char *out, size_t size)
{
	size_t len = 0;
	ssize_t n;

	while (len + 1 < size &&
	    (n = read(fd, out + len, headers_only ? 1 : size - 1 - len)) >
	    0) {
		len += (size_t)n;
		out[len] = '\0';
		if (headers_only && strstr(out, "\r\n\r\n") != NULL)
			break;
	}
	out[len] = '\0';
	if (strlen(out) < 12 || out[9] > '3') {
		fprintf(stderr, "first-byte: the engine says: %s\n", out);
		exit(1);
	}
}

static void
request(const char *socket_path, const char *head, const char *body,
    char *out, size_t size)
{
	int fd = ask(socket_path, head, body);

	answer(fd, 0, out, size);
	close(fd);
}

static double
run_api(const char *socket_path, const char *image, const char *script)
{
	static char text[ANSWER_BYTES];
	char head[512], body[1024], id[80];
	const char *found;
	double first;
	int fd;

	snprintf(body, sizeof(body), "{\"Image\":\"%s\",\"Cmd\":[\"sh\","
	    "\"-c\",\"%s\"],\"HostConfig\":{}}", image, script);
	request(socket_path, "POST /v1.41/containers/create", body, text,
	    sizeof(text));
	found = strstr(text, "\"Id\":\"");
	if (found == NULL || sscanf(found, "\"Id\":\"%64[0-9a-f]", id) != 1)
		fail("the engine made no container");
	snprintf(head, sizeof(head), "POST /v1.41/containers/%s/attach"
	    "?stream=1&stdout=1", id);
	fd = ask(socket_path, head, "");
	answer(fd, 1, text, sizeof(text));
	snprintf(head, sizeof(head), "POST /v1.41/containers/%s/start", id);
	request(socket_path, head, "", text, sizeof(text));
	first = read_all(fd);
	close(fd);
	snprintf(head, sizeof(head), "DELETE /v1.41/containers/%s?force=1&v=1",
	    id);
	request(socket_path, head, "", text, sizeof(text));
	return first;
}

int
main(int argc, char **argv)
{
	double began = now_ms(), first;

	if (argc >= 3 && strcmp(argv[1], "run") == 0)
		first = run_command(argv + 2);
	else if (argc == 5 && strcmp(argv[1], "api") == 0)
		first = run_api(argv[2], argv[3], argv[4]);
	else {
		fprintf(stderr, "usage: first-byte run COMMAND...\n"
		    "       first-byte api SOCKET IMAGE SCRIPT\n");
		return 2;
	}
	printf("%.1f %.1f\n", first - began, now_ms() - began);
	return 0;
}
