/*
 * router-t.c - from the variables of a request to a row of the table.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/web/router.h"
#include "t/lib/tap.h"

static int
never(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	(void)w;
	(void)req;
	(void)res;
	return err_set(err, ERR_BUG, "no handler is called here");
}

static const struct route routes[] = {
	{ METHOD_GET, "", ACCESS_OPEN, 0, never },
	{ METHOD_GET, "healthz", ACCESS_OPEN, 0, never },
	{ METHOD_GET, "runs/{run}", ACCESS_OPEN, 0, never },
	{ METHOD_POST, "runs/{run}", ACCESS_OPEN, 10, never },
	{ METHOD_POST, "runs/{run}/cancel", ACCESS_OPEN, 10, never },
	{ METHOD_GET, "{owner}/{repo}", ACCESS_OPEN, 0, never },
	{ METHOD_GET, "{owner}/{repo}/runs/{run}/jobs/{job}", ACCESS_OPEN, 0,
	    never },
};

/* "path-of-row param=value" or "404" or "405 allow" or the error. */
static void
route_text(const char *base, const char *method, const char *uri,
    struct str *out)
{
	static const char *const params[] = { "owner", "repo", "run", "job" };
	struct arena a = ARENA_INIT(0);
	char var_method[64], var_uri[10000];
	const char *env[] = { var_method, var_uri, NULL };
	struct str allow = STR_INIT;
	struct request req;
	struct err err = { 0 };
	const struct route *r;
	int status = 0;

	snprintf(var_method, sizeof(var_method), "REQUEST_METHOD=%s", method);
	snprintf(var_uri, sizeof(var_uri), "REQUEST_URI=%s", uri);
	str_clear(out);
	if (request_init(&req, env, base, &a, &err) == -1) {
		str_add(out, err.text);
	} else if ((r = router_find(routes, ARRAY_LEN(routes), &req, &status,
	    &allow)) == NULL) {
		str_addf(out, "%d%s%s", status, allow.len > 0 ? " " : "",
		    allow.s);
	} else {
		str_addf(out, "%s %s", method_name(r->method), r->path);
		for (size_t i = 0; i < ARRAY_LEN(params); i++) {
			const char *v = request_param(&req, params[i]);

			if (v != NULL)
				str_addf(out, " %s=%s", params[i], v);
		}
	}
	str_release(&allow);
	request_release(&req);
	arena_release(&a);
}

static const struct {
	const char *base, *method, *uri, *want;
} cases[] = {
	{ "", "GET", "/", "GET " },
	{ "", "GET", "", "GET " },
	{ "", "GET", "/?a=b", "GET " },
	{ "/ci", "GET", "/ci", "GET " },
	{ "/ci", "GET", "/ci/", "GET " },
	{ "/ci", "GET", "/ci/healthz", "GET healthz" },
	{ "/ci", "GET", "/ci/healthz/", "GET healthz" },
	{ "/ci", "HEAD", "/ci/healthz?x", "GET healthz" },
	{ "/ci", "POST", "/ci/healthz", "405 GET, HEAD" },
	{ "/ci", "BREW", "/ci/runs/3", "405 GET, HEAD, POST" },
	{ "/ci", "get", "/ci/healthz", "405 GET, HEAD" },
	{ "/ci", "POST", "/ci/runs/3/cancel", "POST runs/{run}/cancel run=3" },
	{ "/ci", "GET", "/ci/runs/3", "GET runs/{run} run=3" },
	{ "/ci", "GET", "/ci/o/r/runs/3/jobs/a%2Fb",
	    "GET {owner}/{repo}/runs/{run}/jobs/{job} owner=o repo=r run=3 "
	    "job=a/b" },
	{ "/ci", "GET", "/ci/o%252F/r", "GET {owner}/{repo} owner=o%2F "
	    "repo=r" },
	{ "/ci", "GET", "/ci//r", "404" },
	{ "/ci", "GET", "/ci/o//", "404" },
	{ "/ci", "GET", "/ci/%68ealthz", "GET healthz" },
	{ "/ci", "GET", "/ci/a/b/c", "404" },
	{ "/ci", "GET", "/cia/b", "nothing is served outside of \"/ci/\": "
	    "base-url and the web server's location differ" },
	{ "/ci", "GET", "/", "nothing is served outside of \"/ci/\": "
	    "base-url and the web server's location differ" },
	{ "", "GET", "/a%00b/c", "address is not properly percent-encoded" },
	{ "", "GET", "/a%4/c", "address is not properly percent-encoded" },
	{ "", "GET", "/a\nb/c", "address has a blank or a control character" },
	{ "", "GET", "/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17",
	    "no page has an address this deep" },
};

static void
test_long_uri(void)
{
	struct str uri = STR_INIT, out = STR_INIT;

	for (int i = 0; i <= REQUEST_MAX_URI; i++)
		str_add_char(&uri, '/');
	route_text("", "GET", uri.s, &out);
	is_str(out.s, "address is longer than 8192 bytes",
	    "the address is bounded");
	str_release(&uri);
	str_release(&out);
}

static void
test_headers_and_args(void)
{
	struct arena a = ARENA_INIT(0);
	const char *env[] = {
		"REQUEST_METHOD=POST",
		"REQUEST_URI=/x?before=12&b=a%20b+c&e=&bad=%4&before=13",
		"CONTENT_TYPE=Application/JSON; charset=utf-8",
		"HTTP_CONTENT_TYPE=text/evil",
		"HTTP_X_GITHUB_EVENT=push",
		"HTTP_X_EMPTY=",
		"HTTP_X_CORRELATION_ID=bad\nid",
		"HTTP_X_REQUEST_ID=good-id.1",
		NULL,
	};
	struct request req;

	is_int(request_init(&req, env, "", &a, NULL), 0, "a request");
	is_str(request_header(&req, "X-GitHub-Event"), "push",
	    "a header by its name");
	is_str(request_header(&req, "X-Empty"), NULL, "an empty one is none");
	is_str(request_content_type(&req), "application/json",
	    "the media type alone, in lower case");
	is_str(req.id, "good-id.1", "the first usable correlation id");
	is_str(request_arg(&req, "before"), "12", "the first of two arguments");
	is_str(request_arg(&req, "b"), "a b c", "is decoded");
	is_str(request_arg(&req, "e"), "", "may be empty");
	is_str(request_arg(&req, "bad"), NULL, "or malformed");
	is_str(request_arg(&req, "be"), NULL, "or absent");
	env[7] = "HTTP_X=y";
	is_int(request_init(&req, env, "", &a, NULL), 0, "without an id");
	is_int((long long)strlen(req.id), 32, "one is made");
	arena_release(&a);
}

int
main(void)
{
	struct str out = STR_INIT;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		route_text(cases[i].base, cases[i].method, cases[i].uri, &out);
		is_str(out.s, cases[i].want, "%s %s", cases[i].method,
		    cases[i].uri[0] == '\0' ? "(empty)" : cases[i].uri);
	}
	str_release(&out);
	test_long_uri();
	test_headers_and_args();
	return tap_done();
}
