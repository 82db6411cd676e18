/*
 * advance_make.c - from a plan to what is stored of each job: texts for
 * people, and frozen plans of those that may start.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/advancing.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/json_text.h"
#include "lib/base/str.h"
#include "lib/base/utf8.h"

static const char *
keep(struct arena *a, struct str *s)
{
	const char *kept = arena_strdup(a, s->s);

	str_release(s);
	return kept;
}

/* --- texts ---------------------------------------------------------------- */

/* Expressions may put a payload of megabytes into what lists and pages show:
 * it is cut, between two characters. The names of jobs have their limit. */
#define TEXT_MAX_BYTES 16000

static const char *
cut(struct arena *a, const char *s, size_t max)
{
	size_t whole = s != NULL ? strlen(s) : 0;
	size_t len = whole > 0 ? utf8_cut_len(s, whole, max) : 0;

	return len == whole ? s : arena_printf(a, "%.*s...", (int)len, s);
}

/* Length of a key up to the last slash before `len`, with it. */
static size_t
folder_len(const char *key, size_t len)
{
	while (len > 0 && key[len - 1] != '/')
		len--;
	return len;
}

/* The keys of what it needs, and the calls that it stands in. What one needs
 * stands in the same workflow, so all that is before its own id is theirs,
 * too. */
static const char *
list_needs(const struct planned_job *j, struct arena *a)
{
	const struct workflow_job *job = j->job;
	const struct planned_call *call = j->call;
	size_t len = folder_len(j->key, strlen(j->key));
	struct str s = STR_INIT;

	while (job != NULL) {
		for (size_t i = 0; i < job->n_needs; i++) {
			str_add_char(&s, s.len == 0 ? '[' : ',');
			json_text(&s, arena_printf(a, "%.*s%s", (int)len,
			    j->key, job->needs[i]->text));
		}
		job = call != NULL ? call->job : NULL;
		call = call != NULL ? call->caller : NULL;
		len = len > 0 ? folder_len(j->key, len - 1) : 0;
	}
	str_add(&s, s.len == 0 ? "[]" : "]");
	return keep(a, &s);
}

static const char *
place_of(struct arena *a, const char *file, struct pos pos)
{
	return pos.line == 0 || file == NULL ? NULL : arena_printf(a,
	    "%s:%d:%d", file, pos.line, pos.col);
}

static void
describe(struct advance *v, const struct planned_job *j,
    struct job_decision *d)
{
	d->key = j->key;
	d->title = j->name;
	d->needs = list_needs(j, &v->a);
	d->expanded = j->expanded;
	d->continue_on_error = j->continue_on_error;
	d->why = cut(&v->a, j->why, TEXT_MAX_BYTES);
	d->values = cut(&v->a, j->values, TEXT_MAX_BYTES);
	d->place = place_of(&v->a, j->call->workflow->file, j->pos);
	d->reason = d->why;
	if (j->state == PLANNED_FAILED && d->place != NULL)
		d->reason = arena_printf(&v->a, "%s: %s", d->place, d->why);
}

/* --- freezing ------------------------------------------------------------- */

static const char *
step_command(const struct job_plan_step *s)
{
	static const char *const words[] = { [STEP_RUN] = "",
		[STEP_USES] = "", [STEP_WAIT] = "wait",
		[STEP_WAIT_ALL] = "wait-all", [STEP_CANCEL] = "cancel",
		[STEP_PARALLEL] = "parallel" };
	const char *text = value_written(s->run != NULL ? s->run : s->uses);

	return text != NULL ? text : words[s->kind];
}

static void
list_steps(const struct job_plan *plan, struct arena *a,
    struct job_decision *d)
{
	size_t n = plan->n_steps;
	const char **titles = arena_alloc(a, (n + 1) * sizeof(*titles));
	const char **commands = arena_alloc(a, (n + 1) * sizeof(*commands));

	for (size_t i = 0; i < n; i++) {
		titles[i] = cut(a, plan->steps[i].title, TITLE_MAX_BYTES);
		commands[i] = step_command(&plan->steps[i]);
	}
	d->step_titles = titles;
	d->step_commands = commands;
	d->n_steps = n;
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Labels as the queue compares them: in lower case, in order, each once, one
 * in a line. */
static const char *
list_labels(const struct job_plan *plan, struct arena *a)
{
	size_t n = plan->n_labels;
	const char **labels = arena_alloc(a, (n + 1) * sizeof(*labels));
	struct str s = STR_INIT;

	for (size_t i = 0; i < n; i++) {
		char *label = arena_strdup(a, plan->labels[i]);

		for (char *p = label; *p != '\0'; p++)
			*p = *p == '\n' ? ' ' :
			    (char)tolower((unsigned char)*p);
		labels[i] = label;
	}
	qsort(labels, n, sizeof(*labels), by_text);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || strcmp(labels[i], labels[i - 1]) != 0)
			str_addf(&s, "%s%s", i > 0 ? "\n" : "", labels[i]);
	return cut(a, keep(a, &s), TEXT_MAX_BYTES);
}

static void
freeze(struct advance *v, const struct planned_job *j,
    struct job_decision *d, struct job_before *before)
{
	struct job_plan plan;
	struct diags diags;
	struct str text = STR_INIT;

	diags_init(&diags, &v->a, v->snap.file, NULL, 0);
	if (job_plan_make(j, &v->facts, advance_fetch_action, v, &v->a,
	    &diags, &plan) == -1) {
		d->reason = diags_first_error(&diags);
		return;
	}
	job_plan_write(&plan, &text);
	if (text.len > JOB_PLAN_MAX_BYTES) {
		str_release(&text);
		d->reason = arena_printf(&v->a, "the job with all that it "
		    "sees has more than %d bytes", JOB_PLAN_MAX_BYTES);
		return;
	}
	d->plan = keep(&v->a, &text);
	d->priority = plan.priority >= 0 ? (int)plan.priority :
	    v->snap.priority;
	d->labels = list_labels(&plan, &v->a);
	d->reason = NULL;
	*before = (struct job_before) { value_literal(plan.environment),
		plan.gates, plan.n_gates, plan.gates_alone };
	list_steps(&plan, &v->a, d);
}

/* --- max-parallel --------------------------------------------------------- */

/* Legs of its matrix that are at work: they stand side by side. Legs before
 * this one that are about to start have a plan already. */
static size_t
count_at_work(const struct advance *v, size_t index)
{
	const struct planned_job *j = &v->plan.jobs[index];
	size_t first = index >= j->index ? index - j->index : 0;
	size_t n = 0;

	for (size_t i = first; i < v->plan.n_jobs &&
	    i < first + j->total; i++) {
		const struct planned_job *other = &v->plan.jobs[i];

		if (other->job != j->job || other->call != j->call)
			continue;
		n += other->state == PLANNED_RUNNING ||
		    v->jobs[i].plan != NULL;
	}
	return n;
}

void
advance_hold(struct job_decision *d, const char *reason, const char *place)
{
	d->reason = d->why = reason;
	d->values = NULL;
	if (place != NULL)
		d->place = place;
}

void
advance_make(struct advance *v)
{
	size_t n = v->plan.n_jobs;

	v->plan.run_name = cut(&v->a, v->plan.run_name, TITLE_MAX_BYTES);
	v->jobs = arena_alloc(&v->a, (n + 1) * sizeof(*v->jobs));
	v->before = arena_alloc(&v->a, (n + 1) * sizeof(*v->before));
	v->held = arena_alloc(&v->a, (n + 1) * sizeof(*v->held));
	for (size_t i = 0; i < n; i++) {
		const struct planned_job *j = &v->plan.jobs[i];

		describe(v, j, &v->jobs[i]);
		if (j->state != PLANNED_READY)
			continue;
		v->held[i] = j->max_parallel > 0 &&
		    count_at_work(v, i) >= j->max_parallel;
		if (v->held[i])
			advance_hold(&v->jobs[i], arena_printf(&v->a,
			    "waits for others of its matrix: max-parallel is "
			    "%zu", j->max_parallel), place_of(&v->a,
			    j->call->workflow->file,
			    j->job->strategy.max_parallel->pos));
		else
			freeze(v, j, &v->jobs[i], &v->before[i]);
	}
}
