/*
 * gate_condition.c - conditions of gates.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/gate_condition.h"

#include <string.h>

#include "lib/base/mem.h"
#include "lib/pipeline/decider.h"
#include "lib/pipeline/evaluate.h"

/* Of values that are told of. */
#define SHOWN_MAX 200

bool
gate_is_late(const struct value *v)
{
	static const char *const late[] = { "env", "secrets", "steps", "job",
		"runner" };

	for (size_t i = 0; i < ARRAY_LEN(late); i++)
		if (value_uses(v, late[i]))
			return true;
	return false;
}

/* --- parsing -------------------------------------------------------------- */

/* What a condition may look into: the contexts of a job, and the jobs that it
 * needs by their names. */
static const struct expr_place *
place_of(const struct workflow_job *job, struct arena *a)
{
	static const char *const standard[] = { "github", "inputs", "vars",
		"needs", "strategy", "matrix" };
	struct expr_place *place = arena_alloc(a, sizeof(*place));
	const char **names = arena_alloc(a, (ARRAY_LEN(standard) +
	    job->n_needs + 1) * sizeof(*names));
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(standard); i++)
		names[n++] = standard[i];
	for (size_t i = 0; i < job->n_needs; i++)
		names[n++] = job->needs[i]->text;
	place->name = "auto_approve_conditions";
	place->contexts = names;
	return place;
}

static int
parse(const struct workflow_job *job, const struct value *v, struct arena *a,
    struct diags *d, struct expr *out)
{
	struct str text = STR_INIT;
	struct expr_error error;

	if (expr_parse(v->text, strlen(v->text), place_of(job, a), a, out,
	    &error) == 0)
		return 0;
	expr_error_message(&error, &text);
	diag_error(d, v->pos, v->width, "expression", "a condition sees the "
	    "jobs that its job needs, by their ids", "%s", text.s);
	str_release(&text);
	return -1;
}

void
gate_condition_check(const struct workflow_job *job, const struct value *v,
    struct arena *a, struct diags *d)
{
	struct expr ignored;

	if (v->kind == VALUE_EXPR || v->text == NULL || v->failed)
		return;
	(void)parse(job, v, a, d, &ignored);
}

/* --- evaluating ----------------------------------------------------------- */

static struct expr_value
as_truth(struct expr_value v)
{
	if (v.type != EXPR_STRING)
		return v;
	if (v.text.len == 4 && memcmp(v.text.s, "true", 4) == 0)
		return expr_boolean(true);
	if (v.text.len == 5 && memcmp(v.text.s, "false", 5) == 0)
		return expr_boolean(false);
	return v;
}

/* A job that is needed, by its own name: outputs, then how it ended. */
static struct expr_value
named_job(struct expr_object *need, struct arena *a)
{
	const struct expr_value *outputs = expr_object_member(need,
	    "outputs"), *result = expr_object_member(need, "result");
	struct expr_object *o = expr_object_new(a);
	const struct expr_value success = expr_string("success");

	for (size_t i = 0; outputs != NULL && outputs->type == EXPR_OBJECT &&
	    i < outputs->object->n; i++)
		expr_object_add_len(o, outputs->object->members[i].name,
		    as_truth(outputs->object->members[i].value));
	if (result != NULL) {
		expr_object_add(o, "passed", expr_boolean(expr_equal(result,
		    &success)));
		expr_object_add(o, "result", *result);
	}
	return expr_from_object(o);
}

/* All that a condition sees. What is the language's comes first. */
static struct expr_object *
contexts_of(const struct workflow_job *job, const struct expr_env *env,
    struct arena *a)
{
	struct expr_object *all = expr_object_new(a);
	const struct expr_value *needs = expr_object_member(env->contexts,
	    "needs");

	for (size_t i = 0; i < env->contexts->n; i++)
		expr_object_add_len(all, env->contexts->members[i].name,
		    env->contexts->members[i].value);
	for (size_t i = 0; needs != NULL && needs->type == EXPR_OBJECT &&
	    i < job->n_needs; i++) {
		const struct expr_value *one = expr_object_member(
		    needs->object, job->needs[i]->text);

		if (one != NULL && one->type == EXPR_OBJECT)
			expr_object_add(all, job->needs[i]->text,
			    named_job(one->object, a));
	}
	return all;
}

/* "scan.passed == true is false (scan.passed => null)" */
static void
tell(const char *text, bool holds, const struct expr_trace *trace,
    const char *before, struct str *how)
{
	const char *open = " (";

	str_addf(how, "%s%s is %s", before, text, holds ? "true" : "false");
	for (size_t i = 0; i < trace->n; i++) {
		const struct expr_step *s = &trace->steps[i];
		struct str value = STR_INIT;

		/* The whole, and what was written as it is, say nothing. */
		if (s->depth == 0 || memchr(text + s->offset, '.', s->len) ==
		    NULL || memchr(text + s->offset, ' ', s->len) != NULL)
			continue;
		expr_json_write(&s->value, SHOWN_MAX, &value);
		str_addf(how, "%s%.*s => %s", open, (int)s->len, text +
		    s->offset, value.s);
		open = ", ";
		str_release(&value);
	}
	if (*open == ',')
		str_add_char(how, ')');
}

static int
eval_text(const struct workflow_job *job, const struct value *v,
    const struct expr_env *env, struct arena *a, struct diags *d,
    const char *before, struct str *how)
{
	struct expr_trace trace = { 0 };
	struct expr_env own = { .contexts = contexts_of(job, env, a),
		.trace = &trace };
	struct expr_error error;
	struct expr_value out;
	struct expr e;
	bool holds;

	if (parse(job, v, a, d, &e) == -1)
		return -1;
	if (expr_eval(&e, &own, a, &out, &error) == -1)
		return diag_error(d, v->pos, v->width, "expression", NULL,
		    "%s", error.text);
	holds = expr_truthy(&out);
	tell(v->text, holds, &trace, before, how);
	return holds;
}

int
gate_condition_eval(const struct workflow_job *job, const struct value *v,
    const struct expr_env *env, struct arena *a, struct diags *d,
    const char *before, struct str *how)
{
	struct expr_value out;
	bool holds;

	if (v->kind == VALUE_STRING)
		return eval_text(job, v, env, a, d, before, how);
	if (value_eval(v, env, a, d, &out) == -1)
		return -1;
	/* A text that is not empty, such as "false", is meant as it says. */
	out = as_truth(out);
	holds = expr_truthy(&out);
	str_addf(how, "%s%s is %s", before, v->text != NULL ? v->text : "it",
	    holds ? "true" : "false");
	return holds;
}
