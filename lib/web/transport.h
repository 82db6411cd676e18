/*
 * transport.h - where requests come from: for lib/web alone.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_WEB_TRANSPORT_H
#define PAWL_WEB_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include "lib/base/err.h"
#include "lib/base/str.h"

/* One request on its way: its variables, its body, its answer. */
struct exchange {
	const char *const *env;
	/* Up to `len` bytes of the body; 0 at its end, -1. */
	long (*read)(struct exchange *ex, char *buf, size_t len);
	/* The whole answer. -1 when the client is gone. */
	int (*write)(struct exchange *ex, const char *data, size_t len);
};

/* Answers one request, whatever it is. */
typedef void (*exchange_fn)(struct exchange *ex, void *ctx);

/* The descriptor of a listening socket that this program was started with
 * (systemd's protocol, or descriptor 0), or -1: plain CGI. */
int
transport_listener(void);

/* Plain CGI: one request from the environment, standard input and output. */
void
transport_cgi(exchange_fn fn, void *ctx);

/*
 * FastCGI on a listening socket, until SIGTERM or SIGINT, or until no request
 * came for idle_ms (< 0: for ever). The request in hand is always finished,
 * and a signal between two requests is never lost.
 */
int
transport_fcgi(int listener, int idle_ms, exchange_fn fn, void *ctx,
    struct err *err);

#endif
