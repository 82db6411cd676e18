/*
 * post-load.c - send a bounded number of signed webhooks to a server of this
 * machine and print how long they took, as one line of JSON.
 *
 *	post-load PORT PATH SECRET-FILE BODY-FILE REQUESTS CLIENTS [TAG]
 *
 * `refused` counts answers of 429 with Retry-After.
 *
 * Each client is a process with one connection that it keeps open; it sends
 * its share one after the other, every request with a delivery id of its own
 * (made from TAG, so that two loads on one database differ). Only 127.0.0.1
 * is ever spoken to.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define REQUESTS_MAX 200000
#define CLIENTS_MAX 256
#define BODY_MAX (1024 * 1024)

struct load {
	int port;
	const char *path;
	const char *tag;
	int n_requests;
	int n_clients;
	char *body;
	size_t body_len;
	char signature[2 * crypto_auth_hmacsha256_BYTES + 1];
};

/* One request's outcome, shared between the clients and their parent. */
struct outcome {
	int status; /* of HTTP; 0: the connection failed */
	bool retry_after; /* it says when to come again */
	double ms;
};

static void
die(const char *what)
{
	fprintf(stderr, "post-load: %s: %s\n", what, strerror(errno));
	exit(1);
}

static double
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

static size_t
read_all(const char *path, char *buf, size_t max)
{
	size_t len;
	FILE *f;

	if ((f = fopen(path, "r")) == NULL)
		die(path);
	len = fread(buf, 1, max, f);
	if (ferror(f) || !feof(f))
		die(path);
	fclose(f);
	return len;
}

static void
sign(struct load *load, const char *secret_file)
{
	char key[1024];
	size_t len = read_all(secret_file, key, sizeof(key));
	unsigned char mac[crypto_auth_hmacsha256_BYTES];
	crypto_auth_hmacsha256_state st;

	while (len > 0 && key[len - 1] == '\n')
		len--;
	crypto_auth_hmacsha256_init(&st, (unsigned char *)key, len);
	crypto_auth_hmacsha256_update(&st, (unsigned char *)load->body,
	    load->body_len);
	crypto_auth_hmacsha256_final(&st, mac);
	sodium_bin2hex(load->signature, sizeof(load->signature), mac,
	    sizeof(mac));
}

static int
dial(int port)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	int one = 1, fd;

	to.sin_port = htons((unsigned short)port);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if ((fd = socket(AF_INET, SOCK_STREAM, 0)) == -1 ||
	    connect(fd, (struct sockaddr *)&to, sizeof(to)) == -1)
		die("connect");
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	return fd;
}

static int
send_all(int fd, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t n = send(fd, data, len, MSG_NOSIGNAL);

		if (n <= 0)
			return -1;
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

/* The value of a header inside an answer's head, or NULL. */
static const char *
header(const char *head, const char *name)
{
	const char *line = head;
	size_t n = strlen(name);

	while ((line = strstr(line, "\r\n")) != NULL) {
		line += 2;
		if (strncasecmp(line, name, n) == 0 && line[n] == ':')
			return line + n + 1;
	}
	return NULL;
}

/* How many bytes the whole answer in `buf` has; 0 while that is not known. */
static size_t
answer_size(const char *buf, size_t len)
{
	const char *end = strstr(buf, "\r\n\r\n");
	const char *length;
	size_t head;

	if (end == NULL)
		return 0;
	head = (size_t)(end - buf) + 4;
	if ((length = header(buf, "Content-Length")) != NULL)
		return head + strtoul(length, NULL, 10);
	/* chunked: it ends with the empty chunk */
	if (len >= 5 && memcmp(buf + len - 5, "0\r\n\r\n", 5) == 0)
		return len;
	return 0;
}

/* Read one answer; its HTTP status, or 0. Sets *fd to -1 when the server
 * closes the connection after it. */
static int
read_answer(int *fd, struct outcome *out)
{
	char buf[16384];
	size_t len = 0, size = 0;
	const char *connection;
	int status = 0;

	while (size == 0 || len < size) {
		ssize_t n = recv(*fd, buf + len, sizeof(buf) - 1 - len, 0);

		if (n <= 0)
			break;
		len += (size_t)n;
		buf[len] = '\0';
		size = answer_size(buf, len);
	}
	buf[len] = '\0';
	if (size == 0 || sscanf(buf, "HTTP/1.1 %d", &status) != 1)
		status = 0;
	connection = header(buf, "Connection");
	out->retry_after = header(buf, "Retry-After") != NULL;
	if (status == 0 ||
	    (connection != NULL && strstr(connection, "close") != NULL)) {
		close(*fd);
		*fd = -1;
	}
	return status;
}

static int
post(const struct load *load, int *fd, int number, struct outcome *out)
{
	char head[1024];
	int len;

	if (*fd == -1)
		*fd = dial(load->port);
	len = snprintf(head, sizeof(head),
	    "POST %s HTTP/1.1\r\n"
	    "Host: 127.0.0.1:%d\r\n"
	    "Content-Type: application/json\r\n"
	    "Content-Length: %zu\r\n"
	    "X-Gitea-Event: push\r\n"
	    "X-Gitea-Delivery: %s-%d\r\n"
	    "X-Gitea-Signature: %s\r\n\r\n",
	    load->path, load->port, load->body_len, load->tag, number,
	    load->signature);
	if (len < 0 || (size_t)len >= sizeof(head) ||
	    send_all(*fd, head, (size_t)len) == -1 ||
	    send_all(*fd, load->body, load->body_len) == -1) {
		close(*fd);
		*fd = -1;
		return 0;
	}
	return read_answer(fd, out);
}

static void
client(const struct load *load, int first, struct outcome *out)
{
	int fd = -1;

	for (int i = first; i < load->n_requests; i += load->n_clients) {
		double start = now_ms();

		out[i].status = post(load, &fd, i, &out[i]);
		out[i].ms = now_ms() - start;
	}
}

static int
by_ms(const void *a, const void *b)
{
	double x = ((const struct outcome *)a)->ms;
	double y = ((const struct outcome *)b)->ms;

	return (x > y) - (x < y);
}

static void
report(struct outcome *out, int n, double seconds)
{
	int accepted = 0, refused = 0, failed = 0;

	for (int i = 0; i < n; i++) {
		accepted += out[i].status == 202;
		refused += out[i].status == 429 && out[i].retry_after;
		failed += out[i].status == 0;
	}
	qsort(out, (size_t)n, sizeof(*out), by_ms);
	printf("{\"requests\":%d,\"accepted\":%d,\"refused\":%d,\"failed\":%d,"
	    "\"seconds\":%.3f,\"per_second\":%.1f,"
	    "\"p50_ms\":%.2f,\"p95_ms\":%.2f,\"p99_ms\":%.2f,"
	    "\"max_ms\":%.2f}\n",
	    n, accepted, refused, failed, seconds, n / seconds, out[n / 2].ms,
	    out[(int)(n * 0.95)].ms, out[(int)(n * 0.99)].ms,
	    out[n - 1].ms);
}

int
main(int argc, char **argv)
{
	struct load load = { 0 };
	struct outcome *out;
	double start;

	if (argc < 7 || sodium_init() == -1) {
		fprintf(stderr, "usage: post-load PORT PATH SECRET-FILE "
		    "BODY-FILE REQUESTS CLIENTS [TAG]\n");
		return 2;
	}
	load.port = atoi(argv[1]);
	load.path = argv[2];
	load.n_requests = atoi(argv[5]);
	load.n_clients = atoi(argv[6]);
	load.tag = argc > 7 ? argv[7] : "load";
	if (load.n_requests < 1 || load.n_requests > REQUESTS_MAX ||
	    load.n_clients < 1 || load.n_clients > CLIENTS_MAX) {
		fprintf(stderr, "post-load: 1 to %d requests, 1 to %d clients\n",
		    REQUESTS_MAX, CLIENTS_MAX);
		return 2;
	}
	if ((load.body = malloc(BODY_MAX)) == NULL)
		die("memory");
	load.body_len = read_all(argv[4], load.body, BODY_MAX);
	sign(&load, argv[3]);
	out = mmap(NULL, (size_t)load.n_requests * sizeof(*out),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (out == MAP_FAILED)
		die("memory");

	start = now_ms();
	for (int i = 0; i < load.n_clients; i++) {
		pid_t pid = fork();

		if (pid == -1)
			die("fork");
		if (pid == 0) {
			client(&load, i, out);
			_exit(0);
		}
	}
	while (wait(NULL) > 0)
		;
	report(out, load.n_requests, (now_ms() - start) / 1e3);
	free(load.body);
	return 0;
}
