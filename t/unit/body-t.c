/*
 * body-t.c - the fields of a form and of a JSON object, and cookies.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/web/body.h"
#include "t/lib/tap.h"

static struct arena a;

#define FORM "application/x-www-form-urlencoded"
#define JSON "application/json; charset=utf-8"

static void
begin(struct request *req, const char *type, const char *body)
{
	static const char *env[4];

	env[0] = "REQUEST_METHOD=POST";
	env[1] = "REQUEST_URI=/";
	env[2] = arena_printf(&a, "CONTENT_TYPE=%s", type);
	(void)request_init(req, env, "", &a, NULL);
	str_add(&req->body, body);
}

static void
end(struct request *req)
{
	body_release(req);
	request_release(req);
}

/* What a handler finds that asks for text "t", flag "f" and number "n" from
 * 1 to 9, or else 5. */
static const char *
read_all(const char *type, const char *body)
{
	static const char *const names[] = { "title", "t", "f", "n", NULL };
	struct denial no = { 0 };
	struct err err = { 0 };
	struct request req;
	const char *text, *out;
	int64_t n;
	bool flag;

	begin(&req, type, body);
	if (body_read(&req, &no) == 0)
		out = arena_printf(&a, "%d %s", no.status, no.detail);
	else if (body_only(&req, names, &err) == -1 ||
	    body_text(&req, "t", 5, &text, &err) == -1 ||
	    body_flag(&req, "f", &flag, &err) == -1 ||
	    body_number(&req, "n", 1, 9, 5, &n, &err) == -1)
		out = arena_strdup(&a, err.text);
	else
		out = arena_printf(&a, "%s %d %" PRId64,
		    text != NULL ? text : "-", flag, n);
	end(&req);
	return out;
}

static const struct {
	const char *type, *body, *want;
} cases[] = {
	{ "", "", "- 0 5" },
	{ "text/plain", "", "- 0 5" },
	{ "text/plain", "x", "415 the body must be application/json or "
	    "application/x-www-form-urlencoded" },
	{ FORM, "t=a+b%21&f=on&n=3", "a b! 1 3" },
	{ FORM, "t=&f=&n=", "- 0 5" },
	{ FORM, "&t=x&&f", "x 0 5" },
	{ FORM, "f=true&form_token=any", "- 1 5" },
	{ FORM, "t=%e2%82%ac", "\342\202\254 0 5" },
	{ FORM, "t=123456", "field \"t\" has more than 5 bytes" },
	{ FORM, "f=maybe", "field \"f\" must be true or false" },
	{ FORM, "n=10", "field \"n\" must be a whole number from 1 to 9" },
	{ FORM, "n=1x", "field \"n\" must be a whole number from 1 to 9" },
	{ FORM, "tittle=x", "there is no field \"tittle\" here, did you mean "
	    "\"title\"?" },
	{ FORM, "x=1", "there is no field \"x\" here" },
	{ FORM, "t=%4", "400 the form's field \"t\" is not properly "
	    "percent-encoded" },
	{ FORM, "t=a%00b", "400 the form's field \"t\" is not properly "
	    "percent-encoded" },
	{ FORM, "t=%ff", "400 the form's field \"t\" is not UTF-8, or there "
	    "twice" },
	{ FORM, "t=a&t=b", "400 the form's field \"t\" is not UTF-8, or "
	    "there twice" },
	{ JSON, "{\"t\": \"\", \"f\": true, \"n\": 9}", " 1 9" },
	{ JSON, "{\"t\": null}", "- 0 5" },
	{ JSON, "{\"t\": 1}", "field \"t\" must be text" },
	{ JSON, "{\"t\": \"a\\u0000b\"}", "400 the body is not JSON: line 1, "
	    "column 16: \\u0000 is not allowed without JSON_ALLOW_NUL near "
	    "'\"a\\u0000b\"'" },
	{ JSON, "{\"f\": \"true\"}", "field \"f\" must be true or false" },
	{ JSON, "{\"n\": \"3\"}", "field \"n\" must be a whole number from 1 "
	    "to 9" },
	{ JSON, "{\"n\": 3.0}", "field \"n\" must be a whole number from 1 "
	    "to 9" },
	{ JSON, "[]", "400 the body must be a JSON object with at most 256 "
	    "fields" },
	{ JSON, "{\"t\": 1, \"t\": 2}", "400 the body is not JSON: line 1, "
	    "column 12: duplicate object key near '\"t\"'" },
	{ JSON, "{", "400 the body is not JSON: line 1, column 1: string or "
	    "'}' expected near end of file" },
};

static void
test_many_fields(void)
{
	struct str form = STR_INIT;
	struct err err = { 0 };
	json_t *o;

	for (int i = 0; i < BODY_MAX_FIELDS; i++)
		str_addf(&form, "f%d=x&", i);
	o = body_parse_form(form.s, form.len, &err);
	is_int((long long)json_object_size(o), BODY_MAX_FIELDS,
	    "a form may have many fields");
	json_decref(o);
	str_add(&form, "g=x");
	o = body_parse_form(form.s, form.len, &err);
	is_str(o == NULL ? err.text : "", "the form has more than 256 fields",
	    "but not any number");
	str_release(&form);
}

static const struct {
	const char *header, *want;
} cookies[] = {
	{ "", NULL },
	{ "c=1", "1" },
	{ "c=", "" },
	{ "a=2; c=1", "1" },
	{ "a=2;c=1 ;b=3", "1" },
	{ "c=1; c=2", "1" },
	{ "cc=1; ac=2", NULL },
	{ "c", NULL },
	{ "; ;c=a=b", "a=b" },
	{ "a=\"; c=1", "1" },
};

static void
test_cookies(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cookies); i++) {
		const char *env[] = { "REQUEST_METHOD=GET", "REQUEST_URI=/",
			arena_printf(&a, "HTTP_COOKIE=%s", cookies[i].header),
			NULL };
		struct request req;

		(void)request_init(&req, env, "", &a, NULL);
		is_str(request_cookie(&req, "c"), cookies[i].want,
		    "cookie \"c\" of \"%s\"", cookies[i].header);
		request_release(&req);
	}
}

int
main(void)
{
	arena_init(&a, 0);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		is_str(read_all(cases[i].type, cases[i].body), cases[i].want,
		    "%.4s... %s", cases[i].type, cases[i].body);
	test_many_fields();
	test_cookies();
	arena_release(&a);
	return tap_done();
}
