/*
 * model_step.c - the steps of a job, and the ids that they are given.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <ctype.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/pipeline/reader.h"
#include "lib/pipeline/typed.h"

/* The key that makes a step what it is. */
static const struct {
	const char *key;
	enum step_kind kind;
} kinds[] = {
	{ "run", STEP_RUN },
	{ "command", STEP_RUN },
	{ "uses", STEP_USES },
	{ "wait", STEP_WAIT },
	{ "wait-all", STEP_WAIT_ALL },
	{ "cancel", STEP_CANCEL },
	{ "parallel", STEP_PARALLEL },
};

static enum step_kind
kind_of(const struct value *map)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (value_get(map, kinds[i].key) != NULL)
			return kinds[i].kind;
	return STEP_RUN;
}

/* Cut "owner/repo/path@ref" down to "owner/repo". */
static void
cut_to_repo(char *uses)
{
	char *slash;

	uses[strcspn(uses, "@")] = '\0';
	slash = strchr(uses, '/');
	if (slash != NULL && (slash = strchr(slash + 1, '/')) != NULL)
		*slash = '\0';
}

/* What stands for an action in a made id: its repository or image, all but
 * letters, digits, "-" and "_" being "_". */
static const char *
action_id(struct reader *r, const char *uses)
{
	char *id;
	bool docker = str_starts_with(uses, "docker://");

	if (docker)
		uses += strlen("docker://");
	else if (str_starts_with(uses, "./"))
		return "__self";
	id = arena_printf(r->a, "__%s", uses);
	if (!docker)
		cut_to_repo(id);
	for (char *c = id; *c != '\0'; c++)
		if (!isalnum((unsigned char)*c) && *c != '-' && *c != '_')
			*c = '_';
	return id;
}

static const char *
base_id(struct reader *r, const struct workflow_step *step)
{
	switch (step->kind) {
	case STEP_RUN:
		return "__run";
	case STEP_USES:
		return action_id(r, step->uses->text);
	case STEP_WAIT:
		return "__wait";
	case STEP_WAIT_ALL:
		return "__wait-all";
	case STEP_CANCEL:
		return "__cancel";
	case STEP_PARALLEL:
		return "__parallel";
	}
	return "__run";
}

/* Steps without an id get one: "__run", then "__run_2". `made` counts them
 * by their first form. */
static void
make_id(struct reader *r, struct workflow_step *step, struct map *made)
{
	const char *base = base_id(r, step);
	size_t *count = map_get(made, base);

	if (count == NULL) {
		count = arena_alloc(r->a, sizeof(*count));
		map_set(made, base, count);
	}
	step->id = ++*count == 1 ? base :
	    arena_printf(r->a, "%s_%zu", base, *count);
}

static void
read_targets(struct reader *r, struct workflow_step *step)
{
	const struct value **items = NULL;
	size_t n = 0;

	model_texts(r, value_get(step->value,
	    step->kind == STEP_WAIT ? "wait" : "cancel"), &items, &n);
	for (size_t i = 0; i < n; i++) {
		const char **room = arena_push(r->a, &step->targets,
		    &step->n_targets, sizeof(*room));

		*room = items[i]->text;
	}
}

static bool
is_true(const struct value *v)
{
	return v != NULL && v->kind == VALUE_BOOL && v->boolean;
}

static void
read_steps(struct reader *r, const struct value *list,
    struct workflow_step **steps, size_t *n, struct map *made);

static void
read_step(struct reader *r, struct workflow_step *step,
    const struct value *map, struct map *made)
{
	const struct value *id = value_get(map, "id");

	step->value = map;
	step->kind = kind_of(map);
	step->name = value_get(map, "name");
	step->if_written = value_get(map, "if");
	step->condition = model_condition(r, step->if_written, map);
	step->run = value_get(map, "run");
	if (step->run == NULL)
		step->run = value_get(map, "command");
	step->shell = value_get(map, "shell");
	step->working_directory = value_get(map, "working-directory");
	step->uses = value_get(map, "uses");
	step->with = value_get(map, "with");
	step->env = value_get(map, "env");
	step->continue_on_error = value_get(map, "continue-on-error");
	step->timeout_minutes = value_get(map, "timeout-minutes");
	step->timeout = model_timeout(r, map);
	step->retry = value_get(map, "retry");
	step->retry_on_timeout = is_true(value_get(map, "retry_on_timeout"));
	step->background = is_true(value_get(map, "background"));
	step->id_written = value_literal(id) != NULL;
	if (step->id_written)
		step->id = id->text;
	else
		make_id(r, step, made);
	if (value_get(map, "type") != NULL)
		typed_step(r, step);
	if (step->kind == STEP_WAIT || step->kind == STEP_CANCEL)
		read_targets(r, step);
	if (step->kind == STEP_PARALLEL)
		read_steps(r, value_get(map, "parallel"), &step->steps,
		    &step->n_steps, made);
}

static void
read_steps(struct reader *r, const struct value *list,
    struct workflow_step **steps, size_t *n, struct map *made)
{
	if (list == NULL || list->kind != VALUE_LIST)
		return;
	for (size_t i = 0; i < list->n_items; i++) {
		struct workflow_step *step;

		if (list->items[i]->kind != VALUE_MAP)
			continue;
		step = arena_push(r->a, steps, n, sizeof(*step));
		step->number = (int)*n;
		read_step(r, step, list->items[i], made);
	}
}

void
model_steps(struct reader *r, const struct value *list,
    struct workflow_step **steps, size_t *n)
{
	struct map made = MAP_INIT;

	if (list != NULL && list->n_items > MAX_STEPS)
		report_value(r, list, "too-many", NULL, "a job has %zu steps; "
		    "at most %d are allowed", list->n_items, MAX_STEPS);
	else
		read_steps(r, list, steps, n, &made);
	map_release(&made);
}
