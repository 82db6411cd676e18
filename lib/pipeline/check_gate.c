/*
 * check_gate.c - gates that cannot be waited for: in the midst of a job, or
 * asking for what only a running job knows.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/gate.h"

#include "lib/base/str.h"
#include "lib/pipeline/gate_condition.h"

/* Those behind other steps, and inside of `parallel`. */
static void
check_places(const struct workflow_step *steps, size_t n, size_t from,
    struct diags *d)
{
	for (size_t i = 0; i < n; i++) {
		const struct workflow_step *s = &steps[i];

		if (i >= from && s->gate != NULL)
			diag_error(d, s->value->pos, 1, "gate",
			    "make it a job of its own, and let the job with "
			    "the steps behind it need that one",
			    "a gate cannot stand behind other steps: the "
			    "container of the job would wait with it");
		check_places(s->steps, s->n_steps, 0, d);
	}
}

static void
check_late(const struct value *v, const char *key, struct diags *d)
{
	if (v != NULL && gate_is_late(v))
		diag_error(d, v->pos, v->width, "gate", "use \"needs\", "
		    "\"inputs\", \"vars\" or \"github\"", "\"%s\" of a gate "
		    "is asked before the job starts, so it cannot use env, "
		    "steps, job, runner or secrets", key);
}

static void
check_gate(const struct workflow_job *job, const struct workflow_step *s,
    struct arena *a, struct diags *d)
{
	const struct value *conditions = value_get(s->gate,
	    "auto_approve_conditions"), *type = value_get(s->gate, "type");
	const struct value *approvers = value_get(s->gate, "approvers");
	const struct value *timeout = value_get(s->gate, "timeout");

	check_late(s->condition, "if", d);
	check_late(approvers, "approvers", d);
	check_late(timeout, "timeout", d);
	if (value_literal(timeout) != NULL)
		(void)gate_timeout(timeout->text, timeout, d);
	check_late(conditions, "auto_approve_conditions", d);
	for (size_t i = 0; conditions != NULL && i < conditions->n_items; i++)
		gate_condition_check(job, conditions->items[i], a, d);
	if (str_equal(value_literal(type), "automated") &&
	    approvers == NULL && (conditions == NULL ||
	    (conditions->kind == VALUE_LIST && conditions->n_items == 0)))
		diag_error(d, type->pos, type->width, "gate", "add "
		    "\"auto_approve_conditions\"", "an automated gate "
		    "without conditions never opens");
}

void
gates_check(const struct workflow_job *job, struct arena *a, struct diags *d)
{
	size_t n = gates_count(job);

	check_places(job->steps, job->n_steps, n, d);
	for (size_t i = 0; i < n; i++)
		check_gate(job, &job->steps[i], a, d);
}
