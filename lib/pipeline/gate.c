/*
 * gate.c - steps of type step.gate: asking them.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/gate.h"

#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/pipeline/evaluate.h"
#include "lib/pipeline/gate_condition.h"

size_t
gates_count(const struct workflow_job *job)
{
	size_t n = 0;

	while (n < job->n_steps && job->steps[n].gate != NULL)
		n++;
	return n;
}

bool
gates_alone(const struct workflow_job *job)
{
	return job->n_steps > 0 && gates_count(job) == job->n_steps &&
	    job->outputs == NULL && job->generate == NULL;
}

/* --- asking --------------------------------------------------------------- */

static int
read_approvers(const struct value *list, const struct expr_env *env,
    struct arena *a, struct diags *d, struct job_gate *out)
{
	struct expr_value v;

	if (value_eval(list, env, a, d, &v) == -1)
		return -1;
	for (size_t i = 0; v.type == EXPR_ARRAY && i < v.array->n; i++) {
		const char *name = expr_to_string(&v.array->items[i], a);

		if (*name == '\0')
			continue;
		*(const char **)arena_push(a, &out->approvers,
		    &out->n_approvers, sizeof(*out->approvers)) = name;
	}
	/* Empty names must not open it to whoever may write. */
	if (list != NULL && (out->n_approvers == 0 ||
	    out->n_approvers > GATE_MAX_APPROVERS))
		return diag_error(d, list->pos, list->width, "wrong-value",
		    NULL, "\"approvers\" must name 1 to %d people",
		    GATE_MAX_APPROVERS);
	return 0;
}

int64_t
gate_timeout(const char *text, const struct value *at, struct diags *d)
{
	int64_t ms;

	if (clock_parse_duration(text, 1000, &ms) && ms > 0 &&
	    ms <= GATE_MAX_TIMEOUT_MS)
		return ms;
	return diag_error(d, at->pos, at->width, "wrong-value", "a number "
	    "with a unit, such as 24h or 30m", "\"timeout\" of a gate must "
	    "be more than 0 and at most 30 days");
}

static int
read_timeout(const struct value *written, const struct expr_env *env,
    struct arena *a, struct diags *d, struct job_gate *out)
{
	const char *text;

	out->timeout_ms = GATE_TIMEOUT_MS;
	if (written == NULL)
		return 0;
	text = value_eval_text(written, NULL, env, a, d);
	if (text == NULL)
		return -1;
	out->timeout_ms = gate_timeout(text, written, d);
	return out->timeout_ms == -1 ? -1 : 0;
}

/* Nobody is asked when all conditions are true. */
static int
ask_conditions(const struct workflow_job *job,
    const struct workflow_step *step, const struct expr_env *env,
    struct arena *a, struct diags *d, struct job_gate *out)
{
	const struct value *list = value_get(step->gate,
	    "auto_approve_conditions");
	const char *type = value_literal(value_get(step->gate, "type"));
	struct str passed = STR_INIT;
	int rc = 1;

	for (size_t i = 0; list != NULL && i < list->n_items && rc == 1; i++)
		rc = gate_condition_eval(job, list->items[i], env, a, d,
		    i == 0 ? "" : ", ", &passed);
	if (rc == 1 && list != NULL && list->n_items > 0) {
		out->answer = GATE_PASSED;
		out->why = arena_printf(a, "gate \"%s\" is open: %s",
		    out->title, passed.s);
	} else if (rc == 0) {
		out->answer = str_equal(type, "automated") &&
		    out->n_approvers == 0 ? GATE_SHUT : GATE_ASKS;
		out->why = arena_printf(a, "gate \"%s\" is shut: %s",
		    out->title, passed.s);
	}
	str_release(&passed);
	return rc == -1 ? -1 : 0;
}

int
gate_ask(const struct workflow_job *job, const struct workflow_step *step,
    const struct expr_env *env, struct arena *a, struct diags *d,
    struct job_gate *out)
{
	struct expr_value v;

	*out = (struct job_gate) { .title = value_written(step->name),
		.answer = GATE_ASKS, .pos = step->value->pos };
	if (step->name->kind == VALUE_EXPR && !gate_is_late(step->name))
		out->title = value_eval_text(step->name, NULL, env, a, d);
	if (out->title == NULL || value_eval(step->condition, env, a, d,
	    &v) == -1)
		return -1;
	if (!expr_truthy(&v)) {
		out->answer = GATE_SKIPPED;
		out->why = arena_printf(a, "gate \"%s\" is not asked: its "
		    "\"if\" is false", out->title);
		return 0;
	}
	if (read_approvers(value_get(step->gate, "approvers"), env, a, d,
	    out) == -1 || read_timeout(value_get(step->gate, "timeout"), env,
	    a, d, out) == -1)
		return -1;
	return ask_conditions(job, step, env, a, d, out);
}
