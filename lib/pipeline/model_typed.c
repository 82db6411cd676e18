/*
 * model_typed.c - steps with a type as the ordinary steps that they stand
 * for, so that nothing behind the reader knows of them.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <stdint.h>
#include <string.h>

#include "lib/base/str.h"
#include "lib/pipeline/reader.h"
#include "lib/pipeline/schema_step.h"
#include "lib/pipeline/typed.h"

struct value *
typed_text(struct reader *r, const char *text, const struct value *like)
{
	struct value *v = arena_alloc(r->a, sizeof(*v));

	*v = (struct value) { .kind = VALUE_STRING, .pos = like->pos,
		.width = like->width, .text = text,
		.type = &type_step_text };
	return v;
}

static struct value *
new_map(struct reader *r, const struct value *like)
{
	struct value *v = typed_text(r, NULL, like);

	v->kind = VALUE_MAP;
	v->yaml = like->yaml;
	return v;
}

void
typed_pair(struct reader *r, struct value *map, const char *name,
    const struct value *value)
{
	struct value_pair *pair = arena_push(r->a, &map->pairs,
	    &map->n_pairs, sizeof(*pair));

	pair->key = typed_text(r, name, value);
	pair->value = (struct value *)(uintptr_t)value;
}

void
typed_script(struct reader *r, struct workflow_step *step, const char *script,
    const char *name, const struct value *value)
{
	struct value *env = new_map(r, step->value);

	typed_pair(r, env, name, value);
	step->env = env;
	step->run = typed_text(r, script, step->value);
	step->shell = typed_text(r, "sh", step->value);
}

/* It fails when it comes to it, and says why. */
static void
set_problem(struct reader *r, struct workflow_step *step, const char *problem)
{
	step->problem = problem;
	step->working_directory = NULL;
	typed_script(r, step, "printf '%s\\n' \"::error::$PROBLEM\"\nexit 1\n",
	    "PROBLEM", typed_text(r, problem, step->value));
}

/*
 * "{{.Version}}", as other systems have it, is left as it is by this one: in a
 * tag or a folder that would be a surprise late in the day. Commands may hold
 * it, for programs that know such templates.
 */
static void
check_templates(struct reader *r, const struct value *v)
{
	const char *open = v->text != NULL && v->kind == VALUE_STRING ?
	    strstr(v->text, "{{") : NULL;

	if (open != NULL && (open == v->text || open[-1] != '$'))
		report_value(r, v, "template", "write ${{ env.NAME }}, or "
		    "${{ steps.ID.outputs.NAME }}", "templates of the form "
		    "\"{{ }}\" are not evaluated");
	for (size_t i = 0; i < v->n_items; i++)
		check_templates(r, v->items[i]);
	for (size_t i = 0; i < v->n_pairs; i++)
		if (strncmp(v->pairs[i].key->text, "command", 7) != 0)
			check_templates(r, v->pairs[i].value);
}

void
typed_step(struct reader *r, struct workflow_step *step)
{
	const struct value *written = value_get(step->value, "type");
	const struct value *config = value_get(step->value, "config");
	const char *name = value_literal(written);
	const struct step_type *type = name != NULL ? step_type_find(name) :
	    NULL;

	if (type == NULL || config == NULL || config->kind != VALUE_MAP)
		return; /* has been reported */
	check_templates(r, config);
	if (step->name == NULL)
		step->name = typed_text(r, type->name, written);
	if (type->make != NULL)
		type->make(r, step, config);
	else
		set_problem(r, step, arena_printf(r->a, "this version of Pawl "
		    "knows steps of type %s, but cannot run them",
		    type->name));
}

/* --- step.shell_exec ---------------------------------------------------------- */

/* A list of commands as one script, as if it stood under `run`. */
static const struct value *
join_commands(struct reader *r, const struct value *list)
{
	struct yaml *yaml = arena_alloc(r->a, sizeof(*yaml));
	struct str text = STR_INIT;
	bool failed = false;

	for (size_t i = 0; i < list->n_items; i++) {
		failed = failed || list->items[i]->failed;
		str_addf(&text, "%s\n", list->items[i]->yaml->text);
	}
	*yaml = (struct yaml) { .type = YAML_STRING, .pos = list->pos,
		.width = list->width, .quoted = true,
		.text = arena_strdup(r->a, text.s), .text_len = text.len };
	str_release(&text);
	return failed ? NULL : schema_scalar(r, yaml, &type_step_text,
	    CONTEXTS_STEP);
}

void
typed_shell_exec(struct reader *r, struct workflow_step *step,
    const struct value *config)
{
	const struct value *commands = value_get(config, "commands");

	if (commands != NULL && commands->kind == VALUE_LIST &&
	    commands->n_items == 0)
		report_value(r, commands, "no-value", "add a command",
		    "\"commands\" is empty");
	else if (commands != NULL && commands->kind == VALUE_LIST)
		step->run = join_commands(r, commands);
	step->env = value_get(config, "env");
	step->working_directory = value_get(config, "work_dir");
	if (step->timeout == NULL)
		step->timeout = value_get(config, "timeout");
}

/* --- step.gate ------------------------------------------------------------------- */

/* Where its job has more to do, the gate is passed when that begins. */
void
typed_gate(struct reader *r, struct workflow_step *step,
    const struct value *config)
{
	step->gate = config;
	typed_script(r, step, "printf 'the gate is open: %s\\n' \"$GATE\"\n",
	    "GATE", step->name);
}

/* --- what steps say of their job ------------------------------------------------ */

static const struct value *
image_of(const struct workflow_step *step)
{
	return value_get(value_get(step->value, "config"), "image");
}

/* The image that all scripts of the job ask for, or NULL. */
static const struct value *
common_image(const struct workflow_job *job)
{
	const struct value *common = NULL;

	for (size_t i = 0; i < job->n_steps; i++) {
		const struct workflow_step *step = &job->steps[i];
		const struct value *own = image_of(step);

		if (step->kind == STEP_PARALLEL)
			return NULL;
		if (step->kind != STEP_RUN || step->routes != NULL ||
		    step->problem != NULL)
			continue;
		if (value_literal(own) == NULL || (common != NULL &&
		    strcmp(own->text, common->text) != 0))
			return NULL;
		common = own;
	}
	return common;
}

/* A script in another image than the job's has a container of its own. */
static void
take_image(const struct workflow_job *job, struct workflow_step *step)
{
	const struct value *own = image_of(step);
	const struct value *of_job = job->container.image;

	if (own != NULL && step->kind == STEP_RUN && step->problem == NULL &&
	    (of_job == NULL || strcmp(of_job->text, own->text) != 0))
		step->image = own;
}

static void
add_item(struct reader *r, struct value *list, const struct value *item)
{
	*(struct value **)arena_push(r->a, &list->items, &list->n_items,
	    sizeof(*list->items)) = (struct value *)(uintptr_t)item;
}

/* artifacts_out of the steps are artifacts of the job. */
static void
add_artifacts(struct reader *r, struct workflow_job *job,
    const struct workflow_step *step)
{
	const struct value *list = value_get(value_get(step->value, "config"),
	    "artifacts_out"), *before = job->artifacts;
	struct value *all;

	if (list == NULL || list->kind != VALUE_LIST || step->problem != NULL)
		return;
	all = typed_text(r, NULL, list);
	all->kind = VALUE_LIST;
	all->yaml = list->yaml;
	if (before != NULL && before->kind != VALUE_LIST)
		add_item(r, all, before);
	for (size_t i = 0; before != NULL && i < before->n_items; i++)
		add_item(r, all, before->items[i]);
	for (size_t i = 0; i < list->n_items; i++) {
		const struct value *key = value_get(list->items[i], "key");
		const struct value *path = value_get(list->items[i], "path");
		struct value *map = new_map(r, list->items[i]);

		if (key == NULL || path == NULL)
			continue;
		typed_pair(r, map, "name", key);
		typed_pair(r, map, "paths", path);
		add_item(r, all, map);
	}
	job->artifacts = all;
}

void
typed_job(struct reader *r, struct workflow_job *job)
{
	size_t n = 0;

	for (size_t i = 0; i < job->n_steps; i++)
		n += value_get(job->steps[i].value, "type") != NULL;
	if (n == 0)
		return;
	if (job->container.image == NULL)
		job->container.image = common_image(job);
	for (size_t i = 0; i < job->n_steps; i++) {
		if (value_get(job->steps[i].value, "type") == NULL)
			continue;
		take_image(job, &job->steps[i]);
		add_artifacts(r, job, &job->steps[i]);
	}
	typed_routes(r, job->steps, job->n_steps);
}

void
typed_action(struct reader *r, struct workflow_step *steps, size_t n)
{
	bool any = false;

	for (size_t i = 0; i < n; i++) {
		const struct value *config = value_get(steps[i].value,
		    "config");

		if (value_get(steps[i].value, "type") == NULL)
			continue;
		any = true;
		if (steps[i].shell == NULL)
			steps[i].shell = typed_text(r, "bash", steps[i].value);
		if (steps[i].gate != NULL)
			set_problem(r, &steps[i], "a gate is a step of a job; "
			    "an action cannot wait");
		if (steps[i].problem == NULL && steps[i].kind == STEP_RUN &&
		    (value_get(config, "image") != NULL ||
		    value_get(config, "artifacts_out") != NULL))
			set_problem(r, &steps[i], "image and artifacts are "
			    "those of a job; an action cannot set them");
	}
	if (any)
		typed_routes(r, steps, n);
}
