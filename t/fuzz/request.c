/*
 * request.c - fuzz target: any variables of a request, and what is made of
 * them: route, arguments, headers, pages' text.
 *
 * The input is lines "NAME=value"; whatever comes out is text without NUL,
 * and what was escaped holds no markup.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/web/arguments.h"
#include "lib/web/html.h"
#include "lib/web/problem.h"
#include "lib/web/router.h"

#define MAX_VARS 32

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
never(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	(void)w;
	(void)req;
	(void)res;
	return err_set(err, ERR_BUG, "no handler is called here");
}

static const struct field_doc args[] = {
	{ "limit?", "integer", NULL, 1, 100 },
	{ "state?", "pending|running" },
	{ "since?", "time" },
	{ "text?", "text", NULL, 0, 20 },
	{ "flag?", "flag" },
	{ 0 },
};

static const struct route routes[] = {
	{ METHOD_GET, "", ACCESS_OPEN, 0, never,
	    DOC("Of every type", .args = args, .gives = "any") },
	{ METHOD_POST, "hook/{forge}/{owner}/{repo}", ACCESS_OPEN, 1, never },
	{ METHOD_GET, "{owner}/{repo}/runs/{run}", ACCESS_OPEN, 0, never },
};

/* The input's lines as variables. */
static void
split(char *text, const char *env[MAX_VARS + 1])
{
	char *save = NULL;
	size_t n = 0;

	for (char *s = strtok_r(text, "\n", &save);
	    s != NULL && n < MAX_VARS; s = strtok_r(NULL, "\n", &save))
		env[n++] = s;
	env[n] = NULL;
}

static void
check_escaped(const char *text, size_t len)
{
	struct str out = STR_INIT;

	html_text_len(&out, text, len);
	if (strpbrk(out.s, "<>\"'\033") != NULL)
		abort();
	str_release(&out);
}

/* What passes is within its bounds; what does not is told. */
static void
check_arguments(struct request *req)
{
	struct denial no = { 0 };
	struct err err = { 0 };
	int64_t n;

	if (arguments_check(req, &no) == 0) {
		if (no.detail == NULL || no.status < 400)
			abort();
		return;
	}
	if (req->route->doc == NULL)
		return;
	if (arguments_number(req, "limit", 1, 100, 50, &n, &err) == -1 ||
	    n < 1 || n > 100 ||
	    arguments_time(req, "since", &n, &err) == -1 || n < 0)
		abort();
}

static void
use(struct request *req)
{
	struct str allow = STR_INIT, out = STR_INIT;
	struct response res;
	int status = 404;

	response_init(&res);
	res.revalidate = true;
	if (router_find(routes, ARRAY_LEN(routes), req, &status,
	    &allow) == NULL)
		problem_write(&res, req, status, NULL, req->uri);
	else if (request_param(req, "owner") != NULL)
		response_header(&res, "X-Owner", request_param(req, "owner"));
	if (req->route != NULL)
		check_arguments(req);
	if (request_arg(req, "before") != NULL)
		html_url_arg(&out, request_arg(req, "before"));
	(void)request_content_type(req);
	response_write(&res, req, &out);
	str_release(&allow);
	str_release(&out);
	response_release(&res);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *env[MAX_VARS + 1];
	struct arena a = ARENA_INIT(0);
	struct request req;
	struct err err = { 0 };

	check_escaped((const char *)data, size);
	split(arena_strndup(&a, (const char *)data, size), env);
	if (request_init(&req, env, "/ci", &a, &err) == 0)
		use(&req);
	request_release(&req);
	arena_release(&a);
	return 0;
}
