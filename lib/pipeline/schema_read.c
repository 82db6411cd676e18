/*
 * schema_read.c - the loop that reads values by the schema.
 *
 * The order of its decisions is that of GitHub's reader, because the words
 * of messages depend on it: a map of several kinds is narrowed by each key
 * that only some of them have, and what is missing is said of the one that
 * is left.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/pipeline/reader.h"

#define MAX_KINDS 8
#define FEW_KEYS 24

/* A map on its way through: which of the kinds it can still be. */
struct narrowing {
	const struct schema_map *kinds[MAX_KINDS];
	size_t n;
	const struct schema_type *type;
	bool has_expression_key;
	bool has_merge_key; /* reported by the YAML reader */
};

/* --- scalars ---------------------------------------------------------------- */

static bool
has_word(const struct schema_type *type, const char *text)
{
	for (size_t i = 0; type->words != NULL && type->words[i] != NULL; i++)
		if (strcmp(type->words[i], text) == 0)
			return true;
	return type->names != NULL && schema_find(type->names, text) != NULL;
}

/* Is a literal what the type asks for? Text is taken of anything. */
static bool
fits(struct value *v, const struct schema_type *type)
{
	static const unsigned exact[] = { [VALUE_NULL] = SCALAR_NULL,
		[VALUE_BOOL] = SCALAR_BOOL, [VALUE_NUMBER] = SCALAR_NUMBER,
		[VALUE_STRING] = SCALAR_STRING };

	if ((type->scalars & exact[v->kind]) != 0)
		return true;
	if ((type->scalars & SCALAR_STRING) == 0 &&
	    !((type->scalars & SCALAR_TEXT) != 0 && v->text[0] != '\0') &&
	    !has_word(type, v->text))
		return false;
	v->kind = VALUE_STRING;
	return true;
}

/* A number that is taken as text is printed anew: 1.10 becomes 1.1. */
static void
check_number_text(struct reader *r, const struct value *v)
{
	if (v->yaml->type == YAML_NUMBER && v->kind == VALUE_STRING &&
	    strcmp(v->text, v->yaml->text) != 0)
		diag_warning(r->d, v->pos, v->width, "number",
		    "quote it to keep it as it is",
		    "%s is read as the number %s", v->yaml->text, v->text);
}

/* "one of: read, write, none", or what else is expected. */
static const char *
hint_for(struct reader *r, const struct schema_type *type, const char *text)
{
	const char *near = NULL;
	struct str s = STR_INIT;
	const char *kept;

	if (type->words == NULL && type->names == NULL)
		return arena_printf(r->a, "expected %s%s",
		    schema_describe(r->a, type), text[0] == '\0' &&
		    (type->scalars & SCALAR_TEXT) != 0 ? ", not empty" : "");
	if (type->words != NULL)
		near = report_suggest(r->a, r->d, text, type->words);
	if (near != NULL || type->words == NULL)
		return near;
	for (size_t i = 0; type->words[i] != NULL && s.len < 200; i++)
		str_addf(&s, "%s%s", i > 0 ? ", " : "one of: ",
		    type->words[i]);
	kept = arena_strdup(r->a, s.s);
	str_release(&s);
	return kept;
}

static const char *
names_hint(struct reader *r, const struct schema_map *map, const char *text)
{
	const char *words[128] = { NULL };
	size_t n = 0;

	for (; map->keys != NULL && map->keys[n].name != NULL &&
	    n + 1 < ARRAY_LEN(words); n++)
		words[n] = map->keys[n].name;
	return report_suggest(r->a, r->d, text, words);
}

static void
check_scalar(struct reader *r, struct value *v,
    const struct schema_type *type)
{
	const char *hint;

	if (v->kind == VALUE_EXPR) {
		if ((v->contexts & ((1u << N_CONTEXTS) - 1)) == 0)
			report_value(r, v, "expression", "write the value "
			    "out", "A template expression is not allowed in "
			    "this context");
		return;
	}
	if (v->kind != VALUE_INSERT && fits(v, type)) {
		check_number_text(r, v);
		return;
	}
	hint = type->names != NULL ? names_hint(r, type->names, v->text) :
	    hint_for(r, type, v->text);
	report_value(r, v, "wrong-value", hint, "Unexpected value '%s'",
	    v->text);
}

/* --- lists ------------------------------------------------------------------ */

static struct value *
read_list(struct reader *r, struct value *v, const struct schema_type *type)
{
	const struct yaml *yaml = v->yaml;

	if (type->item == NULL) {
		report_value(r, v, "wrong-type", arena_printf(r->a,
		    "expected %s", schema_describe(r->a, type)),
		    "A sequence was not expected");
		return v;
	}
	for (size_t i = 0; i < yaml->n_items; i++) {
		struct value **room = arena_push(r->a, &v->items,
		    &v->n_items, sizeof(*room));
		struct value *item = schema_value(r, yaml->items[i],
		    type->item, v->contexts);

		*room = item;
	}
	return v;
}

/* --- maps ------------------------------------------------------------------- */

/* The row of a key; narrows to the kinds that have it. NULL: none has. */
static const struct schema_key *
narrow(struct narrowing *n, const char *name)
{
	const struct schema_key *row = NULL;
	size_t kept = 0;

	for (size_t i = 0; i < n->n && row == NULL; i++)
		row = schema_find(n->kinds[i], name);
	if (row == NULL)
		return NULL;
	for (size_t i = 0; i < n->n; i++)
		if (schema_find(n->kinds[i], name) != NULL)
			n->kinds[kept++] = n->kinds[i];
	n->n = kept;
	return row;
}

/* What takes the names that no row has; NULL: nothing. */
static const struct schema_map *
free_names(const struct narrowing *n)
{
	for (size_t i = 0; i < n->n; i++)
		if (n->kinds[i]->free_value != NULL)
			return n->kinds[i];
	return NULL;
}

/* A key of another kind than the one that is left: which two collide? */
static const char *
other_kind_hint(struct reader *r, const struct narrowing *n,
    const char *name)
{
	for (size_t i = 0; n->n > 0 && n->type->maps[i] != NULL; i++)
		if (schema_find(n->type->maps[i], name) != NULL)
			return arena_printf(r->a, "it is a key of \"%s\", and "
			    "this is \"%s\"", n->type->maps[i]->name,
			    n->kinds[0]->name);
	return NULL;
}

/* Keys of other systems, by the map that they are written in here. */
static const struct {
	const char *map, *key, *hint;
} elsewhere[] = {
	{ "workflow", "pipelines", "write a file for each of them; what "
	    "triggers it stands under \"on\"" },
	{ "workflow", "steps", "steps stand in a job: jobs.<id>.steps" },
	{ "workflow", "script", "write \"jobs:\", a job, and its \"steps\"" },
	{ "workflow", "image", "it stands in a job" },
	{ "workflow", "variables", "write \"env\"" },
	{ "workflow", "trigger", "write \"on\"" },
	{ "workflow", "include", "call a workflow: \"uses\" of a job" },
	{ "workflow", "extends", "call a workflow: \"uses\" of a job" },
	{ "job", "script", "write \"steps: [{run: ...}]\"" },
	{ "job", "before_script", "write its commands as the first step" },
	{ "job", "after_script", "write a last step with \"if: always()\"" },
	{ "job", "run", "it stands in a step: \"steps: [{run: ...}]\"" },
	{ "job", "command", "it stands in a step: \"steps: [{run: ...}]\"" },
	{ "job", "commands", "write a step for each: "
	    "\"steps: [{run: ...}]\"" },
	{ "job", "variables", "write \"env\"" },
	{ "job", "tags", "write \"runs-on\"" },
	{ "job", "depends_on", "write \"needs\"" },
	{ "job", "dependencies", "write \"needs\"" },
	{ "job", "when", "write \"if\"" },
	{ "job", "rules", "write \"if\"" },
	{ "job", "only", "filter under \"on\", or write \"if\"" },
	{ "job", "except", "filter under \"on\", or write \"if\"" },
	{ "job", "extends", "call a workflow by \"uses\"" },
	{ "step: run", "script", "write \"run\"" },
	{ "step: run", "commands", "write \"run: |\" and a line for each" },
	{ "step: run", "environment", "write \"env\"" },
	{ "step: run", "image", "it stands in the job" },
	{ "step: run", "when", "write \"if\"" },
};

static const char *
elsewhere_hint(const struct narrowing *n, const char *name)
{
	for (size_t i = 0; i < n->n; i++)
		for (size_t k = 0; k < ARRAY_LEN(elsewhere); k++)
			if (strcmp(elsewhere[k].map, n->kinds[i]->name) == 0 &&
			    strcmp(elsewhere[k].key, name) == 0)
				return elsewhere[k].hint;
	return NULL;
}

static void
report_unknown(struct reader *r, const struct narrowing *n,
    const struct value *key)
{
	const char *words[128] = { NULL }, *hint;
	size_t n_words = 0;

	for (size_t i = 0; i < n->n; i++)
		for (const struct schema_key *row = n->kinds[i]->keys;
		    row != NULL && row->name != NULL &&
		    n_words + 1 < ARRAY_LEN(words); row++)
			words[n_words++] = row->name;
	hint = other_kind_hint(r, n, key->text);
	if (hint == NULL)
		hint = elsewhere_hint(n, key->text);
	if (hint == NULL)
		hint = report_suggest(r->a, r->d, key->text, words);
	if (hint == NULL && n->n > 0)
		hint = arena_printf(r->a, "\"%s\" has no such key",
		    n->kinds[0]->name);
	report_value(r, key, "unknown-key", hint, "Unexpected value '%s'",
	    key->text);
}

/* Names count as the same without regard to case, so that a file means the
 * same to every forge and shell. */
static const struct value *
find_seen(struct reader *r, struct map *seen, const struct value *map,
    const struct value *key)
{
	const struct value *first;
	char *upper;

	/* Most maps are small: comparing costs less than a table. */
	if (map->yaml->n_pairs <= FEW_KEYS) {
		for (size_t i = 0; i < map->n_pairs; i++)
			if (map->pairs[i].key->kind == VALUE_STRING &&
			    strcasecmp(map->pairs[i].key->text,
			    key->text) == 0)
				return map->pairs[i].key;
		return NULL;
	}
	upper = arena_strdup(r->a, key->text);
	for (char *c = upper; *c != '\0'; c++)
		if (*c >= 'a' && *c <= 'z')
			*c = (char)(*c - 'a' + 'A');
	first = map_get(seen, upper);
	if (first == NULL)
		map_set(seen, upper, (void *)(uintptr_t)key);
	return first;
}

static bool
is_new_key(struct reader *r, struct map *seen, const struct value *map,
    const struct value *key)
{
	const struct value *first = find_seen(r, seen, map, key);

	if (first == NULL)
		return true;
	report_value(r, key, "duplicate-key", arena_printf(r->a,
	    "it stands first in line %d", first->pos.line),
	    "'%s' is already defined", key->text);
	return false;
}

static void
add_pair(struct reader *r, struct value *map, struct value *key,
    const struct yaml *yaml, const struct schema_key *row,
    const struct schema_type *type)
{
	struct value *value;
	struct value_pair *pair;

	r->key = key;
	value = schema_value(r, yaml, type, map->contexts);
	pair = arena_push(r->a, &map->pairs, &map->n_pairs,
	    sizeof(*pair));

	*pair = (struct value_pair) { key, value, row };
}

static void
read_expression_key(struct reader *r, struct value *map,
    struct narrowing *n, struct value *key, const struct yaml *yaml)
{
	const struct schema_map *names = free_names(n);

	n->has_expression_key = true;
	if (key->kind == VALUE_EXPR || key->kind == VALUE_INSERT) {
		if ((map->contexts & ((1u << N_CONTEXTS) - 1)) != 0) {
			add_pair(r, map, key, yaml, NULL, names != NULL ?
			    names->free_value : &type_any);
			return;
		}
		report_value(r, key, "expression", NULL, "A template "
		    "expression is not allowed in this context");
	}
}

static void
read_pair(struct reader *r, struct value *map, struct narrowing *n,
    struct map *seen, const struct yaml_pair *pair)
{
	struct value *key = schema_scalar(r, pair->key, &type_text,
	    map->contexts);
	const struct schema_map *names;
	const struct schema_key *row;

	if (key->kind == VALUE_EXPR || key->kind == VALUE_INSERT) {
		read_expression_key(r, map, n, key, pair->value);
		return;
	}
	if (!pair->key->quoted && strcmp(key->text, "<<") == 0) {
		n->has_merge_key = true;
		return;
	}
	key->kind = VALUE_STRING;
	if (!is_new_key(r, seen, map, key))
		return;
	row = narrow(n, key->text);
	if (row != NULL) {
		add_pair(r, map, key, pair->value, row, row->type);
		return;
	}
	names = free_names(n);
	if (names == NULL) {
		report_unknown(r, n, key);
		return;
	}
	check_scalar(r, key, names->free_key);
	add_pair(r, map, key, pair->value, NULL, names->free_value);
}

static bool
has_key(const struct value *map, const char *name)
{
	return value_get(map, name) != NULL;
}

/* A job of gates alone runs nowhere. */
static bool
has_only_gates(const struct value *job)
{
	const struct value *steps = value_get(job, "steps");

	if (steps == NULL || steps->kind != VALUE_LIST || steps->n_items == 0)
		return false;
	for (size_t i = 0; i < steps->n_items; i++)
		if (!str_equal(value_literal(value_get(steps->items[i],
		    "type")), "step.gate"))
			return false;
	return true;
}

/* Ours stand for GitHub's: an image says where a job runs, as runs-on does,
 * and `command` is what `run` is. */
static bool
has_instead(const struct value *map, const char *name)
{
	if (strcmp(name, "runs-on") == 0)
		return has_key(map, "image") || has_key(map, "container") ||
		    has_only_gates(map);
	return strcmp(name, "run") == 0 && has_key(map, "command");
}

static const char *
missing_hint(const char *name)
{
	static const char *const hints[][2] = {
		{ "runs-on", "add \"runs-on: ubuntu-latest\", or an "
		    "\"image\"" },
		{ "jobs", "add \"jobs:\" with at least one job" },
		{ "run", "add \"run:\" with its command" },
		{ "type", "add \"type: string\"" },
		{ "image", "add \"image:\"" },
	};

	for (size_t i = 0; i < ARRAY_LEN(hints); i++)
		if (strcmp(hints[i][0], name) == 0)
			return hints[i][1];
	return NULL;
}

static void
check_required(struct reader *r, const struct value *map,
    const struct schema_map *kind)
{
	for (const struct schema_key *row = kind->keys;
	    row != NULL && row->name != NULL; row++)
		if ((row->flags & KEY_REQUIRED) != 0 &&
		    !has_key(map, row->name) && !has_instead(map, row->name))
			report_lack(r, map, missing_hint(row->name),
			    "Required property is missing: %s", row->name);
}

static int
compare_words(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Several kinds are left: name the keys that only one of them has. */
static void
report_undecided(struct reader *r, const struct value *map,
    const struct narrowing *n)
{
	const char *words[128];
	size_t n_words = 0;
	struct str s = STR_INIT;

	for (size_t i = 0; i < n->n; i++)
		for (const struct schema_key *row = n->kinds[i]->keys;
		    row != NULL && row->name != NULL; row++) {
			size_t hits = 0;

			for (size_t j = 0; j < n->n; j++)
				hits += schema_find(n->kinds[j],
				    row->name) != NULL;
			if (hits == 1 && (row->flags &
			    (KEY_OURS | KEY_PREVIEW)) == 0 &&
			    n_words < ARRAY_LEN(words))
				words[n_words++] = row->name;
		}
	qsort(words, n_words, sizeof(*words), compare_words);
	for (size_t i = 0; i < n_words; i++)
		str_addf(&s, "%s%s", i > 0 ? ", " : "", words[i]);
	report_lack(r, map, NULL, "There's not enough info to "
	    "determine what you meant. Add one of these properties: %s",
	    s.s);
	str_release(&s);
}

static struct value *
read_map(struct reader *r, struct value *v, const struct schema_type *type)
{
	const struct yaml *yaml = v->yaml;
	struct narrowing n = { .type = type };
	struct map seen = MAP_INIT;

	if (type->maps == NULL) {
		report_value(r, v, "wrong-type", arena_printf(r->a,
		    "expected %s", schema_describe(r->a, type)),
		    "A mapping was not expected");
		return v;
	}
	for (; type->maps[n.n] != NULL && n.n < MAX_KINDS; n.n++)
		n.kinds[n.n] = type->maps[n.n];
	for (size_t i = 0; i < yaml->n_pairs; i++)
		read_pair(r, v, &n, &seen, &yaml->pairs[i]);
	if (n.n > 1 && !n.has_merge_key)
		report_undecided(r, v, &n);
	else if (n.n == 1 && !n.has_expression_key && !n.has_merge_key)
		check_required(r, v, n.kinds[0]);
	map_release(&seen);
	return v;
}

struct value *
schema_value(struct reader *r, const struct yaml *yaml,
    const struct schema_type *type, unsigned contexts)
{
	const struct schema_type *chosen =
	    type->choose != NULL ? type->choose(yaml) : NULL;
	struct value *v;

	if (chosen != NULL)
		type = chosen;
	contexts = (contexts | type->contexts) & ~r->denied;
	v = schema_scalar(r, yaml, type, contexts);
	if (yaml->type == YAML_LIST)
		return read_list(r, v, type);
	if (yaml->type == YAML_MAP)
		return read_map(r, v, type);
	check_scalar(r, v, type);
	return v;
}
