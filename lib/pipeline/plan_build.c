/*
 * plan_build.c - the plan of a workflow, without its order.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <string.h>

#include "lib/base/file.h"
#include "lib/base/map.h"
#include "lib/base/str.h"
#include "lib/pipeline/plan_internal.h"

/* Bytes of a name that is made from a command. */
#define MADE_NAME_BYTES 80

/* --- triggers ---------------------------------------------------------------- */

static void
build_filter(struct planner *pl, const struct filter_list *list,
    bool ignore, struct filter *filter)
{
	if (list->key == NULL)
		return;
	filter->key = list->key->text;
	filter->line = list->key->pos.line;
	filter->ignore = ignore;
	for (size_t i = 0; i < list->n; i++) {
		const char *text = list->items[i]->text;
		bool negated = text[0] == '!' && !ignore;
		struct filter_pattern *one = arena_push(pl->a,
		    &filter->patterns, &filter->n_patterns, sizeof(*one));

		*one = (struct filter_pattern) { text + negated, negated,
			list->items[i]->pos.line };
	}
}

static void
build_triggers(struct planner *pl, const struct workflow *w)
{
	struct triggers *on = &pl->p->on;

	on->given = w->on_given;
	for (size_t i = 0; i < w->value->n_pairs; i++)
		if (w->value->pairs[i].value == w->on)
			on->line = w->value->pairs[i].key->pos.line;
	for (size_t i = 0; i < w->n_triggers; i++) {
		const struct workflow_trigger *t = &w->triggers[i];
		struct trigger *one = arena_push(pl->a, &on->list, &on->n,
		    sizeof(*one));

		*one = (struct trigger) { t->event, t->key->pos.line };
		if (strcmp(t->event, "push") != 0)
			continue;
		build_filter(pl, &t->filters[FILTER_BRANCHES], false,
		    &on->branches);
		build_filter(pl, &t->filters[FILTER_BRANCHES_IGNORE], true,
		    &on->branches);
		build_filter(pl, &t->filters[FILTER_TAGS], false, &on->tags);
		build_filter(pl, &t->filters[FILTER_TAGS_IGNORE], true,
		    &on->tags);
	}
}

/* --- where a job runs ----------------------------------------------------------- */

/* What a reference to an image may be made of; the engine knows the rest. */
static bool
is_image(const char *text)
{
	size_t len = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789._-/:@");

	return len > 0 && text[len] == '\0' && text[0] != '-';
}

static void
set_image(struct planner *pl, struct plan_job *job,
    const struct value *value)
{
	const char *text = plan_word(pl, value, "image");

	if (text == NULL)
		return;
	if (!is_image(text))
		diag_error(pl->d, value->pos, value->width, "wrong-value",
		    "such as \"debian:12\" or \"registry.example.org/app:tag\"",
		    "\"%s\" is not the name of an image", text);
	else if (job->image != NULL)
		diag_error(pl->d, value->pos, value->width, "two-images",
		    "keep one of them", "job \"%s\" names a second image",
		    job->id);
	job->image = text;
}

static void
add_label(struct planner *pl, struct plan_job *job,
    const struct value *value)
{
	const char *text = plan_text(pl, value), **label;

	if (text == NULL)
		return;
	if (strpbrk(text, ":/") != NULL) {
		set_image(pl, job, value);
		return;
	}
	label = arena_push(pl->a, &job->labels, &job->n_labels,
	    sizeof(*label));
	*label = text;
}

static void
build_labels(struct planner *pl, struct plan_job *job,
    const struct value *value)
{
	if (value != NULL && value->kind == VALUE_MAP)
		value = value_get(value, "labels");
	if (value == NULL)
		return;
	if (value->kind != VALUE_LIST)
		add_label(pl, job, value);
	for (size_t i = 0; i < value->n_items; i++)
		add_label(pl, job, value->items[i]);
}

/* --- steps -------------------------------------------------------------------- */

/* "Run " and the command's first line, as GitHub names it. */
static const char *
made_name(struct arena *a, const char *run)
{
	size_t len;
	bool cut;

	run += strspn(run, " \t\r\n");
	len = strcspn(run, "\r\n");
	cut = len > MADE_NAME_BYTES;
	if (cut) {
		len = MADE_NAME_BYTES;
		while (len > 0 && ((unsigned char)run[len] & 0xc0) == 0x80)
			len--;
	}
	return arena_printf(a, "Run %.*s%s", (int)len, run, cut ? "..." : "");
}

static void
build_directory(struct planner *pl, struct plan_step *step,
    const struct value *value)
{
	const char *text = plan_word(pl, value, "working-directory");

	if (text != NULL && !path_stays_below(text))
		diag_error(pl->d, value->pos, value->width, "wrong-value",
		    "use \"cd\" in the command for others",
		    "\"working-directory\" %s must be a relative path below "
		    "the workspace", pl->where);
	step->working_directory = text;
}

static void
build_step(struct planner *pl, struct plan_job *job,
    const struct workflow_step *from)
{
	struct plan_step *step = arena_push(pl->a, &job->steps,
	    &job->n_steps, sizeof(*step));
	struct env_list env = { NULL, 0 };

	pl->where = arena_printf(pl->a, "in step %d of job \"%s\"",
	    from->number, job->id);
	step->number = from->number;
	step->pos = from->value->pos;
	step->run = plan_word(pl, from->run, "run");
	if (from->name != NULL)
		step->name = plan_text(pl, from->name);
	if ((step->name == NULL || step->name[0] == '\0') &&
	    step->run != NULL)
		step->name = made_name(pl->a, step->run);
	step->shell = plan_word(pl, from->shell, "shell");
	build_directory(pl, step, from->working_directory);
	plan_env(pl, from->env, &env);
	step->env = env.vars;
	step->n_env = env.n;
	step->timeout_ms = plan_timeout(pl, from->timeout_minutes,
	    from->timeout);
}

/* --- jobs --------------------------------------------------------------------- */

/* Variables of the pipeline that the job does not set, then the job's. Most
 * jobs set none, and then share the pipeline's list. */
static void
join_env(struct planner *pl, struct plan_job *job,
    const struct env_list *own)
{
	const struct env_list *all = &pl->p->env;
	struct map names = MAP_INIT;
	struct plan_var *vars;
	size_t n = 0;

	job->env = all->vars;
	job->n_env = all->n;
	if (own->n == 0)
		return;
	vars = arena_alloc(pl->a, (all->n + own->n) * sizeof(*vars));
	for (size_t i = 0; i < own->n; i++)
		map_set(&names, own->vars[i].name, job);
	for (size_t i = 0; i < all->n; i++)
		if (map_get(&names, all->vars[i].name) == NULL)
			vars[n++] = all->vars[i];
	for (size_t i = 0; i < own->n; i++)
		vars[n++] = own->vars[i];
	job->env = vars;
	job->n_env = n;
	map_release(&names);
}

/* Each once; a second one is said to be useless. */
static void
build_needs(struct planner *pl, struct plan_job *job,
    const struct workflow_job *from)
{
	const struct workflow *w = pl->p->workflow;

	for (size_t i = 0; i < from->n_needs; i++) {
		const struct value *need = from->needs[i];
		const struct workflow_job *other =
		    workflow_job_find(w, need->text);
		const char **id;
		bool seen = false;

		for (size_t j = 0; j < job->n_needs && other != NULL; j++)
			seen = seen || strcmp(job->needs[j], other->id) == 0;
		if (other == NULL || seen)
			continue;
		id = arena_push(pl->a, &job->needs, &job->n_needs,
		    sizeof(*id));
		*id = other->id;
	}
}

static void
build_job(struct planner *pl, const struct workflow_job *from)
{
	struct plan_job *job = arena_push(pl->a, &pl->p->jobs,
	    &pl->p->n_jobs, sizeof(*job));
	struct env_list env = { NULL, 0 };
	const char *where = arena_printf(pl->a, "in job \"%s\"", from->id);

	pl->where = where;
	job->id = from->id;
	job->name = from->name != NULL ? plan_text(pl, from->name) : NULL;
	if (job->name == NULL || job->name[0] == '\0')
		job->name = from->id;
	job->pos = from->key->pos;
	build_needs(pl, job, from);
	build_labels(pl, job, from->runs_on);
	if (from->container.image != NULL)
		set_image(pl, job, from->container.image);
	plan_env(pl, from->env, &env);
	join_env(pl, job, &env);
	job->timeout_ms = plan_timeout(pl, from->timeout_minutes,
	    from->timeout);
	for (size_t i = 0; i < from->n_steps; i++)
		if (from->steps[i].kind == STEP_RUN)
			build_step(pl, job, &from->steps[i]);
}

void
plan_build(struct planner *pl, const struct workflow *w)
{
	const char *name = w->name != NULL ? value_literal(w->name) : NULL;

	pl->where = "at the top level";
	pl->p->name = name != NULL && name[0] != '\0' ? name : pl->p->file;
	build_triggers(pl, w);
	plan_env(pl, w->env, &pl->p->env);
	for (size_t i = 0; i < w->n_jobs; i++)
		if (w->jobs[i].kind == JOB_STEPS)
			build_job(pl, &w->jobs[i]);
}
