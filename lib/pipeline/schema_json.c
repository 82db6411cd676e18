/*
 * schema_json.c - the language as a JSON Schema (draft-07), so that editors
 * complete keys and mark mistakes while a file is written.
 *
 * Types refer to each other and to themselves; each becomes one definition,
 * in the order in which it is met.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <string.h>

#include "lib/base/json_text.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/pipeline/schema.h"
#include "lib/pipeline/typed.h"

#define MAX_TYPES 512

struct writer {
	struct str *out;
	const struct schema_type *types[MAX_TYPES]; /* met so far */
	size_t n;
};

static void
add_ref(struct writer *w, const struct schema_type *type)
{
	size_t i = 0;

	while (i < w->n && w->types[i] != type)
		i++;
	if (i == w->n && w->n < MAX_TYPES)
		w->types[w->n++] = type;
	str_addf(w->out, "{\"$ref\": \"#/definitions/t%zu\"}", i);
}

static void
add_names(struct str *out, const char *const *words)
{
	for (size_t i = 0; words[i] != NULL; i++) {
		if (i > 0)
			str_add(out, ", ");
		json_text(out, words[i]);
	}
}

static void
add_keys(struct str *out, const struct schema_map *map)
{
	for (const struct schema_key *k = map->keys; k->name != NULL; k++) {
		if (k > map->keys)
			str_add(out, ", ");
		json_text(out, k->name);
	}
}

/* Our own keys can stand for these, so editors must not ask for them. */
static bool
is_required(const struct schema_key *k)
{
	return (k->flags & KEY_REQUIRED) != 0 &&
	    strcmp(k->name, "runs-on") != 0 && strcmp(k->name, "run") != 0;
}

static void
add_required(struct writer *w, const struct schema_map *map)
{
	size_t n = 0;

	for (const struct schema_key *k = map->keys; k->name != NULL; k++) {
		if (!is_required(k))
			continue;
		str_add(w->out, n++ == 0 ? ",\n   \"required\": [" : ", ");
		json_text(w->out, k->name);
	}
	if (n > 0)
		str_add_char(w->out, ']');
}

static void
add_description(struct str *out, const struct schema_key *k)
{
	struct str text = STR_INIT;

	str_add(&text, k->doc);
	if (k->fallback != NULL)
		str_addf(&text, ". Default: %s", k->fallback);
	json_text(out, text.s);
	str_release(&text);
}

static void
add_map(struct writer *w, const struct schema_map *map)
{
	str_add(w->out, "{\"type\": \"object\"");
	if (map->keys != NULL) {
		str_add(w->out, ",\n   \"properties\": {");
		for (const struct schema_key *k = map->keys; k->name != NULL;
		    k++) {
			str_add(w->out, k > map->keys ? ",\n    " : "\n    ");
			json_text(w->out, k->name);
			str_add(w->out, ": {\"allOf\": [");
			add_ref(w, k->type);
			str_add(w->out, "], \"description\": ");
			add_description(w->out, k);
			str_add_char(w->out, '}');
		}
		str_add_char(w->out, '}');
		add_required(w, map);
	}
	str_add(w->out, ",\n   \"additionalProperties\": ");
	if (map->free_value != NULL)
		add_ref(w, map->free_value);
	else
		str_add(w->out, "false");
	str_add_char(w->out, '}');
}

static void
next(struct str *out, size_t *n)
{
	str_add(out, (*n)++ > 0 ? ",\n  " : "\n  ");
}

static void
add_scalars(struct writer *w, const struct schema_type *type, size_t *n)
{
	static const struct {
		unsigned bit;
		const char *json;
	} scalars[] = {
		{ SCALAR_NULL, "{\"type\": \"null\"}" },
		{ SCALAR_BOOL, "{\"type\": \"boolean\"}" },
		{ SCALAR_NUMBER, "{\"type\": \"number\"}" },
		{ SCALAR_STRING,
		    "{\"type\": [\"string\", \"number\", \"boolean\", "
		    "\"null\"]}" },
		{ SCALAR_TEXT, "{\"type\": [\"string\", \"number\", "
		    "\"boolean\"], \"minLength\": 1}" },
	};

	for (size_t i = 0; i < ARRAY_LEN(scalars); i++)
		if ((type->scalars & scalars[i].bit) != 0) {
			next(w->out, n);
			str_add(w->out, scalars[i].json);
		}
	/* Contexts come from the places around as well, so single values
	 * and lists may be expressions wherever they stand. */
	if ((type->scalars & (SCALAR_STRING | SCALAR_TEXT)) != 0 ||
	    (type->contexts == 0 && type->item == NULL &&
	    (type->scalars & (SCALAR_BOOL | SCALAR_NUMBER)) == 0))
		return;
	next(w->out, n);
	str_add(w->out, "{\"type\": \"string\", \"pattern\": "
	    "\"\\\\$\\\\{\\\\{\"}");
}

static void
add_type(struct writer *w, const struct schema_type *type)
{
	size_t n = 0;

	str_add(w->out, "{\"anyOf\": [");
	add_scalars(w, type, &n);
	if (type->words != NULL) {
		next(w->out, &n);
		str_add(w->out, "{\"enum\": [");
		add_names(w->out, type->words);
		str_add(w->out, "]}");
	}
	if (type->names != NULL) {
		next(w->out, &n);
		str_add(w->out, "{\"enum\": [");
		add_keys(w->out, type->names);
		str_add(w->out, "]}");
	}
	if (type->item != NULL) {
		next(w->out, &n);
		str_add(w->out, "{\"type\": \"array\", \"items\": ");
		add_ref(w, type->item);
		str_add_char(w->out, '}');
	}
	for (size_t i = 0; type->maps != NULL && type->maps[i] != NULL; i++) {
		next(w->out, &n);
		add_map(w, type->maps[i]);
	}
	for (size_t i = 0; type->others != NULL && type->others[i] != NULL;
	    i++) {
		next(w->out, &n);
		add_ref(w, type->others[i]);
	}
	str_add(w->out, "]}");
}

static void
add_definitions(struct writer *w)
{
	str_add(w->out, "\"definitions\": {");
	for (size_t i = 0; i < w->n; i++) {
		str_addf(w->out, "%s\n \"t%zu\": ", i > 0 ? "," : "", i);
		add_type(w, w->types[i]);
	}
	str_add(w->out, "\n}\n}\n");
}

/* The row of a whole step that holds its config. */
static const struct schema_type *
config_type(const struct step_type *type)
{
	return schema_find(type->step->maps[0], "config")->type;
}

void
step_types_json(struct str *out)
{
	struct writer w = { .out = out };

	str_add(out, "{\n\"steps\": [");
	for (size_t i = 0; i < n_step_types; i++) {
		const struct step_type *type = &step_types[i];

		str_addf(out, "%s\n {\"type\": ", i > 0 ? "," : "");
		json_text(out, type->name);
		str_add(out, ", \"description\": ");
		json_text(out, type->doc);
		str_addf(out, ", \"runs\": %s, \"config\": ",
		    type->make != NULL ? "true" : "false");
		add_ref(&w, config_type(type));
		str_add_char(out, '}');
	}
	str_add(out, "\n],\n");
	add_definitions(&w);
}

void
schema_json(struct str *out)
{
	struct writer w = { .out = out };

	str_add(out, "{\n\"$schema\": \"http://json-schema.org/draft-07/"
	    "schema#\",\n\"title\": \"Pawl pipeline\",\n\"allOf\": [");
	add_ref(&w, &schema_workflow);
	str_add(out, "],\n");
	add_definitions(&w);
}
