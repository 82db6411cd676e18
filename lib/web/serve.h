/*
 * serve.h - the life of a handler program: FastCGI when it was started with a
 * listening socket, plain CGI otherwise; one request at a time.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_WEB_SERVE_H
#define PAWL_WEB_SERVE_H

#include <stddef.h>
#include "lib/base/arena.h"
#include "lib/base/conf.h"
#include "lib/store/store.h"
#include "lib/web/router.h"

/* What a program keeps from one request to the next. */
struct web {
	const struct config *config;
	const char *base_path; /* path of base-url: "" or "/ci" */
	struct store *store;   /* web_store() opens it */
};

struct server; /* server.h */

/* A program: its table, and the form of its errors. */
struct web_app {
	const char *name; /* "pawl-hook", for --help and the log */
	const struct route *routes;
	size_t n_routes;
	/*
	 * Fill an empty `res` for a refused or failed request. `code` is a
	 * short stable word or NULL, `detail` is fit to be shown. Called for
	 * what no handler sees too: unknown address, body too large. `allow`
	 * has been set as a header where it applies.
	 */
	void (*refuse)(struct web *w, struct request *req,
	    struct response *res, int status, const char *code,
	    const char *detail);
	/* Instead of `routes`, one list made of several tables, in which the first row that fits
	 * counts too. */
	const struct resource *const *resources;
	size_t n_resources;
	/* NULL, or instead of FastCGI and CGI: take what comes to the
	 * listening socket until a signal comes, or nothing for idle_ms
	 * (< 0: for ever). */
	int (*serve)(struct server *s, int listener, int idle_ms,
	    struct err *err);
};

/* The database, opened at first use and kept. NULL with `err`. */
struct store *
web_store(struct web *w, struct err *err);

/* An error of what the client did not ask about (a file of ours is missing,
 * a key may not be read) is the server's, whatever its code says: makes it
 * ERR_UNAVAILABLE. */
void
err_not_asked(struct err *err);

/*
 * main() of a handler. Options: --config FILE, --idle SECONDS (FastCGI: end
 * when no request came for so long), --routes, --help, --version. SIGTERM and SIGINT
 * end it after the request in hand. Returns the exit code.
 */
int
web_main(const struct web_app *app, int argc, char **argv);

#endif
