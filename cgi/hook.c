/*
 * hook.c - pawl-hook: webhooks in.
 *
 * Length first, then signature over the raw body, then parsing; then the
 * delivery is stored durably as it came, answered, and workerd is woken.
 * Nothing is planned here. Every refusal is recorded with its reason.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/hook.h"

#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/base/mem.h"
#include "lib/store/deliveries.h"
#include "lib/web/problem.h"

#define SNIPPET_BYTES 160
#define MAX_REFUSED_URI 400

static int
receive(struct web *w, struct request *req, struct response *res,
    struct err *err);

#define WEBHOOK ACCESS_BLIND, BODY_WEBHOOK, receive /* a signature counts */

static const struct route routes[] = {
	{ METHOD_POST, "hook/{forge}", WEBHOOK },
	{ METHOD_POST, "hook/{forge}/{owner}/{repo}", WEBHOOK },
	/* Other spellings in use. */
	{ METHOD_POST, "webhook", WEBHOOK },
	{ METHOD_POST, "webhook/{forge}", WEBHOOK },
	{ METHOD_POST, "webhooks/{forge}", WEBHOOK },
};

/* The start of a body for people to see what it was. */
static const char *
snippet(const struct request *req)
{
	size_t len = req->body.len < SNIPPET_BYTES ?
	    req->body.len : SNIPPET_BYTES;
	char *s = arena_strndup(req->a, req->body.s, len);

	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)s[i] < 0x20 || (unsigned char)s[i] > 0x7e)
			s[i] = '.';
	}
	return s;
}

static void
record(struct web *w, const struct request *req, int status,
    const char *detail)
{
	struct refusal r = {
		.at_ms = clock_now_ms(),
		.path = arena_strndup(req->a, req->uri,
		    strnlen(req->uri, MAX_REFUSED_URI)),
		.remote_addr = req->remote_addr,
		.status = status,
		.reason = detail,
		.snippet = snippet(req),
	};
	struct err err = { 0 };
	struct store *st = web_store(w, &err);

	if (st == NULL || refusal_record(st, &r, &err) == -1)
		log_err("refusal not recorded", &err);
}

/* When the database itself is the trouble, the log is all there is. */
void
hook_refuse(struct web *w, struct request *req, struct response *res, int status,
    const char *code, const char *detail)
{
	log_write(status < 500 ? LOG_WARN : LOG_ERROR, "webhook refused",
	    LOG_FIELDS(LOG_INT("status", status), LOG_STR("code", code),
	    LOG_STR("reason", detail), LOG_STR("uri", req->uri),
	    LOG_STR("remote_addr", req->remote_addr)));
	/* A flood must not push out what else was refused. */
	if (status < 500 && status != 429)
		record(w, req, status, detail);
	problem_write(res, req, status, code, detail);
}

static int
receive(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct hook h = { .w = w, .req = req, .res = res };
	int rc;

	if ((rc = hook_check_headers(&h)) != 1)
		return rc;
	h.st = web_store(w, err);
	if (h.st == NULL)
		return -1;
	if ((rc = hook_find_named_repo(&h, err)) != 1 ||
	    (rc = hook_check_signature(&h, err)) != 1 ||
	    (rc = hook_check_event(&h)) != 1 ||
	    (rc = hook_read_payload(&h, err)) != 1)
		return rc;
	return hook_keep(&h, err);
}

int
main(int argc, char **argv)
{
	static const struct web_app app = {
		"pawl-hook", routes, ARRAY_LEN(routes), hook_refuse,
	};

	return web_main(&app, argc, argv);
}
