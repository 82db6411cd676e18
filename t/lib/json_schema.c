/*
 * json_schema.c - see json_schema.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "t/lib/json_schema.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/str.h"

/* The only pattern: texts with an expression in them. */
#define PATTERN "\\$\\{\\{"

/* For jansson's loops, which take no const. */
static json_t *
loose(const json_t *j)
{
	return (json_t *)(uintptr_t)j;
}

static const json_t *
follow(const json_t *root, const json_t *ref)
{
	const char *text = json_string_value(ref);

	if (text == NULL || !str_starts_with(text, "#/definitions/"))
		return NULL;
	return json_object_get(json_object_get(root, "definitions"),
	    text + strlen("#/definitions/"));
}

/* --- the schema itself ----------------------------------------------------- */

enum holds {
	PLAIN,   /* no schema */
	ONE,     /* a schema, or a boolean */
	LIST,    /* of schemas */
	BY_NAME, /* a map of schemas */
};

static const struct {
	const char *word;
	enum holds holds;
} words[] = {
	{ "$schema", PLAIN }, { "title", PLAIN }, { "description", PLAIN },
	{ "default", PLAIN }, { "type", PLAIN }, { "enum", PLAIN },
	{ "required", PLAIN }, { "minLength", PLAIN }, { "pattern", PLAIN },
	{ "$ref", PLAIN }, { "additionalProperties", ONE }, { "items", ONE },
	{ "allOf", LIST }, { "anyOf", LIST }, { "properties", BY_NAME },
	{ "definitions", BY_NAME }, { NULL, PLAIN },
};

static char problem[200];

static const char *
check(const json_t *root, const json_t *schema);

static const char *
check_held(const json_t *root, const json_t *value, enum holds holds)
{
	const char *wrong = NULL, *name;
	json_t *one;
	size_t i;

	if (holds == ONE && !json_is_boolean(value))
		return check(root, value);
	if (holds == LIST) {
		json_array_foreach(value, i, one)
			wrong = wrong != NULL ? wrong : check(root, one);
	} else if (holds == BY_NAME) {
		json_object_foreach(loose(value), name, one)
			wrong = wrong != NULL ? wrong : check(root, one);
	}
	return wrong;
}

static const char *
check(const json_t *root, const json_t *schema)
{
	const json_t *pattern = json_object_get(schema, "pattern");
	const json_t *ref = json_object_get(schema, "$ref");
	const char *word, *wrong = NULL;
	json_t *value;

	json_object_foreach(loose(schema), word, value) {
		size_t i = 0;

		while (words[i].word != NULL && strcmp(words[i].word, word))
			i++;
		if (words[i].word == NULL) {
			snprintf(problem, sizeof(problem), "word %s", word);
			return problem;
		}
		wrong = wrong != NULL ? wrong :
		    check_held(root, value, words[i].holds);
	}
	if (wrong == NULL && ref != NULL && follow(root, ref) == NULL)
		wrong = "a $ref to nowhere";
	if (wrong == NULL && pattern != NULL &&
	    strcmp(json_string_value(pattern), PATTERN) != 0)
		wrong = "an unknown pattern";
	return wrong;
}

const char *
json_schema_problem(const json_t *root)
{
	return check(root, root);
}

/* --- values ------------------------------------------------------------------ */

static bool
accepts(const json_t *root, const json_t *schema, const json_t *v);

static bool
is_type(const json_t *v, const char *type)
{
	switch (json_typeof(v)) {
	case JSON_OBJECT:
		return strcmp(type, "object") == 0;
	case JSON_ARRAY:
		return strcmp(type, "array") == 0;
	case JSON_STRING:
		return strcmp(type, "string") == 0;
	case JSON_INTEGER:
		return strcmp(type, "integer") == 0 ||
		    strcmp(type, "number") == 0;
	case JSON_REAL:
		return strcmp(type, "number") == 0;
	case JSON_TRUE:
	case JSON_FALSE:
		return strcmp(type, "boolean") == 0;
	case JSON_NULL:
		return strcmp(type, "null") == 0;
	}
	return false;
}

static bool
is_one_of(const json_t *list, const json_t *v)
{
	json_t *one;
	size_t i;

	json_array_foreach(list, i, one)
		if (json_equal(one, v))
			return true;
	return false;
}

static bool
has_type(const json_t *type, const json_t *v)
{
	json_t *one;
	size_t i;

	if (json_is_string(type))
		return is_type(v, json_string_value(type));
	json_array_foreach(type, i, one)
		if (is_type(v, json_string_value(one)))
			return true;
	return false;
}

static bool
accepts_object(const json_t *root, const json_t *schema, const json_t *v)
{
	const json_t *known = json_object_get(schema, "properties");
	const json_t *rest = json_object_get(schema, "additionalProperties");
	const json_t *required = json_object_get(schema, "required");
	const char *name;
	json_t *one;
	size_t i;

	json_array_foreach(required, i, one)
		if (json_object_get(v, json_string_value(one)) == NULL)
			return false;
	json_object_foreach(loose(v), name, one) {
		const json_t *s = json_object_get(known, name);

		if (s == NULL)
			s = rest;
		if (json_is_false(s) ||
		    (json_is_object(s) && !accepts(root, s, one)))
			return false;
	}
	return true;
}

static bool
accepts_scalar(const json_t *schema, const json_t *v)
{
	const json_t *type = json_object_get(schema, "type");
	const json_t *values = json_object_get(schema, "enum");
	json_int_t len = json_integer_value(json_object_get(schema,
	    "minLength"));
	const char *text = json_string_value(v);

	if ((type != NULL && !has_type(type, v)) ||
	    (values != NULL && !is_one_of(values, v)))
		return false;
	if (text == NULL)
		return true;
	return (json_int_t)strlen(text) >= len &&
	    (json_object_get(schema, "pattern") == NULL ||
	    strstr(text, "${{") != NULL);
}

static bool
accepts(const json_t *root, const json_t *schema, const json_t *v)
{
	const json_t *ref = json_object_get(schema, "$ref");
	const json_t *any = json_object_get(schema, "anyOf");
	bool one_fits = any == NULL;
	json_t *one;
	size_t i;

	if (ref != NULL)
		return accepts(root, follow(root, ref), v);
	if (!accepts_scalar(schema, v) || !accepts_object(root, schema, v))
		return false;
	json_array_foreach(json_object_get(schema, "allOf"), i, one)
		if (!accepts(root, one, v))
			return false;
	json_array_foreach(any, i, one)
		one_fits = one_fits || accepts(root, one, v);
	json_array_foreach(v, i, one)
		if (json_is_object(json_object_get(schema, "items")) &&
		    !accepts(root, json_object_get(schema, "items"), one))
			return false;
	return one_fits;
}

bool
json_schema_accepts(const json_t *root, const json_t *value)
{
	return accepts(root, root, value);
}
