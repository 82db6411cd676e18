/*
 * decide_strategy.c - the strategy of a job: its matrix multiplied out, when
 * what it asks for is known.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/decide.h"

#include <string.h>
#include <strings.h>

#include "lib/pipeline/decider.h"
#include "lib/pipeline/evaluate.h"
#include "lib/pipeline/expr_ast.h"
#include "lib/pipeline/matrix.h"

#define MAX_PARALLEL 10000

/* --- which contexts a value asks for ------------------------------------------ */

static bool
node_uses(const struct expr_node *n, const char *context)
{
	if (n == NULL)
		return false;
	if (n->kind == EXPR_NODE_CONTEXT && n->name.len == strlen(context) &&
	    strncasecmp(n->name.s, context, n->name.len) == 0)
		return true;
	for (size_t i = 0; i < n->n_args; i++)
		if (node_uses(n->args[i], context))
			return true;
	return false;
}

bool
value_uses(const struct value *v, const char *context)
{
	if (v == NULL)
		return false;
	if (v->kind == VALUE_EXPR)
		return v->expr != NULL && node_uses(v->expr->root, context);
	for (size_t i = 0; i < v->n_items; i++)
		if (value_uses(v->items[i], context))
			return true;
	for (size_t i = 0; i < v->n_pairs; i++)
		if (value_uses(v->pairs[i].key, context) ||
		    value_uses(v->pairs[i].value, context))
			return true;
	return false;
}

/* --- matrix ----------------------------------------------------------------- */

/* The place of a mistake in a matrix: as near as the file knows it. */
static const struct value *
matrix_place(const struct value *matrix, const struct matrix *m)
{
	const struct value *at = m->wrong_key == NULL ? NULL :
	    value_get(matrix, m->wrong_key);

	if (at == NULL)
		return matrix;
	return at->kind == VALUE_LIST && m->wrong_item < at->n_items ?
	    at->items[m->wrong_item] : at;
}

static void
warn_many(struct turn *t, const struct value *at, size_t n)
{
	if (n > MATRIX_MANY_JOBS)
		diag_warning(t->scope->d, at->pos, at->width, "matrix", NULL,
		    "the matrix of \"%s\" makes %zu jobs", t->job->id, n);
}

static const char how_to_raise[] = "leave values out, divide it over several "
    "workflows, or raise \"matrix-limit\" of the server";

static int
expand_matrix(struct turn *t, const struct value *written_matrix,
    const struct expr_env *env, struct matrix *out)
{
	struct decider *run = t->scope->run;
	size_t max = run->facts->max_matrix_jobs > 0 ?
	    run->facts->max_matrix_jobs : MATRIX_MAX_JOBS;
	const struct value *at = written_matrix;
	struct expr_value definition;
	struct err err = { 0 };

	if (value_eval(at, env, run->a, t->scope->d, &definition) == -1)
		return -1;
	if (matrix_expand(&definition, max, run->a, out, &err) == -1) {
		at = matrix_place(at, out);
		return diag_error(t->scope->d, at->pos, at->width, "matrix",
		    err.code == ERR_TOO_LARGE ? how_to_raise : NULL, "%s",
		    err.text);
	}
	warn_many(t, at, out->n);
	run->n_matrix_jobs += out->n;
	if (run->n_matrix_jobs <= max)
		return 0;
	return diag_error(t->scope->d, at->pos, at->width, "matrix",
	    how_to_raise,
	    "up to this one the matrices of a run make %zu jobs; %zu are "
	    "allowed", run->n_matrix_jobs, max);
}

/* `matrix` of the job or, when it has none, of the file (ours). */
static const struct value *
matrix_of(const struct turn *t)
{
	const struct value *own = t->job->strategy.matrix;

	return own != NULL ? own : t->scope->w->matrix;
}

int
turn_strategy(struct turn *t, bool blocked, struct strategy *out)
{
	const struct workflow_strategy *s = &t->job->strategy;
	const struct value *matrix = matrix_of(t);
	struct expr_env env = turn_env(t, NULL, NULL);
	struct decider *run = t->scope->run;

	*out = (struct strategy) { .fail_fast = true };
	if ((blocked || t->rehearsed) && (value_uses(matrix, "needs") ||
	    value_uses(s->value, "needs")))
		return 0;
	out->expanded = true;
	if (value_eval_bool(s->fail_fast, true, &env, run->a, t->scope->d,
	        &out->fail_fast) == -1 ||
	    value_eval_number(s->max_parallel, 0, 1, MAX_PARALLEL, &env,
	        run->a, t->scope->d, &out->max_parallel) == -1)
		return -1;
	if (matrix != NULL)
		return expand_matrix(t, matrix, &env, &out->matrix);
	out->matrix.jobs = arena_alloc(run->a, sizeof(*out->matrix.jobs));
	out->matrix.jobs[0].label = "";
	out->matrix.n = 1;
	return 0;
}

struct expr_object *
strategy_context(const struct strategy *s, size_t index, struct arena *a)
{
	struct expr_object *o = expr_object_new(a);
	double max = s->max_parallel > 0 ? s->max_parallel :
	    (double)s->matrix.n;

	expr_object_add(o, "fail-fast", expr_boolean(s->fail_fast));
	expr_object_add(o, "job-index", expr_number((double)index));
	expr_object_add(o, "job-total", expr_number((double)s->matrix.n));
	expr_object_add(o, "max-parallel", expr_number(max));
	return o;
}
