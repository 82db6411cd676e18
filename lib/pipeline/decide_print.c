/*
 * decide_print.c - the plan of a run as text for people.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/decide.h"

#include <string.h>

#include "lib/base/str.h"

/* Bytes of a value on one line. */
#define SHOWN_BYTES 300

#define INDENT "           "

static void
print_value(struct str *out, const char *title, const struct expr_value *v)
{
	if (v->type == EXPR_NULL)
		return;
	str_addf(out, INDENT "%s: ", title);
	if (v->type == EXPR_STRING)
		str_add_len(out, v->text.s, v->text.len < SHOWN_BYTES ?
		    v->text.len : SHOWN_BYTES);
	else
		expr_json_write(v, SHOWN_BYTES, out);
	str_add_char(out, '\n');
}

static void
print_needs(struct str *out, const struct workflow_job *job)
{
	if (job->n_needs == 0)
		return;
	str_add(out, INDENT "needs: ");
	for (size_t i = 0; i < job->n_needs; i++)
		str_addf(out, "%s%s", i > 0 ? ", " : "", job->needs[i]->text);
	str_add_char(out, '\n');
}

/* The lines of an evaluation, below each other. */
static void
print_lines(struct str *out, const char *lines)
{
	while (*lines != '\0') {
		size_t len = strcspn(lines, "\n");

		str_add(out, INDENT "  ");
		str_add_len(out, lines, len);
		str_add_char(out, '\n');
		lines += len + (lines[len] == '\n');
	}
}

static void
print_strategy(struct str *out, const struct planned_job *j)
{
	struct expr_value v;

	if (j->matrix == NULL)
		return;
	v = expr_from_object(j->matrix);
	print_value(out, "matrix", &v);
	if (j->index > 0 || (j->fail_fast && j->max_parallel == 0))
		return;
	str_addf(out, INDENT "strategy: fail-fast %s",
	    j->fail_fast ? "on" : "off");
	if (j->max_parallel > 0)
		str_addf(out, ", %zu at once", j->max_parallel);
	str_add_char(out, '\n');
}

static void
print_concurrency(struct str *out, const char *indent,
    const struct planned_concurrency *c)
{
	if (c->group == NULL)
		return;
	str_addf(out, "%sconcurrency: %s%s%s\n", indent, c->group,
	    c->cancel_in_progress ? ", cancels what runs" : "",
	    c->queue_max ? ", queues all" : "");
}

static void
print_job(struct str *out, const struct planned_job *j)
{
	const char *file = j->call->workflow->file;

	str_addf(out, "\n%-9s  %s", planned_state_name(j->state), j->name);
	if (strcmp(j->name, j->key) != 0)
		str_addf(out, "  [%s]", j->key);
	str_add_char(out, '\n');
	str_addf(out, INDENT "%s (%s:%d)\n", j->why, file, j->pos.line);
	if (j->values != NULL)
		print_lines(out, j->values);
	print_needs(out, j->job);
	if (j->job->uses != NULL)
		str_addf(out, INDENT "calls: %s\n", j->job->uses->text);
	print_value(out, "runs on", &j->runs_on);
	print_strategy(out, j);
	print_concurrency(out, INDENT, &j->concurrency);
}

void
run_plan_print(const struct run_plan *plan, struct str *out)
{
	str_addf(out, "%s: %zu job%s\n", plan->name, plan->n_jobs,
	    plan->n_jobs == 1 ? "" : "s");
	if (plan->run_name != NULL)
		str_addf(out, "run name: %s\n", plan->run_name);
	print_concurrency(out, "", &plan->concurrency);
	for (size_t i = 0; i < plan->n_jobs; i++)
		print_job(out, &plan->jobs[i]);
}
