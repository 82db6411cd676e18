/*
 * fields.c - the fields of a body, held against the description of their
 * route. What a form sends are texts; in JSON types are as they are written.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/web/arguments.h"

#include <jansson.h>
#include <string.h>

#include "lib/base/str.h"
#include "lib/web/auth.h"
#include "lib/web/check.h"
#include "lib/web/router.h"

static bool
is_form(const struct request *req)
{
	return strcmp(request_content_type(req),
	    "application/x-www-form-urlencoded") == 0;
}

static const char *
check_number(const struct field_doc *doc, const json_t *v, struct arena *a)
{
	bool bounded = doc->min != 0 || doc->max != 0;

	if (!json_is_integer(v))
		return bounded ? check_bounds_text(a, doc->min, doc->max) :
		    "a whole number";
	return bounded && (json_integer_value(v) < doc->min ||
	    json_integer_value(v) > doc->max) ?
	    check_bounds_text(a, doc->min, doc->max) : NULL;
}

static const char *
check_json_text(const struct field_doc *doc, const json_t *v,
    struct arena *a)
{
	const char *s = json_string_value(v);

	if (s == NULL || strlen(s) != json_string_length(v))
		return "text";
	return check_text(doc, s, a);
}

static const char *
check_list(const struct field_doc *doc, const json_t *v)
{
	const json_t *one;
	size_t i;

	if (!json_is_array(v))
		return "a list";
	if (!str_starts_with(doc->type, "[text]"))
		return NULL;
	for (i = 0; i < json_array_size(v); i++) {
		one = json_array_get(v, i);
		if (!json_is_string(one) || strlen(json_string_value(one)) !=
		    json_string_length(one))
			return "a list of texts";
	}
	return NULL;
}

/* NULL: the value is of the type; else what it must be. */
static const char *
check_json(const struct field_doc *doc, const json_t *v, struct arena *a)
{
	const char *t = doc->type;

	if (str_starts_with(t, "integer"))
		return check_number(doc, v, a);
	if (str_starts_with(t, "number"))
		return json_is_number(v) ? NULL : "a number";
	if (str_starts_with(t, "flag"))
		return json_is_boolean(v) ? NULL : "true or false";
	if (str_starts_with(t, "object") || *t == '{')
		return json_is_object(v) ? NULL : "an object";
	if (*t == '[')
		return check_list(doc, v);
	if (str_starts_with(t, "text") || str_starts_with(t, "time") ||
	    strchr(t, '|') != NULL)
		return check_json_text(doc, v, a);
	return NULL;
}

/* "a/b~c" is "/a~1b~0c" (RFC 6901). */
static const char *
pointer_of(const char *name, struct arena *a)
{
	struct str s = STR_INIT;
	const char *out;

	str_add_char(&s, '/');
	for (; *name != '\0'; name++) {
		if (*name == '~')
			str_add(&s, "~0");
		else if (*name == '/')
			str_add(&s, "~1");
		else
			str_add_char(&s, *name);
	}
	out = arena_strdup(a, s.s);
	str_release(&s);
	return out;
}

static void
check_field(struct request *req, const char *name, const json_t *v)
{
	const struct field_doc *doc = check_find(req->route->doc->fields,
	    name);
	const char *must = NULL;

	if (doc == NULL) {
		check_wrong(req, NULL, pointer_of(name, req->a),
		    check_unknown(req->route->doc->fields, name, "field",
		    req->a));
		return;
	}
	if (json_is_null(v))
		return;
	if (!is_form(req))
		must = check_json(doc, v, req->a);
	else if (*json_string_value(v) != '\0')
		must = check_text(doc, json_string_value(v), req->a);
	if (must != NULL)
		check_wrong(req, NULL, pointer_of(name, req->a),
		    arena_printf(req->a, "field \"%s\" must be %s", name,
		    must));
}

/* null is a value where the type has it. */
static bool
is_missing(const struct request *req, const struct field_doc *d)
{
	const json_t *v = json_object_get(req->fields, d->name);

	if (strchr(d->name, '?') != NULL)
		return false;
	return v == NULL || (json_is_null(v) &&
	    strchr(d->type, '?') == NULL) ||
	    (is_form(req) && json_string_length(v) == 0);
}

static void
check_missing(struct request *req)
{
	const struct field_doc *d = req->route->doc->fields;

	for (; d != NULL && d->name != NULL; d++) {
		if (is_missing(req, d))
			check_wrong(req, NULL, pointer_of(d->name, req->a),
			    arena_printf(req->a, "field \"%s\" is missing",
			    d->name));
	}
}

int
fields_check(struct request *req, struct denial *no)
{
	const char *name;
	json_t *v;

	if (req->route->doc == NULL || req->fields == NULL)
		return 1;
	json_object_foreach(req->fields, name, v) {
		if (strcmp(name, FORM_FIELD) != 0)
			check_field(req, name, v);
	}
	check_missing(req);
	return req->n_wrong == 0 ? 1 : denial_set(no, 400, "field",
	    req->wrong[0].text);
}
