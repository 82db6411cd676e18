/*
 * health-t.c - whether a service is up: the machine, and what it is made of;
 * ports as pipelines write them.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/health.h"

#include <string.h>

#include "lib/base/mem.h"
#include "lib/run/wish.h"
#include "t/lib/tap.h"

static struct arena names = ARENA_INIT(0);

static const char *const command[] = { "/bin/check", NULL };
static const struct health_plan plan = { .argv = command, .about = "check",
	.pause_max_ms = 1000, .timeout_ms = 500, .limit_ms = 10000 };

/* --- the machine --------------------------------------------------------------- */

static void
nothing_to_ask(void)
{
	const struct health_plan none = { .argv = NULL };
	struct health h;

	health_begin(&h, &none, 1000);
	ok(h.state == HEALTH_UP && !health_is_due(&h, 1000) &&
	    health_next_ms(&h) == INT64_MAX,
	    "without a check a service is up when it runs");
}

static void
good_at_once(void)
{
	struct health h;

	health_begin(&h, &plan, 1000);
	ok(health_is_due(&h, 1000), "the first probe is due at once");
	health_probing(&h, 1000);
	ok(!health_is_due(&h, 1001), "one at a time");
	is_int(health_next_ms(&h), 1500, "a probe has its limit");
	health_probed(&h, true, 1040);
	ok(h.state == HEALTH_UP && health_next_ms(&h) == INT64_MAX,
	    "one good answer is enough, and nobody asks any more");
}

static void
good_later(void)
{
	struct health h;
	int64_t now = 0, pauses[7], began;

	health_begin(&h, &plan, now);
	for (size_t i = 0; i < ARRAY_LEN(pauses); i++) {
		health_probing(&h, now);
		began = now;
		health_probed(&h, false, now);
		pauses[i] = health_next_ms(&h) - began;
		now = health_next_ms(&h);
	}
	ok(pauses[0] == 50 && pauses[1] == 100 && pauses[4] == 800 &&
	    pauses[5] == 1000 && pauses[6] == 1000,
	    "pauses grow up to a second");
	health_probing(&h, now);
	health_probed(&h, true, now);
	ok(h.state == HEALTH_UP, "a good answer after bad ones is good");
}

/* A probe always takes `ms`; returns when the service was given up. */
static int64_t
until_down(const struct health_plan *p, int64_t ms, int *failures)
{
	struct health h;
	int64_t now = 0;

	health_begin(&h, p, now);
	while (h.state == HEALTH_STARTING) {
		if (health_is_due(&h, now))
			health_probing(&h, now);
		now += ms;
		health_probed(&h, false, now);
		if (h.state == HEALTH_STARTING)
			now = health_next_ms(&h);
	}
	*failures = h.failures;
	return now;
}

static void
never_good(void)
{
	int failures;
	int64_t down = until_down(&plan, 10, &failures);

	ok(down >= 10000 && down < 10100, "it is given up at its limit, not "
	    "before: %lld ms", (long long)down);
	ok(failures > 10, "and was asked until then");
	down = until_down(&plan, 20000, &failures);
	is_int(failures, 1, "a probe that takes longer than the limit is the "
	    "last one");
}

static void
late(void)
{
	struct health h;

	health_begin(&h, &plan, 0);
	health_probing(&h, 0);
	ok(!health_is_late(&h, 499) && health_is_late(&h, 500),
	    "a probe that does not end is late");
	health_probed(&h, false, 500);
	ok(h.state == HEALTH_STARTING && h.failures == 1 &&
	    !health_is_late(&h, 600), "and counts as a bad answer");
}

/* --- where plans come from ------------------------------------------------------- */

static void
options(void)
{
	static const char *const list[] = { "--health-cmd", "pg_isready",
		"--health-interval=10s", "--health-timeout", "5s",
		"--health-retries", "5", "--health-start-period=1m30s",
		NULL };
	static const char *const wrong[] = { "--health-interval", "soon",
		NULL };
	static const char *const bare[] = { "--health-cmd", NULL };
	static const char *const off[] = { "--no-healthcheck", NULL };
	static const char *const image_argv[] = { "/check", NULL };
	const struct image_about image = { .health_argv = image_argv,
		.health_interval_ms = 2000, .health_retries = 4 };
	struct health_plan p;
	struct err err = { 0 };

	ok(health_read_options(list, NULL, &names, &p, &err) == 0 &&
	    strcmp(p.argv[0], "/bin/sh") == 0 &&
	    strcmp(p.argv[2], "pg_isready") == 0 && p.argv[3] == NULL,
	    "a command of the options is a shell's");
	ok(p.limit_ms == 90000 + 5 * 10000 && p.timeout_ms == 5000,
	    "its times are the start period and all intervals");
	ok(health_read_options(NULL, &image, &names, &p, &err) == 0 &&
	    p.argv == image_argv && p.limit_ms == 8000,
	    "the image's own check");
	ok(health_read_options(off, &image, &names, &p, &err) == 0 &&
	    p.argv == NULL, "--no-healthcheck turns that off");
	ok(health_read_options(NULL, NULL, &names, &p, &err) == 0 &&
	    p.argv == NULL, "nothing at all is no check");
	is_int(health_read_options(wrong, NULL, &names, &p, &err), -1,
	    "a wrong time");
	is_str(err.text, "option \"--health-interval\" cannot be \"soon\": it "
	    "is a time, such as 10s or 1m30s", "says what it should be");
	err_clear(&err);
	ok(health_read_options(bare, NULL, &names, &p, &err) == -1 &&
	    strstr(err.text, "needs a value") != NULL,
	    "an option without its value");
}

static void
ready(void)
{
	struct health_plan p;

	health_plan_tcp(&names, 5432, 0, &p);
	ok(strcmp(p.argv[2], "tcp") == 0 && strcmp(p.argv[4], "5432") == 0 &&
	    p.limit_ms == 60000, "ready: tcp");
	health_plan_http(&names, 80, "/up", 3000, &p);
	ok(strcmp(p.argv[3], "/up") == 0 && strcmp(p.argv[4], "80") == 0 &&
	    p.limit_ms == 3000 && p.timeout_ms == 3000, "ready: http");
	health_plan_command(&names, "test -e /up", 0, &p);
	is_str(p.argv[2], "test -e /up", "ready: exec");
}

/* --- ports ------------------------------------------------------------------ */

static void
ports(void)
{
	static const struct {
		const char *text;
		int first, host, n;
		bool udp;
	} cases[] = {
		{ "8080", 8080, 0, 1, false },
		{ "80:8080", 8080, 80, 1, false },
		{ "127.0.0.1:53:5353/udp", 5353, 53, 1, true },
		{ "127.0.0.1::80", 80, 0, 1, false },
		{ "[::1]:81:80/tcp", 80, 81, 1, false },
		{ "7000-7002:8000-8002", 8000, 7000, 3, false },
		{ "7000-7003", 7000, 0, 4, false },
		{ "0", 0, 0, -1, false },
		{ "65536", 0, 0, -1, false },
		{ "http", 0, 0, -1, false },
		{ "80/sctp", 0, 0, -1, false },
		{ "7000-7001:8000-8002", 0, 0, -1, false },
		{ "9-8", 0, 0, -1, false },
		{ "1-65535", 0, 0, -1, false },
		{ "", 0, 0, -1, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct container_port *list = NULL;
		struct err err = { 0 };
		size_t n = 0;
		int rc = ports_read(cases[i].text, &names, &list, &n, &err);

		if (cases[i].n == -1)
			ok(rc == -1, "\"%s\" is no port", cases[i].text);
		else
			ok(rc == 0 && n == (size_t)cases[i].n &&
			    list[0].container == cases[i].first &&
			    list[0].host == cases[i].host &&
			    list[0].udp == cases[i].udp, "port \"%s\"",
			    cases[i].text);
	}
}

int
main(void)
{
	nothing_to_ask();
	good_at_once();
	good_later();
	never_good();
	late();
	options();
	ready();
	ports();
	arena_release(&names);
	return tap_done();
}
