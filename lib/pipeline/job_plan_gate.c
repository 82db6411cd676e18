/*
 * job_plan_gate.c - what must be passed before a job that is frozen may
 * start: its environment, and its gates.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/job_plan_maker.h"

#include "lib/base/str.h"
#include "lib/pipeline/evaluate.h"

void
maker_environment(struct maker *m)
{
	const struct value *written = m->from->job->environment.value;
	const struct value *v = maker_expand(m, written), *name;
	const char *text;

	if (v == NULL || maker_is_open(m, v)) {
		m->plan->environment = written;
		return;
	}
	name = v->kind == VALUE_MAP ? value_get(v, "name") : v;
	m->plan->environment_url = v->kind == VALUE_MAP ?
	    value_get(v, "url") : NULL;
	text = value_eval_text(name, "", &m->env, m->a, m->d);
	if (text != NULL && *text != '\0')
		m->plan->environment = maker_text(m, text, name);
}

/* Those of which a rehearsal does not know enough are left out. */
static bool
is_open(const struct maker *m, const struct workflow_step *step)
{
	return m->rehearsal && (maker_is_open(m, step->condition) ||
	    value_get(step->gate, "auto_approve_conditions") != NULL ||
	    maker_is_open(m, step->gate) || maker_is_open(m, step->name));
}

void
maker_gates(struct maker *m)
{
	const struct workflow_job *job = m->from->job;
	size_t n = gates_count(job);
	struct job_gate *gate;

	m->plan->gates_alone = gates_alone(job);
	for (size_t i = 0; i < n; i++) {
		if (is_open(m, &job->steps[i]))
			continue;
		gate = arena_push(m->a, &m->plan->gates, &m->plan->n_gates,
		    sizeof(*gate));
		/* A mistake is in m->d. */
		(void)gate_ask(job, &job->steps[i], &m->env, m->a, m->d,
		    gate);
	}
}
