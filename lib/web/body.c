/*
 * body.c - see body.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/web/body.h"

#include <inttypes.h>
#include <string.h>

#include "lib/base/diag.h"
#include "lib/base/mem.h"
#include "lib/base/percent.h"
#include "lib/web/auth.h"

#define NAME_SHOWN 64 /* bytes of a name from outside, in messages */

/* One "NAME=VALUE" of `len` bytes into the object. */
static int
add_pair(json_t *o, const char *pair, size_t len, struct err *err)
{
	const char *sign = memchr(pair, '=', len);
	size_t n = sign != NULL ? (size_t)(sign - pair) : len;
	struct str name = STR_INIT, value = STR_INIT;
	json_t *text = NULL;
	int rc = -1;

	if (!percent_decode(&name, pair, n, PERCENT_PLUS) ||
	    (sign != NULL && !percent_decode(&value, sign + 1, len - n - 1,
	    PERCENT_PLUS)) || memchr(name.s, '\0', name.len) != NULL ||
	    memchr(value.s, '\0', value.len) != NULL)
		err_set(err, ERR_INVALID, "the form's field \"%.*s\" is not "
		    "properly percent-encoded", NAME_SHOWN, name.s);
	else if ((text = json_stringn(value.s, value.len)) == NULL ||
	    json_object_get(o, name.s) != NULL ||
	    json_object_set(o, name.s, text) == -1)
		err_set(err, ERR_INVALID, "the form's field \"%.*s\" is not "
		    "UTF-8, or there twice", NAME_SHOWN, name.s);
	else
		rc = 0;
	json_decref(text);
	str_release(&name);
	str_release(&value);
	return rc;
}

json_t *
body_parse_form(const char *s, size_t len, struct err *err)
{
	const char *end = s + len;
	json_t *o = json_object();

	while (s < end) {
		const char *and = memchr(s, '&', (size_t)(end - s));
		size_t n = (size_t)((and != NULL ? and : end) - s);

		if (n > 0 && json_object_size(o) == BODY_MAX_FIELDS)
			err_set(err, ERR_INVALID, "the form has more than %d "
			    "fields", BODY_MAX_FIELDS);
		else if (n == 0 || add_pair(o, s, n, err) == 0) {
			s += n + 1;
			continue;
		}
		json_decref(o);
		return NULL;
	}
	return o;
}

static json_t *
parse_json(const char *s, size_t len, struct err *err)
{
	json_error_t where;
	json_t *o = json_loadb(s, len, JSON_REJECT_DUPLICATES, &where);

	if (o == NULL) {
		err_set(err, ERR_INVALID, "the body is not JSON: line %d, "
		    "column %d: %s", where.line, where.column, where.text);
	} else if (!json_is_object(o) ||
	    json_object_size(o) > BODY_MAX_FIELDS) {
		err_set(err, ERR_INVALID, "the body must be a JSON object "
		    "with at most %d fields", BODY_MAX_FIELDS);
		json_decref(o);
		o = NULL;
	}
	return o;
}

int
body_read(struct request *req, struct denial *no)
{
	const char *type = request_content_type(req);
	const struct str *b = &req->body;
	struct err err = { 0 };

	if (b->len == 0)
		req->fields = json_object();
	else if (strcmp(type, "application/x-www-form-urlencoded") == 0)
		req->fields = body_parse_form(b->s, b->len, &err);
	else if (strcmp(type, "application/json") == 0)
		req->fields = parse_json(b->s, b->len, &err);
	else
		return denial_set(no, 415, "content-type", "the body must "
		    "be application/json or "
		    "application/x-www-form-urlencoded");
	if (req->fields == NULL)
		return denial_set(no, 400, "body",
		    arena_strdup(req->a, err.text));
	return 1;
}

void
body_release(struct request *req)
{
	json_decref(req->fields);
	req->fields = NULL;
}

json_t *
body_value(const struct request *req, const char *name)
{
	json_t *v = json_object_get(req->fields, name);

	return json_is_null(v) ? NULL : v;
}

static bool
is_form(const struct request *req)
{
	return strcmp(request_content_type(req), "application/json") != 0;
}

int
body_text(const struct request *req, const char *name, size_t max_bytes,
    const char **out, struct err *err)
{
	const json_t *v = body_value(req, name);

	*out = NULL;
	if (v == NULL)
		return 0;
	if (!json_is_string(v) ||
	    strlen(json_string_value(v)) != json_string_length(v))
		return err_set(err, ERR_INVALID, "field \"%s\" must be text",
		    name);
	if (json_string_length(v) > max_bytes)
		return err_set(err, ERR_INVALID, "field \"%s\" has more than "
		    "%zu bytes", name, max_bytes);
	if (json_string_length(v) > 0 || !is_form(req))
		*out = json_string_value(v);
	return 0;
}

int
body_flag(const struct request *req, const char *name, bool *out,
    struct err *err)
{
	static const struct {
		const char *word;
		bool value;
	} words[] = {
		{ "", false }, { "false", false }, { "0", false },
		{ "true", true }, { "1", true },
		{ "on", true }, /* a box without a value of its own */
	};
	const json_t *v = body_value(req, name);

	*out = false;
	if (v == NULL)
		return 0;
	if (json_is_boolean(v)) {
		*out = json_is_true(v);
		return 0;
	}
	for (size_t i = 0; i < ARRAY_LEN(words) && is_form(req); i++) {
		if (str_equal(json_string_value(v), words[i].word)) {
			*out = words[i].value;
			return 0;
		}
	}
	return err_set(err, ERR_INVALID, "field \"%s\" must be true or false",
	    name);
}

int
body_number(const struct request *req, const char *name, int64_t min,
    int64_t max, int64_t standard, int64_t *out, struct err *err)
{
	const json_t *v = body_value(req, name);
	const char *text = is_form(req) ? json_string_value(v) : NULL;
	long long n = standard;
	bool good = v == NULL || (text != NULL && text[0] == '\0');

	if (!good && json_is_integer(v)) {
		n = json_integer_value(v);
		good = n >= min && n <= max;
	} else if (!good && text != NULL) {
		good = str_to_int64(text, min, max, &n);
	}
	*out = n;
	return good ? 0 : err_set(err, ERR_INVALID, "field \"%s\" must be a "
	    "whole number from %" PRId64 " to %" PRId64, name, min, max);
}

int
body_only(const struct request *req, const char *const *names,
    struct err *err)
{
	const char *name, *near;
	json_t *value;

	json_object_foreach(req->fields, name, value) {
		size_t i = 0;

		while (names[i] != NULL && strcmp(names[i], name) != 0)
			i++;
		if (names[i] != NULL || strcmp(name, FORM_FIELD) == 0)
			continue;
		near = suggest_word(name, names);
		return err_set(err, ERR_INVALID, "there is no field \"%.*s\" "
		    "here%s%s%s", NAME_SHOWN, name,
		    near != NULL ? ", did you mean \"" : "",
		    near != NULL ? near : "", near != NULL ? "\"?" : "");
	}
	return 0;
}
