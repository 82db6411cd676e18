/*
 * engine_network.c - more containers than one for a job: a network of its
 * own, names on it, ports of the host.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "t/engine/cases.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "t/lib/tap.h"

/* A server that says hello to everybody, until it is killed. */
#define SERVER \
	"while :; do printf 'HTTP/1.0 200 OK\\r\\n\\r\\nhello' | " \
	"busybox nc -l -p 8080 >/dev/null; done"

static struct network *
network_of(struct rig *rig, int job)
{
	struct network_spec spec = { .job = job, .attempt = 2,
		.run = "owner/name#1", .instance = rig->instance };
	struct network *n = NULL;
	struct err err = { 0 };
	char name[64];

	snprintf(name, sizeof(name), "ci-job-%d-2", job);
	spec.name = name;
	ok(network_start(rig->engine, &spec, &n, &err) == 0,
	    "a network is made %s", err.text);
	return n;
}

/* A service of the job of `b`, in the same folder. */
static bool
service_start(struct box *b, struct network *net, const char *const *aliases,
    struct box *service)
{
	*service = *b;
	service->c = NULL;
	service->spec.role = CONTAINER_SERVICE;
	service->spec.ctl = "ctl-service";
	service->spec.bare = true;
	service->spec.net = net;
	service->spec.aliases = aliases;
	service->spec.network = true;
	service->spec.attempt = 3; /* a name of its own */
	return ok(box_start(service), "a service starts: %s",
	    service->err.text);
}

static void
server_end(struct box *b, struct step *server)
{
	struct ran r = { .out = STR_INIT, .diag = STR_INIT };

	container_signal(b->c, 0, SIGKILL, &b->err);
	step_finish(server, &r);
	ran_release(&r);
}

static void
service_end(struct box *service, struct step *server)
{
	server_end(service, server);
	is_int(container_remove(service->c, &service->err), 0,
	    "it is removed %s", service->err.text);
}

void
test_together(struct rig *rig)
{
	static const char *const aliases[] = { "db", "other", NULL };
	struct box b, service;
	struct step server;
	struct network *net;
	struct str id = STR_INIT;

	box_init(rig, &b);
	net = network_of(rig, (int)b.spec.job);
	if (net == NULL || !service_start(&b, net, aliases, &service))
		return;
	expect(&service, "ls -d /workspace /runner 2>/dev/null", "exited 1",
	    "", "it has neither workspace nor runner");
	step_begin(&service, SERVER, &server);
	b.spec.net = net;
	b.spec.network = true;
	if (!ok(box_start(&b), "the job's container starts beside it: %s",
		b.err.text))
		return;
	expect(&b, "until wget -q -O - http://db:8080/; do sleep 0.1; done",
	    "exited 0", "hello", "the service answers to its name");
	expect(&b, "until wget -q -O - http://other:8080/; do sleep 0.1; done",
	    "exited 0", "hello", "and to its other one");
	if (!rig->sandbox)
		is_int(count_listed(rig, &id), 3, "all three can be found");
	service_end(&service, &server);
	is_int(box_end(&b), 0, "the job's is removed %s", b.err.text);
	is_int(network_remove(net, &b.err), 0, "and the network %s",
	    b.err.text);
	is_int(count_listed(rig, &id), 0, "nothing is left");
	str_release(&id);
}

/* What 127.0.0.1:port says, from this side. The server is away between two
 * who ask: what is there then may end the connection at any moment. */
static void
read_port(int port, struct str *out)
{
	struct sockaddr_in addr = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char buf[256];
	ssize_t n;

	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) == 0 &&
	    send(fd, "GET / HTTP/1.0\r\n\r\n", 18, MSG_NOSIGNAL) == 18)
		while ((n = read(fd, buf, sizeof(buf))) > 0)
			str_add_len(out, buf, (size_t)n);
	close(fd);
}

void
test_ports(struct rig *rig)
{
	static const struct container_port ports[] = {
		{ .container = 8080 }, { .container = 53, .udp = true },
	};
	const struct timespec pause = { 0, 20000000 };
	struct str answer = STR_INIT;
	int64_t until;
	struct step server;
	struct box b;
	int port;

	box_init(rig, &b);
	b.spec.network = true;
	b.spec.ports = ports;
	b.spec.n_ports = 2;
	if (!ok(box_start(&b), "a container with ports starts: %s",
		b.err.text))
		return;
	port = container_host_port(b.c, 8080, false);
	ok(port > 0, "its port has one of the host: %d", port);
	ok(container_host_port(b.c, 53, true) > 0, "the one of UDP as well");
	is_int(container_host_port(b.c, 53, false), 0, "not of TCP");
	ok(container_id(b.c)[0] != '\0', "the engine has a name for it");
	step_begin(&b, "echo go; " SERVER, &server);
	step_await(&server, "go");
	expect(&b, "until /.pawl/init probe tcp 127.0.0.1 8080; do "
	    "sleep 0.1; done", "exited 0", "", "its server listens");
	until = clock_mono_ms() + RIG_DEADLINE_MS;
	read_port(port, &answer);
	while (strstr(answer.s, "hello") == NULL && clock_mono_ms() < until) {
		nanosleep(&pause, NULL);
		str_clear(&answer);
		read_port(port, &answer);
	}
	ok(strstr(answer.s, "hello") != NULL, "and answers from outside: %s",
	    answer.s);
	service_end(&b, &server);
	b.c = NULL;
	box_end(&b);
	str_release(&answer);
}

void
test_probe(struct rig *rig)
{
	struct step server;
	struct box b;

	box_up(rig, &b);
	expect(&b, "/.pawl/init probe tcp 127.0.0.1 8080 2>&1", "exited 1",
	    "127.0.0.1: Connection refused\n", "nobody listens yet");
	expect(&b, "/.pawl/init probe http / 8080 2>&1", "exited 1",
	    "/: Connection refused\n", "nor answers");
	step_begin(&b, "echo go; " SERVER, &server);
	step_await(&server, "go");
	expect(&b, "until /.pawl/init probe http /health 8080 2>/dev/null; do "
	    "sleep 0.1; done", "exited 0", "", "then somebody does");
	server_end(&b, &server);
	expect(&b, "while :; do echo hm | busybox nc -l -p 8081 >/dev/null; done & "
	    "until /.pawl/init probe http / 8081 2>&1 | "
	    "grep 'no answer of HTTP'; do sleep 0.1; done", "exited 0",
	    "/: no answer of HTTP\n", "who answers something else is told");
	expect(&b, "/.pawl/init probe tcp example.org 80 2>&1; echo $?; "
	    "/.pawl/init probe http x 80 2>&1; echo $?; "
	    "/.pawl/init probe tcp 127.0.0.1 70000 2>&1; echo $?; "
	    "/.pawl/init probe 2>/dev/null; echo $?", "exited 0",
	    "example.org: Invalid argument\n1\n"
	    "x: not a path as HTTP has them\n1\n"
	    "127.0.0.1: Invalid argument\n1\n2\n", "nonsense is refused");
	box_end(&b);
}

void
test_two_networks(struct rig *rig)
{
	struct network *one = network_of(rig, 4242);
	struct network *two = network_of(rig, 4242);
	struct str id = STR_INIT;
	struct err err = { 0 };

	is_int(count_listed(rig, &id), 2, "two Pawls may have the same job");
	ok(str_starts_with(id.s, "network/"), "networks are told as such: %s",
	    id.s);
	is_int(engine_remove_leftover(rig->engine, id.s, &err), 0,
	    "one is removed by its id %s", err.text);
	is_int(network_remove(one, &err), 0, "one by its owner %s", err.text);
	is_int(network_remove(two, &err), 0, "who does not mind %s",
	    err.text);
	is_int(count_listed(rig, &id), 0, "none is left");
	str_release(&id);
}
