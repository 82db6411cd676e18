/*
 * body.c - fuzz target: any form, any JSON object, any cookies, and the
 * fields that a handler asks for.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <stdint.h>
#include <string.h>

#include "lib/base/utf8.h"
#include "lib/web/body.h"
#include "t/fuzz/require.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_text(const char *s)
{
	require(utf8_valid_len(s, strlen(s)) == strlen(s));
}

static void
check_fields(const struct request *req)
{
	const char *name, *text;
	struct err err = { 0 };
	int64_t n;
	bool flag;
	json_t *v;

	require(json_object_size(req->fields) <= BODY_MAX_FIELDS);
	json_object_foreach(req->fields, name, v) {
		check_text(name);
		if (body_text(req, name, 100, &text, &err) == 0 &&
		    text != NULL)
			check_text(text);
		(void)body_flag(req, name, &flag, &err);
		if (body_number(req, name, -5, 1000, 7, &n, &err) == 0)
			require(n >= -5 && n <= 1000);
	}
}

static void
check_body(const char *type, const char *s, size_t len, struct arena *a)
{
	const char *env[] = { "REQUEST_METHOD=POST", "REQUEST_URI=/", type,
		NULL };
	struct denial no = { 0 };
	struct err err = { 0 };
	struct request req;

	if (request_init(&req, env, "", a, &err) == 0) {
		str_add_len(&req.body, s, len);
		if (body_read(&req, &no) == 1)
			check_fields(&req);
		else
			require(no.status == 400);
	}
	body_release(&req);
	request_release(&req);
}

static void
check_cookies(const char *s, size_t len, struct arena *a)
{
	const char *env[] = { "REQUEST_METHOD=GET", "REQUEST_URI=/",
		arena_printf(a, "HTTP_COOKIE=%.*s", (int)len, s), NULL };
	struct err err = { 0 };
	struct request req;
	const char *value;

	if (request_init(&req, env, "", a, &err) == 0) {
		value = request_cookie(&req, "pawl_session");
		require(value == NULL || strchr(value, ';') == NULL);
		require(value == NULL || strlen(value) < len);
	}
	request_release(&req);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *s = (const char *)data;
	struct arena a = ARENA_INIT(0);

	check_body("CONTENT_TYPE=application/x-www-form-urlencoded", s, size,
	    &a);
	check_body("CONTENT_TYPE=application/json", s, size, &a);
	check_cookies(s, size, &a);
	arena_release(&a);
	return 0;
}
