/*
 * job_texts.c - see job_texts.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/job_texts.h"

#include <stdlib.h>

#include "lib/pipeline/evaluate.h"
#include "lib/pipeline/job_plan.h"

struct texts {
	struct arena *a;
	struct diags d;
	struct expr_env env;
};

static const char *
text(struct texts *t, const struct value *v)
{
	return v == NULL ? NULL :
	    value_eval_text(v, NULL, &t->env, t->a, &t->d);
}

static const struct plan_var *
vars(struct texts *t, const struct named_value *list, size_t n)
{
	struct plan_var *out = arena_alloc(t->a, (n + 1) * sizeof(*out));

	for (size_t i = 0; i < n; i++) {
		out[i].name = list[i].name;
		out[i].value = text(t, list[i].value);
	}
	return out;
}

static void
step(struct texts *t, const struct job_plan_step *from, struct plan_step *to)
{
	size_t n = from->env != NULL ? from->env->n_pairs : 0;
	struct plan_var *env = arena_alloc(t->a, (n + 1) * sizeof(*env));
	const char *minutes = text(t, from->timeout_minutes);

	for (size_t i = 0; i < n; i++) {
		env[i].name = from->env->pairs[i].key->text;
		env[i].value = text(t, from->env->pairs[i].value);
	}
	if (minutes != NULL)
		to->timeout_ms = (int64_t)(strtod(minutes, NULL) * 60000);
	to->number = from->number;
	to->name = from->title;
	to->run = from->run != NULL ? text(t, from->run) : ":";
	to->shell = text(t, from->shell);
	to->working_directory = text(t, from->working_directory);
	to->env = env;
	to->n_env = n;
	to->pos = from->pos;
}

int
job_texts(const char *json, struct arena *a, struct plan_job *out,
    struct err *err)
{
	struct texts t = { .a = a };
	struct expr_object *contexts = expr_object_new(a);
	struct job_plan plan;

	if (job_plan_read(json, a, &plan, err) == -1)
		return -1;
	diags_init(&t.d, a, plan.file, NULL, 0);
	expr_object_add(contexts, "needs", expr_from_object(plan.needs));
	expr_object_add(contexts, "matrix", expr_from_object(plan.matrix));
	expr_object_add(contexts, "inputs", expr_from_object(plan.inputs));
	t.env.contexts = contexts;
	*out = (struct plan_job){ .id = plan.id, .name = plan.name,
		.labels = plan.labels, .n_labels = plan.n_labels,
		.image = text(&t, plan.container.image),
		.timeout_ms = plan.timeout_ms, .n_env = plan.n_env,
		.n_steps = plan.n_steps, .pos = plan.pos };
	out->env = vars(&t, plan.env, plan.n_env);
	out->steps = arena_alloc(a, (plan.n_steps + 1) *
	    sizeof(*out->steps));
	for (size_t i = 0; i < plan.n_steps; i++)
		step(&t, &plan.steps[i], &out->steps[i]);
	return t.d.n_errors == 0 ? 0 : err_set(err, ERR_INVALID, "%s",
	    t.d.list[0].text);
}
