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

#define SHOWN_COMMAND 60

#define INDENT "    "

/* Text of a file on one line: it must not steer a terminal, nor look like a
 * line of ours. */
static void
add_line(struct str *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];
		bool c1 = c == 0xc2 && i + 1 < len &&
		    (unsigned char)text[i + 1] < 0xa0;

		if (c == '\n' || c == '\t')
			str_add_char(out, ' ');
		else
			str_add_char(out, c < 0x20 || c == 0x7f || c1 ? '?' :
			    (char)c);
	}
}

static void
add_text(struct str *out, const char *text)
{
	add_line(out, text, strlen(text));
}

static void
print_value(struct str *out, const char *title, const struct expr_value *v)
{
	if (v->type == EXPR_NULL)
		return;
	str_addf(out, INDENT "%s: ", title);
	if (v->type == EXPR_STRING)
		add_line(out, v->text.s, v->text.len < SHOWN_BYTES ?
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
		add_line(out, lines, len);
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
	str_addf(out, "%sconcurrency: ", indent);
	add_text(out, c->group);
	str_addf(out, "%s%s\n",
	    c->cancel_in_progress ? ", cancels what runs" : "",
	    c->queue_max ? ", queues all" : "");
}

static void
print_written(struct str *out, const char *title, const struct value *v)
{
	const char *text = value_written(v);

	if (text == NULL || text[0] == '\0')
		return;
	str_add(out, INDENT);
	add_text(out, title);
	str_add(out, ": ");
	add_text(out, text);
	str_add_char(out, '\n');
}

/* By its name, its action, or the first line of its command. */
static void
print_step(struct str *out, const struct workflow_step *step)
{
	const struct value *v = step->name != NULL ? step->name :
	    step->uses != NULL ? step->uses : step->run;
	const char *text = value_written(v);
	size_t len;

	if (text == NULL)
		text = step->id;
	text += strspn(text, " \t\n");
	len = strcspn(text, "\n");
	str_addf(out, INDENT "step %d: ", step->number);
	if (v != NULL && v == step->uses)
		str_add(out, "uses ");
	add_line(out, text, len < SHOWN_COMMAND ? len : SHOWN_COMMAND);
	str_add(out, len < SHOWN_COMMAND ? "\n" : "...\n");
}

/* What the file says of the job itself: once for all of a matrix. */
static void
print_work(struct str *out, const struct planned_job *j)
{
	const struct workflow_job *job = j->job;

	if (j->index > 0 || (j->state != PLANNED_READY &&
	    j->state != PLANNED_BLOCKED && j->state != PLANNED_RUNNING))
		return;
	print_written(out, "image", job->container.image);
	for (size_t i = 0; i < job->n_services; i++)
		print_written(out, job->services[i].name,
		    job->services[i].image);
	for (size_t i = 0; i < job->n_steps; i++)
		print_step(out, &job->steps[i]);
	print_written(out, "then the jobs of", job->generate);
}

static void
print_job(struct str *out, size_t number, const struct planned_job *j)
{
	const char *file = j->call->workflow->file;

	str_addf(out, "\n%zu. ", number);
	add_text(out, j->name);
	if (strcmp(j->name, j->key) != 0)
		str_addf(out, "  [%s]", j->key);
	str_addf(out, "\n" INDENT "%s: ", planned_state_name(j->state));
	add_text(out, j->why);
	str_addf(out, " (%s:%d)\n", file, j->pos.line);
	if (j->values != NULL)
		print_lines(out, j->values);
	print_needs(out, j->job);
	print_written(out, "calls", j->job->uses);
	print_value(out, "runs on", &j->runs_on);
	print_strategy(out, j);
	print_concurrency(out, INDENT, &j->concurrency);
	print_work(out, j);
}

void
run_plan_print(const struct run_plan *plan, struct str *out)
{
	add_text(out, plan->name);
	str_addf(out, ": %zu job%s\n", plan->n_jobs,
	    plan->n_jobs == 1 ? "" : "s");
	if (plan->run_name != NULL) {
		str_add(out, "run name: ");
		add_text(out, plan->run_name);
		str_add_char(out, '\n');
	}
	print_concurrency(out, "", &plan->concurrency);
	for (size_t i = 0; i < plan->n_jobs; i++)
		print_job(out, i + 1, &plan->jobs[i]);
}
