/*
 * outgoing.h - something that is to be sent, as a value: made by whoever knows
 * what to say, sent by pawl-notifier. It lives in the arena that it was made
 * in.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_BASE_OUTGOING_H
#define PAWL_BASE_OUTGOING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/base/arena.h"
#include "lib/base/err.h"

#define OUTGOING_MAX_HEADERS 8
#define OUTGOING_MAX_URL 2048

struct outgoing {
	/* One of three ways. A request of HTTP: */
	const char *method;
	const char *url; /* https://, http://; of mail also smtp://, smtps:// */
	const char *headers[OUTGOING_MAX_HEADERS]; /* "Name: value" */
	size_t n_headers;
	/* A mail by SMTP to `url`; NULL: none. */
	const char *mail_from, *mail_to;
	const char *user, *password; /* or NULL */
	/* A program, with the body as its input; ends in NULL. */
	const char *const *argv;
	const char *const *env; /* of it; NULL: ours */
	int64_t limit_ms;       /* of it; 0: that of all tries */
	/* What it says is logged, and that it fails is its own fault: it is
	 * not tried again. */
	bool is_hook;

	const char *body; /* NULL: none */
	const char *host; /* that it goes to, see outgoing_host() */
};

/* Add "NAME: VALUE". More than there is room for is our bug and is dropped. */
void
outgoing_header(struct outgoing *o, struct arena *a, const char *name,
    const char *value);

/*
 * Whom an address belongs to: "example.org:443", in lower case. Only these
 * schemes, no blanks, quotes or control characters, and no user in it.
 * ERR_INVALID.
 */
int
outgoing_host(const char *url, struct arena *a, const char **host,
    struct err *err);

#endif
