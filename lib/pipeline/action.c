/*
 * action.c - action.yml as a model, by its own schema.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/action.h"

#include <string.h>

#include "lib/pipeline/reader.h"
#include "lib/pipeline/typed.h"

#define DONE SCHEMA_DONE
#define END { .name = NULL }

/* A composite action has no needs, vars and secrets. */
#define CONTEXTS_ACTION \
	(CONTEXT_GITHUB | CONTEXT_INPUTS | CONTEXT_STRATEGY | \
	    CONTEXT_MATRIX | CONTEXT_STEPS | CONTEXT_JOB | CONTEXT_RUNNER | \
	    CONTEXT_ENV | FUNCTION_HASHFILES)

static const struct schema_type type_default = { .name = "default",
	.scalars = SCALAR_ANY, .contexts = CONTEXTS_ACTION };
static const struct schema_key input_keys[] = {
	{ "description", &type_string, 0, DONE, "for who uses it", NULL },
	{ "required", &type_boolean, 0, DONE, "must it be given?", NULL },
	{ "default", &type_default, 0, DONE, "value when none is given",
	    NULL },
	{ "deprecationMessage", &type_string, 0, DONE, "shown to users",
	    NULL },
	END,
};
static const struct schema_map input_map = { "inputs", input_keys, NULL,
	NULL };
static const struct schema_map *const input_maps[] = { &input_map, NULL };
static const struct schema_type type_input = { .name = "input",
	.scalars = SCALAR_NULL, .maps = input_maps };
static const struct schema_map inputs_map = { "inputs", NULL, &type_text,
	&type_input };
static const struct schema_map *const inputs_maps[] = { &inputs_map, NULL };
static const struct schema_type type_inputs = { .name = "inputs",
	.scalars = SCALAR_NULL, .maps = inputs_maps };

static const struct schema_type type_output_value = { .name = "value",
	.scalars = SCALAR_ANY, .contexts = CONTEXTS_ACTION };
static const struct schema_key output_keys[] = {
	{ "description", &type_string, 0, DONE, "for who uses it", NULL },
	{ "value", &type_output_value, 0, DONE, "what it is", NULL },
	END,
};
static const struct schema_map output_map = { "outputs", output_keys, NULL,
	NULL };
static const struct schema_map *const output_maps[] = { &output_map, NULL };
static const struct schema_type type_output = { .name = "output",
	.scalars = SCALAR_NULL, .maps = output_maps };
static const struct schema_map outputs_map = { "outputs", NULL, &type_text,
	&type_output };
static const struct schema_map *const outputs_maps[] = { &outputs_map,
	NULL };
static const struct schema_type type_outputs = { .name = "outputs",
	.scalars = SCALAR_NULL, .maps = outputs_maps };

/* Of its parts before and behind all steps: nothing is implied. */
static const struct schema_type type_part_if = { .name = "condition",
	.scalars = SCALAR_STRING, .condition = true,
	.contexts = CONTEXTS_ACTION | FUNCTION_STATUS };

static const struct schema_key runs_keys[] = {
	{ "using", &type_text, KEY_REQUIRED, DONE, "composite, docker or "
	    "nodeNN", NULL },
	{ "steps", &type_steps, 0, DONE, "of a composite action", NULL },
	{ "main", &type_text, 0, DONE, "script of node", NULL },
	{ "pre", &type_text, 0, DONE, "script before it", NULL },
	{ "pre-if", &type_part_if, 0, DONE, "when that runs", NULL },
	{ "post", &type_text, 0, DONE, "script after the job", NULL },
	{ "post-if", &type_part_if, 0, DONE, "when that runs", NULL },
	{ "image", &type_text, 0, DONE, "of docker", NULL },
	{ "args", &type_any, 0, DONE, "of its command", NULL },
	{ "entrypoint", &type_text, 0, DONE, "its program", NULL },
	{ "pre-entrypoint", &type_text, 0, DONE, "program before", NULL },
	{ "post-entrypoint", &type_text, 0, DONE, "program after", NULL },
	{ "env", &type_any, 0, DONE, "its variables", NULL },
	{ "plugin", &type_text, 0, DONE, "of GitHub's own actions", NULL },
	END,
};
static const struct schema_map runs_map = { "runs", runs_keys, NULL, NULL };
static const struct schema_map *const runs_maps[] = { &runs_map, NULL };
static const struct schema_type type_runs = { .name = "runs",
	.maps = runs_maps, .contexts = CONTEXTS_ACTION };

static const struct schema_key action_keys[] = {
	{ "name", &type_string, 0, DONE, "shown", NULL },
	{ "author", &type_string, 0, DONE, "who wrote it", NULL },
	{ "description", &type_string, 0, DONE, "what it does", NULL },
	{ "inputs", &type_inputs, 0, DONE, "values that it takes", NULL },
	{ "outputs", &type_outputs, 0, DONE, "values that it gives", NULL },
	{ "runs", &type_runs, KEY_REQUIRED, DONE, "what it runs", NULL },
	{ "branding", &type_any, 0, DONE, "its look on a market", NULL },
	END,
};
static const struct schema_map action_map = { "action", action_keys, NULL,
	NULL };
static const struct schema_map *const action_maps[] = { &action_map, NULL };
static const struct schema_type type_action = { .name = "action",
	.maps = action_maps };

static bool
is_true(const struct value *v)
{
	return v != NULL && v->kind == VALUE_BOOL && v->boolean;
}

static void
read_inputs(struct reader *r, struct action *action)
{
	const struct value *map = value_get(action->value, "inputs");

	for (size_t i = 0; map != NULL && i < map->n_pairs; i++) {
		const struct value *v = map->pairs[i].value;
		struct action_input *in = arena_push(r->a, &action->inputs,
		    &action->n_inputs, sizeof(*in));

		in->name = map->pairs[i].key->text;
		in->key = map->pairs[i].key;
		in->required = is_true(value_get(v, "required"));
		in->default_value = value_get(v, "default");
	}
}

static void
read_outputs(struct reader *r, struct action *action)
{
	const struct value *map = value_get(action->value, "outputs");

	for (size_t i = 0; map != NULL && i < map->n_pairs; i++) {
		const struct value *v = map->pairs[i].value;
		struct workflow_port *out = arena_push(r->a,
		    &action->outputs, &action->n_outputs, sizeof(*out));

		out->name = map->pairs[i].key->text;
		out->key = map->pairs[i].key;
		out->value = value_get(v, "value");
		out->description = value_get(v, "description");
	}
}

/* There are no defaults to fall back to. */
static void
check_shells(struct reader *r, const struct action *action)
{
	for (size_t i = 0; i < action->n_steps; i++) {
		const struct workflow_step *step = &action->steps[i];

		if (step->kind == STEP_RUN && step->shell == NULL &&
		    step->run != NULL)
			report_lack(r, step->value, "add \"shell: bash\"",
			    "Required property is missing: shell");
	}
}

static struct action *
read_with(struct reader *r, const struct yaml *root)
{
	struct action *action = arena_alloc(r->a, sizeof(*action));

	action->file = arena_strdup(r->a, r->d->file);
	action->value = schema_value(r, root, &type_action, 0);
	if (action->value->kind != VALUE_MAP)
		return NULL;
	action->name = value_get(action->value, "name");
	action->runs = value_get(action->value, "runs");
	action->using = value_literal(value_get(action->runs, "using"));
	if (action->using == NULL)
		return NULL;
	action->pre_if = model_part_condition(r, value_get(action->runs,
	    "pre-if"));
	action->post_if = model_part_condition(r, value_get(action->runs,
	    "post-if"));
	read_inputs(r, action);
	read_outputs(r, action);
	if (strcmp(action->using, "composite") != 0)
		return action;
	if (r->d->n_errors == 0 && value_get(action->runs, "steps") == NULL)
		report_value(r, action->runs, "missing-key", NULL,
		    "a composite action needs \"steps\"");
	model_steps(r, value_get(action->runs, "steps"), &action->steps,
	    &action->n_steps);
	typed_action(r, action->steps, action->n_steps);
	check_shells(r, action);
	return action;
}

struct action *
action_read(const char *text, size_t len, struct arena *a, struct diags *d)
{
	struct workflow none = { .file = d->file };
	struct reader r = { .a = a, .d = d, .w = &none, .places = MAP_INIT,
		.denied = CONTEXTS_STEP & ~CONTEXTS_ACTION };
	const struct yaml *root = yaml_read(text, len, a, d);
	struct action *action;

	if (root == NULL) {
		diags_sort(d);
		return NULL;
	}
	reader_open(&r, text, len);
	action = read_with(&r, root);
	reader_close(&r);
	return action;
}
