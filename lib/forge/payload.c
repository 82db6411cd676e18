/*
 * payload.c - webhook bodies: form-encoded or not, bounded, JSON to a tree.
 *
 * jansson has no bound on the number of values, and each costs some hundred
 * times its text: the brackets and commas are counted before it is asked.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/forge/row.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/percent.h"
#include "lib/base/str.h"

#define FORM_FIELD "payload="
#define PATH_NAME 64 /* bytes of a member's name that we ask for */

/* Where the string that opens at `i` ends: the index of its closing quote,
 * or `len`. */
static size_t
skip_string(const char *s, size_t len, size_t i)
{
	for (i++; i < len && s[i] != '"'; i++) {
		if (s[i] == '\\')
			i++;
	}
	return i;
}

/* Depth and number of values, without understanding them. */
static int
check_bounds(const char *s, size_t len, struct err *err)
{
	size_t depth = 0, values = 0;

	for (size_t i = 0; i < len; i++) {
		switch (s[i]) {
		case '"':
			i = skip_string(s, len, i);
			break;
		case '[':
		case '{':
			if (++depth > FORGE_MAX_DEPTH)
				return err_set(err, ERR_TOO_LARGE,
				    "payload is nested deeper than %d levels",
				    FORGE_MAX_DEPTH);
			values++;
			break;
		case ']':
		case '}':
			if (depth > 0)
				depth--;
			break;
		case ',':
			values++;
			break;
		}
		if (values > FORGE_MAX_VALUES)
			return err_set(err, ERR_TOO_LARGE,
			    "payload has more than %d values",
			    FORGE_MAX_VALUES);
	}
	return 0;
}

static json_t *
load_json(const char *s, size_t len, struct err *err)
{
	json_error_t at;
	json_t *root;

	if (check_bounds(s, len, err) == -1)
		return NULL;
	root = json_loadb(s, len, JSON_REJECT_DUPLICATES, &at);
	if (root == NULL)
		err_set(err, ERR_INVALID,
		    "payload is not valid JSON: line %d, column %d: %s",
		    at.line, at.column, at.text);
	return root;
}

static json_t *
load_object(const char *s, size_t len, struct err *err)
{
	json_t *root = load_json(s, len, err);

	if (root != NULL && !json_is_object(root)) {
		json_decref(root);
		err_set(err, ERR_INVALID, "payload is not a JSON object");
		return NULL;
	}
	return root;
}

/* The JSON text of a body: itself, or what its form has, in `decoded`. */
static int
find_json(const char **body, size_t *len, struct str *decoded,
    struct err *err)
{
	const size_t field = strlen(FORM_FIELD);
	const char *end;

	if (*len < field || memcmp(*body, FORM_FIELD, field) != 0)
		return 0;
	*body += field;
	*len -= field;
	end = memchr(*body, '&', *len);
	if (end != NULL)
		*len = (size_t)(end - *body);
	if (!percent_decode(decoded, *body, *len,
	    PERCENT_PLUS | PERCENT_LENIENT))
		return err_set(err, ERR_INVALID, "payload has a NUL byte");
	*body = decoded->s;
	*len = decoded->len;
	return 0;
}

json_t *
payload_load(const char *body, size_t len, struct err *err)
{
	struct str decoded = STR_INIT;
	json_t *root = NULL;

	if (find_json(&body, &len, &decoded, err) == 0)
		root = load_object(body, len, err);
	str_release(&decoded);
	return root;
}

json_t *
answer_load(const char *body, size_t len, struct err *err)
{
	return load_json(body, len, err);
}

const char *
payload_text(const json_t *root, const char *a, const char *b)
{
	const json_t *v = json_object_get(root, a);
	const char *s;

	if (b != NULL)
		v = json_object_get(v, b);
	s = json_string_value(v);
	return s != NULL && s[0] != '\0' ? s : NULL;
}

json_t *
payload_at(const json_t *root, const char *path)
{
	char name[PATH_NAME];

	for (;;) {
		size_t len = strcspn(path, ".");
		json_t *v;

		snprintf(name, sizeof(name), "%.*s", (int)len, path);
		v = json_object_get(root, name);
		if (v == NULL || path[len] == '\0')
			return v;
		root = v;
		path += len + 1;
	}
}

const char *
payload_str(const json_t *root, const char *path)
{
	const char *s = json_string_value(payload_at(root, path));

	return s != NULL && s[0] != '\0' ? s : NULL;
}
