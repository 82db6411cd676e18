/*
 * schema.c - types of many places of the schema, and its look-ups.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/schema.h"

#include <string.h>

#include "lib/base/str.h"

static const char *const context_names[N_CONTEXTS] = {
	"github", "inputs", "vars", "needs", "strategy", "matrix", "secrets",
	"steps", "job", "runner", "env", "jobs", "short",
};

static const struct schema_map any_map = { "map", NULL, &type_string,
	&type_any };
static const struct schema_map *const any_maps[] = { &any_map, NULL };

const struct schema_type type_any = { .name = "anything",
	.scalars = SCALAR_ANY, .item = &type_any, .maps = any_maps };
const struct schema_type type_list = { .name = "list", .item = &type_any };
const struct schema_type type_string = { .name = "string",
	.scalars = SCALAR_STRING };
const struct schema_type type_text = { .name = "text",
	.scalars = SCALAR_TEXT };
const struct schema_type type_boolean = { .name = "boolean",
	.scalars = SCALAR_BOOL };
const struct schema_type type_number = { .name = "number",
	.scalars = SCALAR_NUMBER };
const struct schema_type type_texts = { .name = "texts",
	.scalars = SCALAR_TEXT, .item = &type_text };
const struct schema_type type_text_list = { .name = "list of texts",
	.item = &type_text };
const struct schema_type type_strings = { .name = "list of strings",
	.item = &type_string };
const struct schema_type type_shell = { .name = "shell",
	.scalars = SCALAR_TEXT };
const struct schema_type type_directory = { .name = "working-directory",
	.scalars = SCALAR_TEXT };
const struct schema_type type_duration = { .name = "duration",
	.scalars = SCALAR_TEXT };

static const char *const backoff_words[] = { "constant", "linear",
	"exponential", NULL };
static const struct schema_type type_backoff = { .name = "backoff",
	.words = backoff_words, .scalars = SCALAR_NUMBER };
static const char *const retry_words[] = { "failure", "timeout", "oom",
	"infra", "always", NULL };
static const struct schema_type type_retry_word = { .name = "reason",
	.words = retry_words, .scalars = SCALAR_NUMBER };
static const struct schema_type type_retry_on = { .name = "reasons",
	.words = retry_words, .scalars = SCALAR_NUMBER,
	.item = &type_retry_word };
static const struct schema_key retry_keys[] = {
	{ "max-attempts", &type_number, KEY_REQUIRED | KEY_OURS,
	    SCHEMA_DONE, "how often it is tried, the first time counted",
	    NULL },
	{ "backoff", &type_backoff, KEY_OURS, SCHEMA_DONE,
	    "how the pause between two tries grows; a number is a pause of so "
	    "many seconds", NULL },
	{ "on", &type_retry_on, KEY_OURS, SCHEMA_DONE,
	    "what it is tried again for: \"failure\", \"timeout\", \"oom\", "
	    "\"infra\", \"always\", exit codes, or several of them", NULL,
	    "failure" },
	{ "initial-delay", &type_duration, KEY_OURS, SCHEMA_DONE,
	    "the first pause, as \"5s\"", NULL, "1s" },
	{ "max-delay", &type_duration, KEY_OURS, SCHEMA_DONE,
	    "the longest pause", NULL, "5m" },
	{ .name = NULL },
};
static const struct schema_map retry_map = { "retry", retry_keys, NULL,
	NULL };
static const struct schema_map *const retry_maps[] = { &retry_map, NULL };
const struct schema_type type_retry = { .name = "retry",
	.scalars = SCALAR_NUMBER, .maps = retry_maps };

const struct schema_key *
schema_find(const struct schema_map *map, const char *name)
{
	const struct schema_key *key = map->keys;

	if (key == NULL)
		return NULL;
	/* The first byte alone decides most comparisons. */
	while (key->name != NULL && (key->name[0] != name[0] ||
	    strcmp(key->name, name) != 0))
		key++;
	return key->name != NULL ? key : NULL;
}

const char *
schema_context_name(unsigned bit)
{
	for (unsigned i = 0; i < N_CONTEXTS; i++)
		if (bit == 1u << i)
			return context_names[i];
	return NULL;
}

static void
add_choice(struct str *s, const char *text)
{
	str_addf(s, "%s%s", s->len > 0 ? " or " : "", text);
}

const char *
schema_describe(struct arena *a, const struct schema_type *type)
{
	struct str s = STR_INIT;
	const char *kept;

	if (type->words != NULL || type->names != NULL ||
	    (type->scalars & (SCALAR_STRING | SCALAR_TEXT)) != 0)
		add_choice(&s, "a string");
	else if ((type->scalars & SCALAR_BOOL) != 0)
		add_choice(&s, "true or false");
	if ((type->scalars & (SCALAR_STRING | SCALAR_TEXT)) == 0 &&
	    (type->scalars & SCALAR_NUMBER) != 0)
		add_choice(&s, "a number");
	if (type->item != NULL)
		add_choice(&s, "a list");
	if (type->maps != NULL)
		add_choice(&s, "a map");
	if (s.len == 0)
		add_choice(&s, "nothing");
	kept = arena_strdup(a, s.s);
	str_release(&s);
	return kept;
}
