/*
 * schema_step.c - the steps of a job.
 *
 * GitHub has six kinds of step, told apart by the keys that only one of them
 * has; so a misplaced key is reported where it stands, and a step without any
 * of them with all that could be meant.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/schema_step.h"
#include "lib/pipeline/typed.h"

#define DONE SCHEMA_DONE
#define END { .name = NULL }

const struct schema_type type_step_name = { .name = "step name",
	.scalars = SCALAR_STRING, .contexts = CONTEXTS_STEP };
const struct schema_type type_step_if = { .name = "condition",
	.scalars = SCALAR_STRING, .condition = true,
	.contexts = CONTEXTS_MATRIX | CONTEXT_STEPS | CONTEXT_JOB |
	    CONTEXT_RUNNER | CONTEXT_ENV | CONTEXT_SHORT |
	    FUNCTION_STATUS | FUNCTION_HASHFILES };
const struct schema_type type_step_text = { .name = "step text",
	.scalars = SCALAR_STRING, .contexts = CONTEXTS_STEP };
const struct schema_type type_step_number = { .name = "step number",
	.scalars = SCALAR_NUMBER, .contexts = CONTEXTS_STEP };
const struct schema_type type_step_boolean = {
	.name = "step boolean", .scalars = SCALAR_BOOL,
	.contexts = CONTEXTS_STEP };

static const struct schema_map variables_map = { "variables", NULL,
	&type_text, &type_string };
static const struct schema_map *const variables_maps[] = { &variables_map,
	NULL };
const struct schema_type type_step_env = { .name = "variables",
	.maps = variables_maps, .contexts = CONTEXTS_STEP };
static const struct schema_type type_step_with = { .name = "inputs",
	.maps = variables_maps, .contexts = CONTEXTS_STEP };
static const struct schema_type type_wait_all = { .name = "wait-all",
	.scalars = SCALAR_NULL | SCALAR_BOOL };

static const struct schema_key run_keys[] = {
	STEP_NAME, STEP_ID, STEP_IF,
	{ "run", &type_step_text, KEY_REQUIRED, DONE, "the script that the "
	    "shell runs", NULL },
	{ "command", &type_step_text, KEY_OURS, DONE, "same as \"run\"",
	    NULL },
	STEP_ENV,
	{ "working-directory", &type_step_text, 0, DONE,
	    "folder that it runs in: absolute, or from the workspace on", NULL,
	    "that of \"defaults\", else the workspace" },
	{ "shell", &type_shell, 0, DONE,
	    "\"bash\", \"sh\", \"python\", \"pwsh\", or a command with "
	    "\"{0}\" for the script's file", NULL,
	    "that of \"defaults\", else \"bash -e {0}\", or \"sh -e {0}\" "
	    "where there is no bash" },
	STEP_MINUTES, STEP_CONTINUE, STEP_BACKGROUND, STEP_RETRY, END,
};

static const struct schema_key uses_keys[] = {
	STEP_NAME, STEP_ID, STEP_IF,
	{ "uses", &type_text, KEY_REQUIRED, DONE,
	    "an action: \"owner/repo@ref\", \"owner/repo/path@ref\", "
	    "\"./path\" or \"docker://image\"", NULL },
	{ "with", &type_step_with, 0, DONE, "inputs of the action, as texts",
	    NULL },
	STEP_ENV, STEP_MINUTES, STEP_CONTINUE, STEP_BACKGROUND, STEP_RETRY, END,
};

static const struct schema_key wait_keys[] = {
	STEP_NAME, STEP_ID, STEP_CONTINUE,
	{ "wait", &type_texts, KEY_REQUIRED | KEY_PREVIEW, DONE,
	    "ids of background steps to wait for; their outputs are known "
	    "behind it", NULL },
	END,
};

static const struct schema_key wait_all_keys[] = {
	STEP_NAME, STEP_ID, STEP_CONTINUE,
	{ "wait-all", &type_wait_all, KEY_REQUIRED | KEY_PREVIEW, DONE,
	    "wait for all background steps", NULL },
	END,
};

static const struct schema_key cancel_keys[] = {
	STEP_NAME, STEP_ID, STEP_CONTINUE,
	{ "cancel", &type_text, KEY_REQUIRED | KEY_PREVIEW, DONE,
	    "id of a background step to end", NULL },
	END,
};

static const struct schema_key parallel_keys[] = {
	{ "parallel", &type_steps, KEY_REQUIRED | KEY_PREVIEW, DONE,
	    "steps that run at the same time; the next step waits for all",
	    NULL },
	END,
};

/* A step whose type is none of step_types[]; those have maps of their own
 * (schema_typed.c). */
static const struct schema_type type_step_type = { .name = "step type",
	.words = step_type_names };
static const struct schema_key typed_keys[] = {
	TYPED_ROWS(type_step_type),
	{ "config", &type_any, KEY_REQUIRED | KEY_OURS, DONE,
	    "values of that type, see below", NULL },
	END,
};

static const struct schema_map run_map = { "step: run", run_keys, NULL,
	NULL };
static const struct schema_map uses_map = { "step: uses", uses_keys, NULL,
	NULL };
static const struct schema_map wait_map = { "step: wait", wait_keys, NULL,
	NULL };
static const struct schema_map wait_all_map = { "step: wait-all",
	wait_all_keys, NULL, NULL };
static const struct schema_map cancel_map = { "step: cancel", cancel_keys,
	NULL, NULL };
static const struct schema_map parallel_map = { "step: parallel",
	parallel_keys, NULL, NULL };
static const struct schema_map typed_map = { "step: type", typed_keys, NULL,
	NULL };
static const struct schema_map *const step_maps[] = { &run_map, &uses_map,
	&wait_map, &wait_all_map, &cancel_map, &parallel_map, &typed_map,
	NULL };
/* By the word behind `type`. */
static const struct schema_type *
choose_step(const struct yaml *value)
{
	const struct yaml *type = yaml_get(value, "type");
	const struct step_type *known = type != NULL ?
	    step_type_find(type->text) : NULL;

	return known != NULL ? known->step : NULL;
}

static const struct schema_type type_step = { .name = "step",
	.maps = step_maps, .choose = choose_step,
	.others = step_type_schemas };
const struct schema_type type_steps = { .name = "steps",
	.item = &type_step };

const struct schema_map *const schema_step_maps[] = {
	&run_map, &uses_map, &wait_map, &wait_all_map, &cancel_map,
	&parallel_map, &typed_map, NULL
};
