/*
 * plan_old.c - plans as pipeline_plan() makes them.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/plan_old.h"

#include <inttypes.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/str.h"

static const struct value *
text_value(struct arena *a, const char *text)
{
	struct value *v;

	if (text == NULL)
		return NULL;
	v = arena_alloc(a, sizeof(*v));
	v->kind = VALUE_STRING;
	v->text = text;
	return v;
}

static const struct value *
expr_source(struct arena *a, const char *source)
{
	struct value *v = arena_alloc(a, sizeof(*v));
	struct expr *e = arena_alloc(a, sizeof(*e));
	struct expr_error ignored;

	v->kind = VALUE_EXPR;
	v->text = source;
	/* What cannot be parsed evaluates to null. */
	v->expr = expr_parse(source, strlen(source), NULL, a, e, &ignored) ==
	    0 ? e : NULL;
	return v;
}

static const struct value *
var_value(struct arena *a, const struct plan_var *var)
{
	return var->secret == NULL ? text_value(a, var->value) :
	    expr_source(a, arena_printf(a, "secrets.%s", var->secret));
}

static const struct value *
env_map(struct arena *a, const struct plan_var *vars, size_t n)
{
	struct value *map = arena_alloc(a, sizeof(*map));

	map->kind = VALUE_MAP;
	for (size_t i = 0; i < n; i++) {
		struct value_pair *pair = arena_push(a, &map->pairs,
		    &map->n_pairs, sizeof(*pair));

		pair->key = (struct value *)text_value(a, vars[i].name);
		pair->value = (struct value *)var_value(a, &vars[i]);
	}
	return map;
}

static void
add_step(struct job_plan *plan, const struct plan_step *from,
    const char *file, struct arena *a)
{
	struct job_plan_step *s = arena_push(a, &plan->steps,
	    &plan->n_steps, sizeof(*s));

	*s = (struct job_plan_step){ .number = from->number,
		.kind = STEP_RUN, .id = arena_printf(a, "__run_%d",
		from->number), .action = -1, .title = from->name,
		.condition = expr_source(a, "success()"),
		.run = text_value(a, from->run),
		.shell = text_value(a, from->shell),
		.working_directory = text_value(a, from->working_directory),
		.env = env_map(a, from->env, from->n_env), .file = file,
		.pos = from->pos };
	if (from->timeout_ms > 0)
		s->timeout_minutes = expr_source(a, arena_printf(a, "%.6f",
		    (double)from->timeout_ms / 60000));
}

void
plan_from_old(const struct plan_job *from, const char *workflow,
    struct arena *a, struct job_plan *out)
{
	memset(out, 0, sizeof(*out));
	out->key = out->id = from->id;
	out->name = from->name;
	out->workflow = out->file = workflow;
	out->needs = expr_object_new(a);
	out->matrix = expr_object_new(a);
	out->strategy = expr_object_new(a);
	out->inputs = expr_object_new(a);
	out->labels = from->labels;
	out->n_labels = from->n_labels;
	out->container.image = text_value(a, from->image);
	for (size_t i = 0; i < from->n_env; i++)
		*(struct named_value *)arena_push(a, &out->env, &out->n_env,
		    sizeof(*out->env)) = (struct named_value){
			from->env[i].name, var_value(a, &from->env[i]) };
	out->timeout_ms = from->timeout_ms;
	out->pos = from->pos;
	for (size_t i = 0; i < from->n_steps; i++)
		add_step(out, &from->steps[i], workflow, a);
}

static void
add(struct expr_object *o, const char *name, const char *value)
{
	if (value != NULL)
		expr_object_add(o, name, expr_string(value));
}

static void
add_number(struct arena *a, struct expr_object *o, const char *name,
    int64_t value)
{
	if (value > 0)
		add(o, name, arena_printf(a, "%" PRId64, value));
}

struct expr_object *
github_from_old(const struct old_facts *f, struct arena *a)
{
	static const struct {
		const char *prefix, *type;
	} kinds[] = {
		{ "refs/heads/", "branch" },
		{ "refs/tags/", "tag" },
	};
	struct expr_object *o = expr_object_new(a);

	add(o, "repository", f->owner != NULL && f->name != NULL ?
	    arena_printf(a, "%s/%s", f->owner, f->name) : NULL);
	add(o, "repository_owner", f->owner);
	add(o, "event_name", f->event);
	add(o, "ref", f->ref);
	for (size_t i = 0; f->ref != NULL && i < ARRAY_LEN(kinds); i++) {
		if (!str_starts_with(f->ref, kinds[i].prefix))
			continue;
		add(o, "ref_name", f->ref + strlen(kinds[i].prefix));
		add(o, "ref_type", kinds[i].type);
	}
	add(o, "sha", f->sha);
	add(o, "actor", f->actor);
	add(o, "workflow", f->workflow);
	add(o, "server_url", f->server_url);
	add_number(a, o, "run_id", f->run_id);
	add_number(a, o, "run_number", f->run_number);
	add_number(a, o, "run_attempt", f->attempt);
	return o;
}
