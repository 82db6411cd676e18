/*
 * decide_json.c - the plan of a run as JSON: what a server keeps, and what
 * programs read.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/decide.h"

#include <string.h>

#include "lib/base/json_text.h"
#include "lib/base/str.h"

static void
add_text(struct str *out, const char *name, const char *text)
{
	json_text_name(out, name);
	if (text != NULL)
		json_text(out, text);
	else
		str_add(out, "null");
}

static void
add_bool(struct str *out, const char *name, bool b)
{
	json_text_name(out, name);
	str_add(out, b ? "true" : "false");
}

static void
add_number(struct str *out, const char *name, size_t n)
{
	json_text_name(out, name);
	str_addf(out, "%zu", n);
}

static void
add_concurrency(struct str *out, const struct planned_concurrency *c)
{
	if (c->group == NULL)
		return;
	json_text_name(out, "concurrency");
	str_add_char(out, '{');
	add_text(out, "group", c->group);
	add_bool(out, "cancel-in-progress", c->cancel_in_progress);
	add_text(out, "queue", c->queue_max ? "max" : "single");
	str_add_char(out, '}');
}

static void
add_needs(struct str *out, const struct workflow_job *job)
{
	json_text_name(out, "needs");
	str_add_char(out, '[');
	for (size_t i = 0; i < job->n_needs; i++) {
		if (i > 0)
			str_add(out, ", ");
		json_text(out, job->needs[i]->text);
	}
	str_add_char(out, ']');
}

static void
add_matrix(struct str *out, const struct planned_job *j)
{
	struct expr_value v;

	if (j->matrix == NULL)
		return;
	v = expr_from_object(j->matrix);
	json_text_name(out, "matrix");
	expr_json_write(&v, 0, out);
	add_number(out, "index", j->index);
	add_number(out, "total", j->total);
	add_bool(out, "fail-fast", j->fail_fast);
	if (j->max_parallel > 0)
		add_number(out, "max-parallel", j->max_parallel);
}

/* As written: what is in it may be secret when it is evaluated. */
static void
add_env(struct str *out, const struct planned_job *j)
{
	if (j->n_env == 0)
		return;
	json_text_name(out, "env");
	str_add_char(out, '{');
	for (size_t i = 0; i < j->n_env; i++)
		add_text(out, j->env[i].name, value_written(j->env[i].value));
	str_add_char(out, '}');
}

static void
add_job(struct str *out, const struct planned_job *j)
{
	str_add_char(out, '{');
	add_text(out, "key", j->key);
	add_text(out, "name", j->name);
	add_text(out, "job", j->job->id);
	add_text(out, "file", j->call->workflow->file);
	add_number(out, "line", (size_t)j->pos.line);
	add_text(out, "state", planned_state_name(j->state));
	add_text(out, "why", j->why);
	if (j->result != RESULT_NONE)
		add_text(out, "result", job_result_name(j->result));
	if (j->values != NULL)
		add_text(out, "values", j->values);
	add_needs(out, j->job);
	if (j->runs_on.type != EXPR_NULL) {
		json_text_name(out, "runs-on");
		expr_json_write(&j->runs_on, 0, out);
	}
	add_matrix(out, j);
	add_concurrency(out, &j->concurrency);
	add_env(out, j);
	str_add_char(out, '}');
}

void
run_plan_json(const struct run_plan *plan, struct str *out)
{
	str_add_char(out, '{');
	add_text(out, "name", plan->name);
	if (plan->run_name != NULL)
		add_text(out, "run-name", plan->run_name);
	add_concurrency(out, &plan->concurrency);
	if (plan->result != RESULT_NONE)
		add_text(out, "result", job_result_name(plan->result));
	json_text_name(out, "jobs");
	str_add_char(out, '[');
	for (size_t i = 0; i < plan->n_jobs; i++) {
		if (i > 0)
			str_add(out, ",\n");
		add_job(out, &plan->jobs[i]);
	}
	str_add_char(out, ']');
	json_text_name(out, "graph");
	run_plan_graph(plan, out);
	str_add(out, "}\n");
}
