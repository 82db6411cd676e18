/*
 * model_on.c - the triggers of a workflow.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <string.h>

#include "lib/base/mem.h"
#include "lib/pipeline/reader.h"

static const char *const filter_keys[] = {
	[FILTER_BRANCHES] = "branches",
	[FILTER_BRANCHES_IGNORE] = "branches-ignore",
	[FILTER_TAGS] = "tags",
	[FILTER_TAGS_IGNORE] = "tags-ignore",
	[FILTER_PATHS] = "paths",
	[FILTER_PATHS_IGNORE] = "paths-ignore",
	[FILTER_TYPES] = "types",
	[FILTER_WORKFLOWS] = "workflows",
	[FILTER_NAMES] = "names",
	[FILTER_VERSIONS] = "versions",
};
_Static_assert(ARRAY_LEN(filter_keys) == N_FILTERS, "a key for each filter");

const char *
filter_name(enum filter_kind kind)
{
	return filter_keys[kind];
}

static const char *const input_types[] = {
	[INPUT_STRING] = "string",
	[INPUT_BOOLEAN] = "boolean",
	[INPUT_NUMBER] = "number",
	[INPUT_CHOICE] = "choice",
	[INPUT_ENVIRONMENT] = "environment",
};

static bool
is_true(const struct value *v)
{
	return v != NULL && v->kind == VALUE_BOOL && v->boolean;
}

static void
read_filters(struct reader *r, struct workflow_trigger *t)
{
	for (size_t i = 0; i < N_FILTERS; i++)
		for (size_t j = 0; j < t->config->n_pairs; j++) {
			const struct value_pair *pair = &t->config->pairs[j];
			struct filter_list *f = &t->filters[i];

			if (pair->key->kind != VALUE_STRING ||
			    strcmp(pair->key->text, filter_keys[i]) != 0)
				continue;
			f->key = pair->key;
			model_texts(r, pair->value, &f->items, &f->n);
		}
}

static void
read_inputs(struct reader *r, struct workflow_trigger *t)
{
	const struct value *map = value_get(t->config, "inputs");

	for (size_t i = 0; map != NULL && i < map->n_pairs; i++) {
		const struct value_pair *pair = &map->pairs[i];
		const char *type = value_literal(value_get(pair->value,
		    "type"));
		struct workflow_input *input = arena_push(r->a, &t->inputs,
		    &t->n_inputs, sizeof(*input));

		input->name = pair->key->text;
		input->key = pair->key;
		for (size_t k = 0; type != NULL &&
		    k < ARRAY_LEN(input_types); k++)
			if (strcmp(type, input_types[k]) == 0)
				input->type = (enum input_type)k;
		input->required = is_true(value_get(pair->value,
		    "required"));
		input->default_value = value_get(pair->value, "default");
		input->description = value_get(pair->value, "description");
		input->options = value_get(pair->value, "options");
	}
}

static void
read_ports(struct reader *r, const struct value *map,
    struct workflow_port **ports, size_t *n)
{
	for (size_t i = 0; map != NULL && i < map->n_pairs; i++) {
		const struct value_pair *pair = &map->pairs[i];
		struct workflow_port *port = arena_push(r->a, ports, n,
		    sizeof(*port));

		port->name = pair->key->text;
		port->key = pair->key;
		port->required = is_true(value_get(pair->value, "required"));
		port->value = value_get(pair->value, "value");
		port->description = value_get(pair->value, "description");
	}
}

static void
read_schedules(struct reader *r, struct workflow_trigger *t,
    const struct value *list)
{
	for (size_t i = 0; i < list->n_items; i++) {
		struct workflow_schedule *s = arena_push(r->a, &t->schedules,
		    &t->n_schedules, sizeof(*s));

		s->cron = value_get(list->items[i], "cron");
		s->timezone = value_get(list->items[i], "timezone");
	}
}

static void
read_trigger(struct reader *r, const struct value *key,
    const struct value *config)
{
	struct workflow_trigger *t;

	if (key->kind != VALUE_STRING)
		return;
	t = arena_push(r->a, &r->w->triggers, &r->w->n_triggers, sizeof(*t));
	t->event = key->text;
	t->key = key;
	if (config != NULL && config->kind == VALUE_LIST)
		read_schedules(r, t, config);
	if (config == NULL || config->kind != VALUE_MAP)
		return;
	t->config = config;
	read_filters(r, t);
	read_inputs(r, t);
	read_ports(r, value_get(config, "secrets"), &t->secrets,
	    &t->n_secrets);
	read_ports(r, value_get(config, "outputs"), &t->outputs,
	    &t->n_outputs);
}

void
model_triggers(struct reader *r, const struct value *on)
{
	if (on == NULL)
		return;
	if (on->kind == VALUE_STRING)
		read_trigger(r, on, NULL);
	for (size_t i = 0; i < on->n_items; i++)
		read_trigger(r, on->items[i], NULL);
	for (size_t i = 0; i < on->n_pairs; i++)
		read_trigger(r, on->pairs[i].key, on->pairs[i].value);
}
