/*
 * serve.c - one request from its first byte to its last.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/web/server.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/layout.h"
#include "lib/base/log.h"
#include "lib/web/arguments.h"
#include "lib/store/audit.h"
#include "lib/web/auth.h"
#include "lib/web/body.h"
#include "lib/web/cors.h"
#include "lib/web/crash.h"
#include "lib/web/once.h"
#include "lib/web/problem.h"

/* Memory of one request besides its body: variables, rows, decoded text. */
#define REQUEST_ARENA (16 * 1024 * 1024)
#define READ_SIZE 16384

void
err_not_asked(struct err *err)
{
	if (err_kind(err->code) == ERR_KIND_USER)
		err->code = ERR_UNAVAILABLE;
}

struct store *
web_store(struct web *w, struct err *err)
{
	struct str path = STR_INIT;

	if (w->store == NULL) {
		layout_db(&path, w->config->state_dir);
		if (store_open(&w->store, path.s, STORE_EXISTING, err) == -1) {
			w->store = NULL;
			err_not_asked(err);
		}
		str_release(&path);
	}
	return w->store;
}

const char *
server_base_path(const char *base_url)
{
	const char *p = strstr(base_url, "://");

	p = p != NULL ? strchr(p + 3, '/') : NULL;
	return p != NULL ? p : "";
}

/* The whole body. 1, 0 when it is larger than `max`, -1 when less came than
 * was told. Not every front end tells the length, and none is believed: what
 * counts is what comes. */
static int
read_body(struct exchange *ex, const struct request *req, size_t max,
    struct str *body)
{
	const char *told = request_header(req, "Content-Length");
	char buf[READ_SIZE];
	long long len = -1;
	long n = 0;

	if (told != NULL && !str_to_int64(told, 0, INT64_MAX, &len))
		return -1;
	if (len > (long long)max)
		return 0;
	while ((len == -1 || body->len < (size_t)len) &&
	    (n = ex->read(ex, buf, sizeof(buf))) > 0) {
		if (body->len + (size_t)n > max)
			return 0;
		str_add_len(body, buf, (size_t)n);
	}
	return n == -1 || (long long)body->len < len ? -1 : 1;
}

static void
refuse(struct server *s, struct request *req, struct response *res,
    int status, const char *code, const char *detail)
{
	if (status == 401) /* RFC 9110, section 15.5.2 */
		response_header(res, "WWW-Authenticate",
		    "Bearer realm=\"Pawl\"");
	s->app->refuse(&s->web, req, res, status, code, detail);
}

/* An error that reached the edge: the user's is told, others are logged and
 * told only with the id under which the log has them. */
static void
refuse_err(struct server *s, struct request *req, struct response *res,
    const struct err *err)
{
	int status = problem_status(err->code);

	response_reset(res);
	if (status < 500 || s->self != NULL) {
		refuse(s, req, res, status, NULL, err->text);
		return;
	}
	log_err("request failed", err);
	refuse(s, req, res, status, NULL, status == 503 ?
	    "this is not possible at the moment, try again soon; the "
	    "server's log has the reason under this correlation id" :
	    "this is a fault of the server; its log has the reason under "
	    "this correlation id");
}

static void
refuse_no_route(struct server *s, struct request *req, struct response *res,
    int status, const char *allow)
{
	char detail[256];

	if (status == 405) {
		response_header(res, "Allow", allow);
		if (req->method == METHOD_OPTIONS &&
		    s->app->resources != NULL) {
			res->status = 204;
			cors_add(s->web.config, req, allow, res);
			return;
		}
		snprintf(detail, sizeof(detail),
		    "method %s is not possible here; these are: %s",
		    method_name(req->method), allow);
		refuse(s, req, res, 405, "method-not-allowed", detail);
		return;
	}
	refuse(s, req, res, 404, "not-found", "nothing has this address");
}

/* The body of the route, and its fields. 1, or 0 with `no`. */
static int
take_body(struct server *s, struct exchange *ex, struct request *req,
    struct denial *no)
{
	size_t max = req->route->body_max;
	int rc = 1;

	if (max == BODY_WEBHOOK)
		max = (size_t)s->web.config->webhook_max_bytes;
	if (request_header(req, "Content-Encoding") != NULL)
		return denial_set(no, 415, "content-encoding",
		    "the body is compressed; send it as it is");
	if (max > 0)
		rc = read_body(ex, req, max, &req->body);
	if (rc == 0)
		return denial_set(no, 413, "too-large", arena_printf(req->a,
		    "the body is larger than %zu bytes", max));
	if (rc == -1)
		return denial_set(no, 400, "body-incomplete",
		    "the body ended early");
	return req->route->access == ACCESS_BLIND || max == 0 ? 1 :
	    body_read(req, no);
}

static const struct route *
find_route(const struct web_app *app, struct request *req, int *status,
    struct str *allow)
{
	return app->resources != NULL ? router_find_any(app->resources,
	    app->n_resources, req, status, allow) :
	    router_find(app->routes, app->n_routes, req, status, allow);
}

/* The route that reads what this one changes, or NULL. */
static const struct route *
find_reading(const struct web_app *app, struct request *req)
{
	const struct route *own = req->route, *get;
	enum method method = req->method;
	struct str allow = STR_INIT;
	int status;

	req->method = METHOD_GET;
	get = find_route(app, req, &status, &allow);
	req->method = method;
	req->route = own;
	str_release(&allow);
	return get;
}

/* What the store is asked to do now is done by who sends this: the audit says
 * so. */
static int
act_for(struct server *s, const struct request *req, struct err *err)
{
	struct store *st;

	if (req->actor == NULL || request_reads(req))
		return 1;
	if ((st = web_store(&s->web, err)) == NULL)
		return -1;
	store_act_for(st, req->actor->by, req->remote_addr);
	return 1;
}

/* The handler, under the conditions of the request if it has any. 1, 0 with
 * `no`, -1. */
static int
call(struct server *s, struct request *req, struct response *res,
    struct denial *no, struct err *err)
{
	if (once_wanted(req))
		return once_run(&s->web, find_reading(s->app, req), req, res,
		    no, err);
	return req->route->fn(&s->web, req, res, err) == -1 ? -1 : 1;
}

/* Who asks and whether they may, then the body, then the handler. */
static void
run_route(struct server *s, struct exchange *ex, struct request *req,
    struct response *res)
{
	struct denial no = { 0 };
	struct err err = { 0 };
	int rc = 1;

	if (s->self != NULL)
		req->actor = s->self;
	else
		rc = auth_admit(&s->web, req, &no, &err);
	if (rc == 1)
		rc = arguments_check(req, &no);
	if (rc == 1)
		rc = take_body(s, ex, req, &no);
	if (rc == 1 && s->self == NULL)
		rc = auth_confirm(req, &no);
	if (rc == 1)
		rc = fields_check(req, &no);
	if (rc == 1)
		rc = act_for(s, req, &err);
	if (rc == 1)
		rc = call(s, req, res, &no, &err);
	if (s->web.store != NULL)
		store_act_for(s->web.store, NULL, NULL);
	if (rc == 0)
		refuse(s, req, res, no.status, no.code, no.detail);
	else if (rc == -1)
		refuse_err(s, req, res, &err);
}

static void
answer(struct server *s, struct exchange *ex, struct request *req,
    struct response *res)
{
	struct str allow = STR_INIT;
	struct err err = { 0 };
	int status = 404;

	if (request_init(req, ex->env, s->web.base_path, req->a,
	    &err) == -1) {
		log_context("request", req->id);
		refuse_err(s, req, res, &err);
		return;
	}
	log_context("request", req->id);
	crash_request(req);
	if (find_route(s->app, req, &status, &allow) == NULL)
		refuse_no_route(s, req, res, status, allow.s);
	else
		run_route(s, ex, req, res);
	str_release(&allow);
}

static int
put_stream(void *to, const char *data, size_t len)
{
	struct exchange *ex = to;

	return ex->write(ex, data, len);
}

static void
send_stream(struct exchange *ex, const struct request *req,
    const struct response *res)
{
	struct err err = { 0 };

	if (res->stream == NULL || req->method == METHOD_HEAD)
		return;
	/* It is too late for another answer: this one ends too early, which
	 * its length tells. */
	if (res->stream(res->stream_ctx, put_stream, ex, &err) == -1)
		log_debug("an answer was cut", LOG_STR("reason", err.text));
}

void
server_answer(struct exchange *ex, void *ctx)
{
	struct server *s = ctx;
	struct arena a = ARENA_INIT(REQUEST_ARENA);
	struct request req = { .a = &a };
	struct response res;
	struct str out = STR_INIT;
	int64_t began_ms = clock_mono_ms();

	response_init(&res);
	answer(s, ex, &req, &res);
	if (s->app->resources != NULL && req.method != METHOD_OPTIONS)
		cors_add(s->web.config, &req, NULL, &res);
	response_write(&res, &req, &out);
	crash_answers(-1, CRASH_CGI); /* now it begins */
	if (ex->write(ex, out.s, out.len) == -1)
		log_debug("client left before the answer");
	else
		send_stream(ex, &req, &res);
	log_debug("request", LOG_STR("method", method_name(req.method)),
	    LOG_STR("uri", req.uri), LOG_INT("status", res.status),
	    LOG_INT("bytes", (int64_t)res.body.len),
	    LOG_INT("duration_ms", clock_mono_ms() - began_ms));
	crash_request(NULL);
	str_release(&out);
	response_release(&res);
	body_release(&req);
	request_release(&req);
	arena_release(&a);
}
