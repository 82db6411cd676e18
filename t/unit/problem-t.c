/*
 * problem-t.c - answers and errors as they are written.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <jansson.h>
#include <string.h>

#include "lib/web/problem.h"
#include "t/lib/tap.h"

static struct request req = {
	.uri = "/ci/x?\"<", .id = "id-1", .method = METHOD_GET,
};

/* Status line and body of what is written. */
static void
written(const struct response *res, struct str *out)
{
	str_clear(out);
	response_write(res, &req, out);
}

static void
test_problem(void)
{
	struct response res;
	struct str out = STR_INIT;
	const char *body;
	json_t *j;

	response_init(&res);
	problem_write(&res, &req, 403, "signature-wrong", "a \"b\"\n\377");
	written(&res, &out);
	ok(str_starts_with(out.s, "Status: 403 Forbidden\r\n"), "its status");
	ok(strstr(out.s, "\r\nContent-Type: application/problem+json\r\n"),
	    "its type");
	ok(strstr(out.s, "\r\nCache-Control: no-store\r\n"), "is not kept");
	ok(strstr(out.s, "\r\nX-Correlation-ID: id-1\r\n"), "has the id");
	body = strstr(out.s, "\r\n\r\n");
	j = json_loads(body != NULL ? body + 4 : "", 0, NULL);
	is_str(json_string_value(json_object_get(j, "title")), "Forbidden",
	    "title");
	is_int(json_integer_value(json_object_get(j, "status")), 403,
	    "status");
	is_str(json_string_value(json_object_get(j, "detail")),
	    "a \"b\"\n\357\277\275", "detail");
	is_str(json_string_value(json_object_get(j, "code")),
	    "signature-wrong", "code");
	is_str(json_string_value(json_object_get(j, "instance")),
	    "/ci/x?\"<", "instance");
	json_decref(j);

	response_reset(&res);
	problem_write(&res, &req, 503, NULL, "x");
	written(&res, &out);
	ok(strstr(out.s, "\r\nRetry-After: 5\r\n"), "503 says when to retry");
	ok(strstr(out.s, "\"code\"") == NULL, "a code is not made up");
	response_release(&res);
	str_release(&out);
}

static void
test_status(void)
{
	for (int code = ERR_NONE; code <= ERR_BUG; code++) {
		int status = problem_status((enum err_code)code);

		ok(status_text(status)[0] != '\0', "error %d is status %d",
		    code, status);
		if (code != ERR_NONE && code != ERR_UNSUPPORTED)
			ok((err_kind((enum err_code)code) == ERR_KIND_USER) ==
			    (status < 500), "whose class is its kind's");
	}
}

static void
test_header(void)
{
	struct response res;

	response_init(&res);
	response_header(&res, "Location", "a\r\nSet-Cookie: b");
	is_str(res.headers.s, "Location: a  Set-Cookie: b\r\n",
	    "a value cannot begin another header");
	response_release(&res);
}

static void
test_etag(void)
{
	char etag_var[128] = "HTTP_IF_NONE_MATCH=";
	const char *env[] = { etag_var, NULL };
	const char *no_env[] = { NULL };
	struct response res;
	struct str out = STR_INIT;
	const char *p;

	response_init(&res);
	res.revalidate = true;
	str_add(&res.body, "hello");
	req.env = no_env;
	written(&res, &out);
	p = strstr(out.s, "\r\nETag: ");
	ok(p != NULL, "an answer that may be kept has an ETag");
	if (p != NULL)
		strncat(etag_var, p + 8, strcspn(p + 8, "\r"));
	ok(str_ends_with(out.s, "\r\n\r\nhello"), "and its body");
	ok(strstr(out.s, "Content-Length: 5\r\n"), "with its length");

	req.env = env;
	written(&res, &out);
	ok(str_starts_with(out.s, "Status: 304 "), "the same again is 304");
	ok(str_ends_with(out.s, "\r\n\r\n"), "without a body");
	ok(strstr(out.s, "Content-Length") == NULL, "and without length");
	str_add(&res.body, "!");
	written(&res, &out);
	ok(str_starts_with(out.s, "Status: 200 "), "something else is 200");
	req.method = METHOD_HEAD;
	written(&res, &out);
	ok(str_ends_with(out.s, "\r\n\r\n") &&
	    strstr(out.s, "Content-Length: 6\r\n"),
	    "HEAD has the length and no body");
	req.method = METHOD_GET;
	response_release(&res);
	str_release(&out);
}

int
main(void)
{
	const char *no_env[] = { NULL };

	req.env = no_env;
	test_problem();
	test_status();
	test_header();
	test_etag();
	return tap_done();
}
