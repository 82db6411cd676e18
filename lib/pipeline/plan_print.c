/*
 * plan_print.c - a plan as text for people.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/str.h"
#include "lib/pipeline/pipeline.h"

static void
print_list(struct str *out, const char *title, const char *const *items,
    size_t n)
{
	if (n == 0)
		return;
	str_addf(out, "    %s: ", title);
	for (size_t i = 0; i < n; i++)
		str_addf(out, "%s%s", i > 0 ? ", " : "", items[i]);
	str_add_char(out, '\n');
}

/* Further lines of a text stand below its first. */
static void
print_text(struct str *out, const char *text, int indent)
{
	size_t len = strlen(text);

	while (len > 0 && text[len - 1] == '\n')
		len--;
	for (size_t i = 0; i < len; i++) {
		str_add_char(out, text[i]);
		if (text[i] == '\n')
			str_addf(out, "%*s", indent, "");
	}
	str_add_char(out, '\n');
}

static void
print_env(struct str *out, int indent, const struct plan_var *vars, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		str_addf(out, "%*senv: %s", indent, "", vars[i].name);
		if (vars[i].secret != NULL)
			str_addf(out, " is the secret %s\n", vars[i].secret);
		else {
			str_add_char(out, '=');
			print_text(out, vars[i].value, indent + 5);
		}
	}
}

static void
print_timeout(struct str *out, int indent, int64_t timeout_ms)
{
	char text[CLOCK_TEXT_SIZE];

	if (timeout_ms > 0)
		str_addf(out, "%*stimeout: %s\n", indent, "",
		    clock_duration(timeout_ms, text));
}

static void
print_step(struct str *out, const struct plan_step *step)
{
	str_addf(out, "    step %d: ", step->number);
	print_text(out, step->name, 8);
	if (step->shell != NULL)
		str_addf(out, "        shell: %s\n", step->shell);
	if (step->working_directory != NULL)
		str_addf(out, "        folder: %s\n",
		    step->working_directory);
	print_timeout(out, 8, step->timeout_ms);
	print_env(out, 8, step->env, step->n_env);
	str_add(out, "        $ ");
	print_text(out, step->run + strspn(step->run, "\n"), 10);
}

static void
print_job(struct str *out, size_t number, const struct plan_job *job)
{
	str_addf(out, "\n%zu. %s", number, job->id);
	if (strcmp(job->id, job->name) != 0)
		str_addf(out, " (%s)", job->name);
	str_add_char(out, '\n');
	print_list(out, "needs", (const char *const *)job->needs,
	    job->n_needs);
	print_list(out, "runs on", (const char *const *)job->labels,
	    job->n_labels);
	if (job->image != NULL)
		str_addf(out, "    image: %s\n", job->image);
	print_timeout(out, 4, job->timeout_ms);
	print_env(out, 4, job->env, job->n_env);
	for (size_t i = 0; i < job->n_steps; i++)
		print_step(out, &job->steps[i]);
}

void
plan_print(const struct plan *plan, struct str *out)
{
	str_addf(out, "%s: %zu job%s\n", plan->name, plan->n_jobs,
	    plan->n_jobs == 1 ? "" : "s");
	for (size_t i = 0; i < plan->n_jobs; i++)
		print_job(out, i + 1, &plan->jobs[i]);
}
