/*
 * openapi_schema.c - types and fields of describe.h as JSON Schema (2020-12,
 * as OpenAPI 3.1 has it).
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/web/openapi.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/str.h"

#define REF "#/components/schemas/"

static json_t *
type_of(const char *s, size_t len, int64_t min, int64_t max);

static json_t *
words_of(const char *s, size_t len)
{
	json_t *list = json_array();
	const char *end = s + len;

	while (s < end) {
		size_t n = strcspn(s, "|?]}");

		json_array_append_new(list, json_stringn(s, n));
		s += n + 1;
	}
	return json_pack("{s:s, s:o}", "type", "string", "enum", list);
}

static void
set_bounds(json_t *o, const char *least, const char *most, int64_t min,
    int64_t max)
{
	if (min == 0 && max == 0)
		return;
	json_object_set_new(o, least, json_integer(min));
	if (max != INT64_MAX)
		json_object_set_new(o, most, json_integer(max));
}

static const struct {
	const char *name, *type, *format;
} plain[] = {
	{ "text", "string", NULL },
	{ "integer", "integer", NULL },
	{ "number", "number", NULL },
	{ "flag", "boolean", NULL },
	{ "time", "string", "date-time" },
	{ "object", "object", NULL },
	{ "any", NULL, NULL },
};

static json_t *
simple(const char *s, size_t len, int64_t min, int64_t max)
{
	json_t *o = json_object();

	for (size_t i = 0; i < ARRAY_LEN(plain); i++) {
		if (strlen(plain[i].name) != len ||
		    strncmp(plain[i].name, s, len) != 0)
			continue;
		if (plain[i].type != NULL)
			json_object_set_new(o, "type",
			    json_string(plain[i].type));
		if (plain[i].format != NULL)
			json_object_set_new(o, "format",
			    json_string(plain[i].format));
		if (strcmp(plain[i].name, "integer") == 0)
			set_bounds(o, "minimum", "maximum", min, max);
		else if (strcmp(plain[i].name, "text") == 0)
			set_bounds(o, "minLength", "maxLength", min, max);
	}
	return o;
}

/* A schema by its name. */
static json_t *
reference(const char *s, size_t len)
{
	struct str ref = STR_INIT;
	json_t *o;

	str_add(&ref, REF);
	str_add_len(&ref, s, len);
	o = json_pack("{s:s}", "$ref", ref.s);
	str_release(&ref);
	return o;
}

/* What "TYPE?" is: the type, or null. */
static json_t *
or_null(json_t *o)
{
	json_t *type = json_object_get(o, "type"), *words;

	if (type == NULL || !json_is_string(type))
		return json_object_size(o) == 0 ? o : json_pack(
		    "{s:[o, {s:s}]}", "oneOf", o, "type", "null");
	words = json_object_get(o, "enum");
	if (words != NULL)
		json_array_append_new(words, json_null());
	json_object_set_new(o, "type", json_pack("[O, s]", type, "null"));
	return o;
}

static json_t *
type_of(const char *s, size_t len, int64_t min, int64_t max)
{
	if (len > 1 && s[len - 1] == '?')
		return or_null(type_of(s, len - 1, min, max));
	if (len > 2 && s[0] == '[')
		return json_pack("{s:s, s:o}", "type", "array", "items",
		    type_of(s + 1, len - 2, min, max));
	if (len > 2 && s[0] == '{')
		return json_pack("{s:s, s:o}", "type", "object",
		    "additionalProperties", type_of(s + 1, len - 2, min,
		    max));
	if (memchr(s, '|', len) != NULL)
		return words_of(s, len);
	return isupper((unsigned char)s[0]) ? reference(s, len) :
	    simple(s, len, min, max);
}

json_t *
openapi_type(const char *type, int64_t min, int64_t max)
{
	return type_of(type, strlen(type), min, max);
}

static void
add_fields(json_t *properties, json_t *required,
    const struct field_doc *fields)
{
	for (; fields != NULL && fields->name != NULL; fields++) {
		size_t len = strcspn(fields->name, "?");
		json_t *type = openapi_type(fields->type, fields->min,
		    fields->max);

		if (fields->text != NULL)
			json_object_set_new(type, "description",
			    json_string(fields->text));
		json_object_setn_new(properties, fields->name, len, type);
		if (fields->name[len] == '\0')
			json_array_append_new(required,
			    json_stringn(fields->name, len));
	}
}

static json_t *
object_of(json_t *properties, json_t *required)
{
	json_t *o = json_pack("{s:s, s:o}", "type", "object", "properties",
	    properties);

	if (json_array_size(required) > 0)
		json_object_set(o, "required", required);
	json_decref(required);
	return o;
}

json_t *
openapi_object(const struct field_doc *fields)
{
	json_t *properties = json_object(), *required = json_array();

	add_fields(properties, required, fields);
	return object_of(properties, required);
}

static const struct schema_doc *
find(const struct resource *const *list, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < list[i]->n_schemas; k++)
			if (strcmp(list[i]->schemas[k].name, name) == 0)
				return &list[i]->schemas[k];
	return NULL;
}

/* With the fields of what it is based on, which stand first. */
static void
add_all(const struct resource *const *list, size_t n,
    const struct schema_doc *s, json_t *properties, json_t *required)
{
	const struct schema_doc *base = s->base != NULL ?
	    find(list, n, s->base) : NULL;

	if (base != NULL)
		add_all(list, n, base, properties, required);
	add_fields(properties, required, s->fields);
}

json_t *
openapi_schemas(const struct resource *const *list, size_t n)
{
	json_t *all = json_object();

	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < list[i]->n_schemas; k++) {
			const struct schema_doc *s = &list[i]->schemas[k];
			json_t *properties = json_object(), *o;
			json_t *required = json_array();

			add_all(list, n, s, properties, required);
			o = object_of(properties, required);
			if (s->text != NULL)
				json_object_set_new(o, "description",
				    json_string(s->text));
			json_object_set_new(all, s->name, o);
		}
	}
	return all;
}
