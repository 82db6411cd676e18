/*
 * docker-t.c - the docker engine against a service that answers as told:
 * what the words and codes of Docker and Podman become, and what happens when
 * the service misbehaves.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/engine/docker.h"
#include "t/lib/tap.h"

static struct docker docker = { .version = "1.41", .product = "test" };

/* A child that listens at docker.socket, gives this answer to every request
 * and ends after `n` of them; then the socket is still there. */
static pid_t
serve(const char *answer, int n)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), conn;
	char request[8192];
	pid_t pid;

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", docker.socket);
	unlink(docker.socket);
	if (bind(fd, (struct sockaddr *)&addr, sizeof(addr)) == -1 ||
	    listen(fd, 4) == -1)
		abort();
	fflush(stdout);
	pid = fork();
	if (pid != 0) {
		close(fd);
		return pid;
	}
	while (n-- > 0) {
		conn = accept(fd, NULL, NULL);
		if (read(conn, request, sizeof(request)) <= 0 ||
		    write(conn, answer, strlen(answer)) == -1)
			_exit(1);
		close(conn);
	}
	_exit(0);
}

static void
finish(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static int
ask(int timeout_ms, json_t **out, struct err *err)
{
	err_clear(err);
	return docker_json(&docker, "GET", "/x", NULL, timeout_ms, "asking",
	    out, err);
}

/* Each row's answer becomes this code. The texts are those of Docker 20.10
 * and Podman 4.3. */
static void
test_refusals(void)
{
	static const struct {
		const char *status;
		const char *message;
		enum err_code code;
	} rows[] = {
		{ "404 Not Found", "No such image: x:latest", ERR_NOT_FOUND },
		{ "404 Not Found", "page not found", ERR_NOT_FOUND },
		{ "500 x", "failed to find image x: x: image not known",
		    ERR_NOT_FOUND },
		{ "500 x", "no container with name or ID \\\"x\\\" found: no "
		    "such container", ERR_NOT_FOUND },
		{ "409 Conflict", "Conflict. The container name \\\"/x\\\" is "
		    "already in use by container \\\"y\\\"", ERR_EXISTS },
		{ "500 x", "creating container storage: the container name "
		    "\\\"x\\\" is already in use by y", ERR_EXISTS },
		{ "409 Conflict", "removal is in progress", ERR_CONFLICT },
		{ "500 x", "can only kill running containers: container state "
		    "improper", ERR_CONFLICT },
		{ "500 x", "unauthorized: authentication required",
		    ERR_DENIED },
		{ "400 Bad", "invalid reference format", ERR_INVALID },
		{ "500 x", "write /var/lib/x: no space left on device",
		    ERR_IO },
		{ "500 x", "something unheard of", ERR_UNAVAILABLE },
		{ "503 x", "shutting down", ERR_UNAVAILABLE },
	};
	struct str answer = STR_INIT;
	struct err err = { 0 };
	pid_t pid;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		str_clear(&answer);
		str_addf(&answer, "HTTP/1.1 %s\r\nConnection: close\r\n\r\n"
		    "{\"cause\": \"x\", \"message\": \"%s\"}",
		    rows[i].status, rows[i].message);
		pid = serve(answer.s, 1);
		is_int(ask(20000, NULL, &err), -1, "%s", rows[i].status);
		is_int(err.code, rows[i].code, "%s", err.text);
		finish(pid);
	}
	str_release(&answer);
}

static void
test_misbehaviour(void)
{
	struct str large = STR_INIT;
	struct err err = { 0 };
	json_t *json = NULL;
	pid_t pid;

	pid = serve("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n<html>", 1);
	is_int(ask(20000, &json, &err), -1, "what is not JSON is an error");
	is_int(err.code, ERR_UNAVAILABLE, "%s", err.text);
	finish(pid);

	pid = serve("HTTP/1.1 500 x\r\nConnection: close\r\n\r\n\xff", 1);
	is_int(ask(20000, &json, &err), -1, "so is a refusal that is none");
	is_int(err.code, ERR_UNAVAILABLE, "%s", err.text);
	finish(pid);

	pid = serve("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", 1);
	is_int(ask(20000, &json, &err), -1, "an answer that breaks off");
	is_int(err.code, ERR_UNAVAILABLE, "%s", err.text);
	finish(pid);

	pid = serve("SSH-2.0-OpenSSH_9.2\r\n", 1);
	is_int(ask(20000, &json, &err), -1, "another protocol");
	is_int(err.code, ERR_UNAVAILABLE, "%s", err.text);
	finish(pid);

	str_add(&large, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
	while (large.len < (5u << 20))
		str_add(&large, "                                          ");
	pid = serve(large.s, 1);
	is_int(ask(20000, &json, &err), -1, "an answer without end");
	is_int(err.code, ERR_TOO_LARGE, "%s", err.text);
	finish(pid);
	str_release(&large);

	pid = serve("", 1);
	is_int(ask(20000, &json, &err), -1, "no answer at all");
	is_int(err.code, ERR_UNAVAILABLE, "%s", err.text);
	finish(pid);
}

static void
test_absence(void)
{
	struct err err = { 0 };
	json_t *json = NULL;
	pid_t pid = serve("", 0);

	waitpid(pid, NULL, 0);
	is_int(ask(20000, &json, &err), -1, "a socket without a service");
	ok(strstr(err.text, docker.socket) != NULL &&
	    strstr(err.text, "start the service") != NULL, "%s", err.text);
	unlink(docker.socket);
	is_int(ask(20000, &json, &err), -1, "no socket");
	ok(strstr(err.text, docker.socket) != NULL &&
	    strstr(err.text, "install Docker or Podman") != NULL, "%s",
	    err.text);
}

/* The kernel accepts for it: a service that hangs looks like this. */
static void
test_silence(void)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	struct err err = { 0 };
	json_t *json = NULL;

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", docker.socket);
	unlink(docker.socket);
	if (bind(fd, (struct sockaddr *)&addr, sizeof(addr)) == -1 ||
	    listen(fd, 4) == -1)
		abort();
	is_int(ask(200, &json, &err), -1, "a service that never answers");
	is_int(err.code, ERR_TIMEOUT, "%s", err.text);
	close(fd);
}

static void
count_lines(void *ctx, const char *line)
{
	struct str *text = ctx;

	str_addf(text, "%s\n", line);
}

/* A pull: the image is absent (404), then comes the stream. */
static void
pulls(const char *stream, enum err_code code, const char *told,
    const char *title)
{
	struct str answer = STR_INIT, text = STR_INIT;
	struct err err = { 0 };
	pid_t pid;
	int rc;

	str_addf(&answer, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n%s",
	    stream);
	pid = serve(answer.s, 1);
	rc = docker_image_pull(&docker, &(struct image_request){ "r/x:1",
	    IMAGE_PULL_MISSING, NULL }, count_lines, &text, &err);
	is_int(rc, code == ERR_NONE ? 0 : -1, "%s", title);
	is_int(err.code, code, "%s", err.text);
	if (told != NULL)
		is_str(text.s, told, "%s: what is told", title);
	finish(pid);
	str_release(&answer);
	str_release(&text);
}

static void
test_pull(void)
{
	pulls("{\"status\":\"Pulling from x\",\"id\":\"1\"}\r\n"
	    "{\"status\":\"Downloading\",\"progressDetail\":{\"current\":1,"
	    "\"total\":2},\"id\":\"ab\"}\n{\"status\":\"Downloading\","
	    "\"progressDetail\":{\"current\":1,\"total\":5},\"id\":\"cd\"}\r\n{\"status\":\"Pull complete\",\"id\":\"ab\"}"
	    "\r\n{\"status\":\"Status: Downloaded newer image\"}", ERR_NONE,
	    "pulling the image \"r/x:1\"\nStatus: Downloaded newer image\n"
	    "1 of 2 layers, 3 bytes of 7 bytes\n",
	    "the progress of layers is summed up");
	pulls("{\"status\":\"Pulling from x\"}\n{\"errorDetail\":{},\"error\":"
	    "\"manifest for r/x:1 not found: manifest unknown\"}\n",
	    ERR_NOT_FOUND, NULL, "an error in the stream is one");
	pulls("{\"error\":\"pull access denied for r/x, repository does not "
	    "exist or may require 'docker login'\"}", ERR_NOT_FOUND, NULL,
	    "a repository that is not there");
	pulls("not json\n\n[]\n", ERR_NONE, "pulling the image \"r/x:1\"\n",
	    "what is not understood is not told");
}

static void
test_names(void)
{
	static const char *const wrong[] = {
		"", " ", "x y", "x?y=1", "x/../y", "x%2f", "x\n", "UPPER\xc3",
	};
	struct err err;

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		err_clear(&err);
		is_int(docker_image_ensure(&docker, &(struct image_request){
		    .image = wrong[i] }, NULL, NULL, &err), -1, "name %zu is refused", i);
		is_int(err.code, ERR_INVALID, "before anything is asked");
	}
}

/* A child that answers one request on a port of loopback. */
static pid_t
serve_tcp(const char *answer, int *port)
{
	struct sockaddr_in addr = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM, 0), conn;
	socklen_t len = sizeof(addr);
	char request[8192];
	pid_t pid;

	if (bind(fd, (struct sockaddr *)&addr, sizeof(addr)) == -1 ||
	    getsockname(fd, (struct sockaddr *)&addr, &len) == -1 ||
	    listen(fd, 4) == -1)
		abort();
	*port = ntohs(addr.sin_port);
	fflush(stdout);
	pid = fork();
	if (pid != 0) {
		close(fd);
		return pid;
	}
	conn = accept(fd, NULL, NULL);
	if (read(conn, request, sizeof(request)) <= 0 ||
	    write(conn, answer, strlen(answer)) == -1)
		_exit(1);
	close(conn);
	_exit(0);
}

static void
finds(const char *where, enum err_code code)
{
	const struct config config = { .docker_socket = where };
	struct docker *d = NULL;
	struct err err = { 0 };

	is_int(docker_find(&config, &d, &err), code == ERR_NONE ? 0 : -1,
	    "an engine at \"%s\"", where);
	is_int(err.code, code, "%s", err.text);
	if (d != NULL)
		ok(strcmp(d->socket, where) == 0 &&
		    strcmp(d->product, "Podman 4.3.1") == 0, "is told as "
		    "\"%s\" at \"%s\"", d->product, d->socket);
	docker_free(d);
}

static void
test_addresses(void)
{
	static const char *const far[] = { "tcp://192.0.2.1:2375",
		"tcp://localhost.example.org:2375",
		"tcp://127.example.org:2375", "tcp://localhost:x@192.0.2.1",
		"tcp://127.0.0.1/x", "tcp://", "ssh://host", "relative" };
	char address[64];
	pid_t pid;
	int port;

	unsetenv("DOCKER_TLS_VERIFY");
	pid = serve_tcp("HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\n"
	    "Server: Libpod/4.3.1 (linux)\r\nConnection: close\r\n\r\nOK",
	    &port);
	snprintf(address, sizeof(address), "tcp://127.0.0.1:%d", port);
	finds(address, ERR_NONE);
	finish(pid);
	finds(address, ERR_UNAVAILABLE);
	for (size_t i = 0; i < ARRAY_LEN(far); i++)
		finds(far[i], ERR_UNSUPPORTED);
}

int
main(void)
{
	struct str path = STR_INIT;

	signal(SIGPIPE, SIG_IGN);
	str_addf(&path, "%s/docker.sock", tap_dir());
	docker.socket = path.s;
	test_refusals();
	test_misbehaviour();
	test_absence();
	test_silence();
	test_pull();
	test_names();
	test_addresses();
	str_release(&path);
	return tap_done();
}
