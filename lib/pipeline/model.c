/*
 * model.c - a workflow from its text: reading, then naming the parts.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/model.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "lib/base/str.h"
#include "lib/pipeline/reader.h"

const struct value *
value_get(const struct value *map, const char *key)
{
	if (map == NULL || map->kind != VALUE_MAP)
		return NULL;
	for (size_t i = 0; i < map->n_pairs; i++)
		if (map->pairs[i].key->kind == VALUE_STRING &&
		    map->pairs[i].key->text[0] == key[0] &&
		    strcmp(map->pairs[i].key->text, key) == 0)
			return map->pairs[i].value;
	return NULL;
}

const struct value_pair *
value_find(const struct value *map, const char *name)
{
	if (map == NULL || map->kind != VALUE_MAP)
		return NULL;
	for (size_t i = 0; i < map->n_pairs; i++)
		if (map->pairs[i].key->kind == VALUE_STRING &&
		    strcasecmp(map->pairs[i].key->text, name) == 0)
			return &map->pairs[i];
	return NULL;
}

const char *
value_literal(const struct value *value)
{
	if (value == NULL || value->kind == VALUE_NULL ||
	    value->kind > VALUE_STRING || value->failed)
		return NULL;
	return value->text;
}

const char *
value_written(const struct value *value)
{
	if (value == NULL)
		return NULL;
	return value->yaml != NULL && value->yaml->text != NULL ?
	    value->yaml->text : value->text;
}

const struct workflow_trigger *
workflow_trigger_find(const struct workflow *w, const char *event)
{
	for (size_t i = 0; i < w->n_triggers; i++)
		if (strcmp(w->triggers[i].event, event) == 0)
			return &w->triggers[i];
	return NULL;
}

const struct workflow_job *
workflow_job_find(const struct workflow *w, const char *id)
{
	for (size_t i = 0; i < w->n_jobs; i++)
		if (strcasecmp(w->jobs[i].id, id) == 0)
			return &w->jobs[i];
	return NULL;
}

struct workflow_defaults
model_defaults(const struct value *value)
{
	const struct value *run = value_get(value, "run");

	return (struct workflow_defaults) { .value = value,
		.shell = value_get(run, "shell"),
		.working_directory = value_get(run, "working-directory") };
}

const struct value *
model_timeout(struct reader *r, const struct value *map)
{
	const struct value *timeout = value_get(map, "timeout");
	const struct value *seconds = value_get(map, "timeout-seconds");
	struct value *v;

	if (seconds == NULL)
		seconds = value_get(map, "TimeoutSeconds");
	if (timeout != NULL || seconds == NULL ||
	    seconds->kind != VALUE_NUMBER)
		return timeout;
	v = arena_alloc(r->a, sizeof(*v));
	*v = *seconds;
	v->kind = VALUE_STRING;
	v->text = arena_printf(r->a, "%ss", seconds->text);
	return v;
}

struct workflow_concurrency
model_concurrency(const struct value *value)
{
	struct workflow_concurrency c = { .value = value };

	if (value == NULL)
		return c;
	if (value->kind != VALUE_MAP) {
		c.group = value;
		return c;
	}
	c.group = value_get(value, "group");
	c.cancel_in_progress = value_get(value, "cancel-in-progress");
	c.queue = value_get(value, "queue");
	return c;
}

void
model_texts(struct reader *r, const struct value *value,
    const struct value ***items, size_t *n)
{
	const struct value **room;

	if (value == NULL || value->kind == VALUE_MAP || value->failed)
		return;
	if (value->kind != VALUE_LIST) {
		room = arena_push(r->a, items, n, sizeof(*room));
		*room = value;
		return;
	}
	for (size_t i = 0; i < value->n_items; i++) {
		if ((value->items[i]->kind != VALUE_STRING &&
		    value->items[i]->kind != VALUE_EXPR) ||
		    value->items[i]->failed)
			continue;
		room = arena_push(r->a, items, n, sizeof(*room));
		*room = value->items[i];
	}
}

/* The text of a condition as one expression; NULL: there is none, or it has
 * a mistake that has been reported. */
static const struct expr *
condition_expr(const struct value *written, const char **text)
{
	if (written == NULL || written->expr == NULL)
		return NULL;
	*text = written->kind == VALUE_EXPR ? written->text :
	    written->parts[0].text;
	return written->expr;
}

const struct value *
model_condition(struct reader *r, const struct value *written,
    const struct value *like)
{
	const char *text = NULL;
	const struct expr *expr = condition_expr(written, &text);
	struct value *v;

	if (expr != NULL && expr->uses_status) {
		if (written->kind == VALUE_EXPR)
			return written;
		v = arena_alloc(r->a, sizeof(*v));
		*v = *written;
		v->kind = VALUE_EXPR;
		v->text = text;
		return v;
	}
	if (expr == NULL && written != NULL && written->text != NULL &&
	    written->text[0] != '\0' && written->kind == VALUE_STRING &&
	    written->n_parts == 0)
		/* ${{ 'text' }}: a literal. */
		return schema_expression(r, arena_printf(r->a,
		    "success() && ('%s')", written->text), written);
	if (expr == NULL)
		return schema_expression(r, "success()", like);
	return schema_expression(r, arena_printf(r->a, "success() && (%s)",
	    text), written);
}

const struct value *
model_part_condition(struct reader *r, const struct value *written)
{
	const char *text = NULL;

	if (condition_expr(written, &text) == NULL)
		return NULL;
	return schema_expression(r, text, written);
}

bool
is_id(const char *s)
{
	size_t n = 0;

	if (!isalpha((unsigned char)s[0]) && s[0] != '_')
		return false;
	while (isalnum((unsigned char)s[n]) || s[n] == '_' || s[n] == '-')
		n++;
	return s[n] == '\0' && n < MAX_ID_BYTES;
}

void
model_workflow(struct reader *r, const struct value *root)
{
	struct workflow *w = r->w;
	const struct value *strict;

	w->value = root;
	w->name = value_get(root, "name");
	w->run_name = value_get(root, "run-name");
	w->on = value_get(root, "on");
	w->on_given = w->on != NULL;
	w->permissions = value_get(root, "permissions");
	w->env = value_get(root, "env");
	if (w->env == NULL)
		w->env = value_get(root, "environment");
	w->defaults = model_defaults(value_get(root, "defaults"));
	w->concurrency = model_concurrency(value_get(root, "concurrency"));
	w->stages = value_get(root, "stages");
	w->matrix = value_get(root, "matrix");
	w->env_file = value_get(root, "env-file");
	strict = value_get(root, "strict-variables");
	w->priority = value_get(w->value, "priority");
	w->strict_variables = strict != NULL && strict->kind == VALUE_BOOL &&
	    strict->boolean;
	model_triggers(r, w->on);
	model_jobs(r, value_get(root, "jobs"));
}

static struct workflow *
read_with(struct reader *r, const struct yaml *root)
{
	const struct value *value;

	if (root->type == YAML_NULL) {
		diag_error(r->d, root->pos, 1, "missing-key",
		    "start with \"on:\" and \"jobs:\"", "the file is empty");
		return NULL;
	}
	value = schema_value(r, root, &schema_workflow, 0);
	if (value->kind != VALUE_MAP)
		return NULL;
	model_workflow(r, value);
	resolve(r);
	return r->w;
}

/* A byte order mark is no part of the first line. */
void
reader_open(struct reader *r, const char *text, size_t len)
{
	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
		text += 3;
		len -= 3;
	}
	lines_init(&r->lines, text, len);
}

void
reader_close(struct reader *r)
{
	lines_release(&r->lines);
	map_release(&r->places);
	diags_sort(r->d);
}

struct workflow *
workflow_read(const char *text, size_t len, struct arena *a,
    struct diags *d)
{
	struct workflow *w = arena_alloc(a, sizeof(*w));
	struct reader r = { .a = a, .d = d, .w = w, .places = MAP_INIT };
	const struct yaml *root;

	w->file = arena_strdup(a, d->file);
	root = yaml_read(text, len, a, d);
	if (root == NULL) {
		diags_sort(d);
		return NULL;
	}
	reader_open(&r, text, len);
	w = read_with(&r, root);
	reader_close(&r);
	return w;
}
