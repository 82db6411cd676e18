/*
 * main.c - main() of a handler program.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/web/server.h"

#include <getopt.h>
#include <sodium.h>
#include <stdio.h>

#include "lib/base/log.h"
#include "lib/web/crash.h"
#include "lib/web/describe.h"
#include "lib/web/router.h"

#define MAX_IDLE_S (24 * 3600)

struct options {
	const char *config;
	int idle_ms;
};

static void
print_usage(FILE *to, const char *name)
{
	fprintf(to,
	    "usage: %s [--config FILE] [--idle SECONDS]\n"
	    "\n"
	    "Started by the web server: as FastCGI with a listening socket\n"
	    "as descriptor 0 or from systemd, as plain CGI otherwise.\n"
	    "\n"
	    "  --config FILE   configuration instead of the usual places\n"
	    "  --idle SECONDS  FastCGI: end when no request came for so long\n"
	    "  --routes        print the addresses and whom they answer\n"
	    "  --help          this text\n"
	    "  --version       the version of Pawl\n", name);
}

/* "GET api/v1/runs open": what tests of rights are made from. */
static void
print_table(const struct route *routes, size_t n)
{
	static const char *const words[] = {
		[ACCESS_BLIND] = "blind", [ACCESS_OPEN] = "open",
		[ACCESS_KNOWN] = "known", [ACCESS_READER] = "reader", [ACCESS_WRITER] = "writer",
		[ACCESS_ADMIN] = "admin",
	};

	for (size_t i = 0; i < n; i++)
		printf("%s /%s %s\n", method_name(routes[i].method),
		    routes[i].path, words[routes[i].access]);
}

static void
print_routes(const struct web_app *app)
{
	print_table(app->routes, app->n_routes);
	for (size_t i = 0; i < app->n_resources; i++)
		print_table(app->resources[i]->routes,
		    app->resources[i]->n_routes);
}

/* -1: go on; else the exit code. */
static int
read_options(const struct web_app *app, int argc, char **argv,
    struct options *o)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "idle", required_argument, NULL, 'i' },
		{ "routes", no_argument, NULL, 'r' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 },
	};
	long long seconds;
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (c) {
		case 'c':
			o->config = optarg;
			break;
		case 'i':
			if (!str_to_int64(optarg, 1, MAX_IDLE_S, &seconds)) {
				fprintf(stderr, "%s: --idle takes seconds, "
				    "1 to %d\n", app->name, MAX_IDLE_S);
				return 2;
			}
			o->idle_ms = (int)seconds * 1000;
			break;
		case 'r':
			print_routes(app);
			return 0;
		case 'h':
			print_usage(stdout, app->name);
			return 0;
		case 'V':
			printf("%s %s\n", app->name, PACKAGE_VERSION);
			return 0;
		default:
			print_usage(stderr, app->name);
			return 2;
		}
	}
	return -1;
}

static int
serve(struct server *s, int idle_ms)
{
	struct err err = { 0 };
	int listener = transport_listener(), rc = 0;

	if (s->app->serve != NULL)
		rc = listener != -1 ?
		    s->app->serve(s, listener, idle_ms, &err) :
		    err_set(&err, ERR_INVALID, "this program is started with "
		    "a listening socket, by systemd or as descriptor 0");
	else if (listener == -1)
		transport_cgi(server_answer, s);
	else
		rc = transport_fcgi(listener, idle_ms, server_answer, s, &err);
	if (rc == -1)
		log_err("handler ends", &err);
	store_close(s->web.store);
	return rc == -1 ? 1 : 0;
}

/* Without configuration a FastCGI program cannot serve at all; a CGI program
 * still owes its one client an answer. */
static int
fail_start(const struct err *err)
{
	log_err("configuration", err);
	if (transport_listener() == -1)
		printf("Status: 500 Internal Server Error\r\n"
		    "Content-Type: text/plain; charset=utf-8\r\n\r\n"
		    "The configuration of Pawl cannot be read. The web "
		    "server's error log has the reason.\n");
	return 1;
}

int
web_main(const struct web_app *app, int argc, char **argv)
{
	struct options o = { NULL, -1 };
	struct arena a = ARENA_INIT(0);
	struct config config;
	struct server s = { .app = app, .web = { .config = &config } };
	struct err err = { 0 };
	int rc = read_options(app, argc, argv, &o);

	if (rc != -1)
		return rc;
	log_setup(app->name, LOG_INFO);
	if (sodium_init() == -1) {
		log_error("libsodium cannot be initialised");
		return 1;
	}
	if (config_load(o.config, &a, &config, NULL, &err) == -1) {
		arena_release(&a);
		return fail_start(&err);
	}
	log_setup(NULL, config.log_level);
	crash_watch(app->name);
	s.web.base_path = server_base_path(config.base_url);
	rc = serve(&s, o.idle_ms);
	arena_release(&a);
	return rc;
}
