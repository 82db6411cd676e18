/*
 * model_storage.c - `artifacts` and `cache` of a job, and typed steps about
 * artifacts, as steps that use actions of our own: so they have a place in the
 * log, a time, and an end like all others.
 *
 * Caches are restored before the first step; what they save has its place
 * behind the last one. Artifacts are collected behind the steps that are
 * written, after the ends of the job that `when` names.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <stdint.h>
#include <string.h>

#include "lib/pipeline/reader.h"
#include "lib/pipeline/typed.h"

struct adding {
	struct reader *r;
	struct workflow_job *job;
	struct workflow_step *steps; /* the new list */
	size_t n;
};

static struct value *
new_value(struct reader *r, const struct value *like, enum value_kind kind)
{
	struct value *v = typed_text(r, NULL, like);

	v->kind = kind;
	v->yaml = like->yaml;
	return v;
}

void
typed_uses(struct reader *r, struct workflow_step *step, const char *action,
    const char *const (*names)[2], size_t n, const struct value *config)
{
	struct value *with = new_value(r, step->value, VALUE_MAP);

	for (size_t i = 0; i < n; i++) {
		const struct value *v = value_get(config, names[i][0]);

		if (v != NULL)
			typed_pair(r, with, names[i][1], v);
	}
	step->kind = STEP_USES;
	step->uses = typed_text(r, action, step->value);
	step->with = with;
}

static struct workflow_step *
add(struct adding *a, const char *action, const char *title,
    const struct value *item, const char *const (*names)[2], size_t n)
{
	struct workflow_step *step = arena_push(a->r->a, &a->steps, &a->n,
	    sizeof(*step));

	step->value = new_value(a->r, item, VALUE_MAP);
	step->name = typed_text(a->r, title, item);
	step->id = arena_printf(a->r->a, "__%s_%zu", title, a->n);
	step->condition = schema_expression(a->r, "success()", item);
	typed_uses(a->r, step, action, names, n, item);
	return step;
}

static void
add_cache(struct adding *a, const struct value *item)
{
	static const char *const names[][2] = { { "key", "key" },
		{ "paths", "path" }, { "restore-keys", "restore-keys" },
		{ "when", "when" } };

	if (item->kind == VALUE_MAP)
		add(a, "step.cache", "Cache", item, names, 4);
}

static void
add_artifact(struct adding *a, const struct value *item)
{
	static const char *const names[][2] = { { "name", "name" },
		{ "paths", "path" }, { "expire-in", "expire-in" } };
	const struct value *when = value_get(item, "when");
	const char *word = value_literal(when);
	struct workflow_step *step = add(a, "step.artifact_push", "Artifacts",
	    item, names, 3);

	if (item->kind != VALUE_MAP)
		typed_pair(a->r, (struct value *)(uintptr_t)step->with,
		    "path", item);
	if (word != NULL && strcmp(word, "always") == 0)
		step->condition = schema_expression(a->r, "always()", when);
	if (word != NULL && strcmp(word, "on-failure") == 0)
		step->condition = schema_expression(a->r, "failure()", when);
}

/* Patterns that stand alone in a list are one artifact together. */
static void
add_artifacts(struct adding *a, const struct value *v)
{
	struct value *plain;

	if (v->kind != VALUE_LIST) {
		add_artifact(a, v);
		return;
	}
	plain = new_value(a->r, v, VALUE_LIST);
	for (size_t i = 0; i < v->n_items; i++)
		if (v->items[i]->kind != VALUE_MAP)
			*(struct value **)arena_push(a->r->a, &plain->items,
			    &plain->n_items, sizeof(*plain->items)) =
			    v->items[i];
	if (plain->n_items > 0)
		add_artifact(a, plain);
	for (size_t i = 0; i < v->n_items; i++)
		if (v->items[i]->kind == VALUE_MAP)
			add_artifact(a, v->items[i]);
}

void
model_storage(struct reader *r, struct workflow_job *job)
{
	struct adding a = { r, job, NULL, 0 };
	const struct value *cache = job->cache, *artifacts = job->artifacts;

	if (job->kind != JOB_STEPS || job->n_steps == 0 ||
	    (cache == NULL && artifacts == NULL))
		return;
	if (cache != NULL && cache->kind != VALUE_LIST)
		add_cache(&a, cache);
	for (size_t i = 0; cache != NULL && i < cache->n_items; i++)
		add_cache(&a, cache->items[i]);
	for (size_t i = 0; i < job->n_steps; i++)
		*(struct workflow_step *)arena_push(r->a, &a.steps, &a.n,
		    sizeof(*a.steps)) = job->steps[i];
	if (artifacts != NULL)
		add_artifacts(&a, artifacts);
	for (size_t i = 0; i < a.n; i++)
		a.steps[i].number = (int)i + 1;
	job->steps = a.steps;
	job->n_steps = a.n;
}

/* --- typed steps ---------------------------------------------------------------- */

void
typed_artifact_push(struct reader *r, struct workflow_step *step,
    const struct value *config)
{
	static const char *const names[][2] = { { "key", "name" },
		{ "source_path", "path" } };

	typed_uses(r, step, "step.artifact_push", names, 2, config);
}

void
typed_artifact_pull(struct reader *r, struct workflow_step *step,
    const struct value *config)
{
	static const char *const names[][2] = { { "key", "key" },
		{ "source", "source" }, { "execution_id", "execution_id" },
		{ "dest", "dest" } };

	typed_uses(r, step, "step.artifact_pull", names, 4, config);
}
