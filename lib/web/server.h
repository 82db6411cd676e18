/*
 * server.h - what answers requests: for lib/web itself, and for who asks a
 * table of routes without a web server between (cli/source_local.c).
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_WEB_SERVER_H
#define PAWL_WEB_SERVER_H

#include "lib/web/serve.h"
#include "lib/web/transport.h"

struct actor;

struct server {
	const struct web_app *app;
	struct web web;
	/* NULL: requests come from a network and show who sends them. Else
	 * all are from this one, who has been let in by the system; they are
	 * told of faults as they are. */
	const struct actor *self;
};

/* Answer one request; `server` is a struct server. An exchange_fn. */
void
server_answer(struct exchange *ex, void *server);

/* The path of base-url without its slash at the end: "" or "/ci". */
const char *
server_base_path(const char *base_url);

#endif
