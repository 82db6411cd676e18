/*
 * call.c - does a job that calls a workflow give it what it takes?
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <string.h>
#include <strings.h>

#include "lib/pipeline/model.h"

static void
report(struct diags *d, const struct value *at, const char *hint,
    const char *text)
{
	diag_error(d, at->pos, at->width, "workflow-call", hint, "%s", text);
}

/* Expressions are known when the job runs; text takes anything. */
static bool
fits(const struct workflow_input *in, const struct value *v)
{
	if (v->kind == VALUE_EXPR || in->type == INPUT_STRING)
		return true;
	return in->type == INPUT_BOOLEAN ? v->kind == VALUE_BOOL :
	    v->kind == VALUE_NUMBER;
}

static void
check_inputs(const struct workflow_job *job,
    const struct workflow_trigger *call, struct arena *a, struct diags *d)
{
	const struct value *with = job->with;

	for (size_t i = 0; i < call->n_inputs; i++) {
		const struct workflow_input *in = &call->inputs[i];
		const struct value_pair *pair = value_find(with, in->name);

		if (pair == NULL && in->required)
			report(d, job->uses, "give it under \"with\"",
			    arena_printf(a, "Input %s is required, but not "
			    "provided while calling.", in->name));
		else if (pair != NULL && !fits(in, pair->value))
			report(d, pair->value, in->type == INPUT_BOOLEAN ?
			    "the input is a boolean" : "the input is a number",
			    arena_printf(a, "Unexpected value '%s'",
			    pair->value->text));
	}
	for (size_t i = 0; with != NULL && i < with->n_pairs; i++) {
		const struct value *key = with->pairs[i].key;
		bool known = key->kind != VALUE_STRING;

		for (size_t j = 0; j < call->n_inputs && !known; j++)
			known = strcasecmp(call->inputs[j].name,
			    key->text) == 0;
		if (!known)
			report(d, with->pairs[i].value, NULL, arena_printf(a,
			    "Invalid input, %s is not defined in the "
			    "referenced workflow.", key->text));
	}
}

static void
check_secrets(const struct workflow_job *job,
    const struct workflow_trigger *call, struct arena *a, struct diags *d)
{
	const struct value *map = job->secrets;

	if (map != NULL && map->kind != VALUE_MAP)
		return; /* inherit */
	for (size_t i = 0; i < call->n_secrets; i++)
		if (call->secrets[i].required &&
		    value_find(map, call->secrets[i].name) == NULL)
			report(d, job->uses, "give it under \"secrets\"",
			    arena_printf(a, "Secret %s is required, but not "
			    "provided while calling.",
			    call->secrets[i].name));
	for (size_t i = 0; map != NULL && i < map->n_pairs; i++) {
		const struct value *key = map->pairs[i].key;
		bool known = key->kind != VALUE_STRING;

		for (size_t j = 0; j < call->n_secrets && !known; j++)
			known = strcasecmp(call->secrets[j].name,
			    key->text) == 0;
		if (!known)
			report(d, map->pairs[i].value, NULL, arena_printf(a,
			    "Invalid secret, %s is not defined in the "
			    "referenced workflow.", key->text));
	}
}

void
workflow_check_call(const struct workflow_job *job,
    const struct workflow *called, struct arena *a, struct diags *d)
{
	const struct workflow_trigger *call =
	    workflow_trigger_find(called, "workflow_call");

	if (call == NULL) {
		report(d, job->uses, "add \"workflow_call\" to its \"on\"",
		    "workflow is not reusable as it is missing a "
		    "`on.workflow_call` trigger");
		return;
	}
	check_inputs(job, call, a, d);
	check_secrets(job, call, a, d);
}
