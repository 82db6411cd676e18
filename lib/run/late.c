/*
 * late.c - actions of the workspace that were not in the commit: a step before
 * has made them, or checked them out.
 *
 * docs.github.com, "Workflow syntax", jobs.<job_id>.steps[*].uses: "You must
 * check out your repository before using the action".
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/job.h"

#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/yaml.h"
#include "lib/pipeline/uses.h"

/* The text of action.yml, through no link. */
static int
read_text(struct step_run *s, const char *folder, struct str *out,
    struct err *err)
{
	static const char *const names[] = { "action.yml", "action.yaml" };
	struct err e = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const char *path = arena_printf(&s->arena, "%s%s%s", folder,
		    folder[0] != '\0' ? "/" : "", names[i]);

		err_clear(&e);
		if (step_file_read_below(s->x->workspace, path,
		    YAML_MAX_BYTES, out, &e) == 0)
			return 0;
		if (e.code != ERR_NOT_FOUND)
			return err_set(err, e.code, "%s", e.text);
	}
	return err_set(err, ERR_NOT_FOUND, "\"./%s\" is no action: there is "
	    "no action.yml or action.yaml in it, neither in the commit nor in "
	    "the workspace", folder);
}

static int
read_action(struct step_run *s, const char *text, size_t len,
    const struct action **out, struct err *err)
{
	const char *name = s->plan->uses->text;
	struct action *action;
	struct diags d;

	diags_init(&d, &s->x->arena, name, text, len);
	action = action_read(text, len, &s->x->arena, &d);
	for (size_t i = 0; i < d.n; i++)
		if (d.list[i].level == DIAG_ERROR)
			return err_set(err, ERR_INVALID, "action %s:%d:%d: %s",
			    name, d.list[i].pos.line, d.list[i].pos.col,
			    d.list[i].text);
	if (action == NULL)
		return err_set(err, ERR_INVALID, "%s is no action", name);
	if (strcmp(action->using, "composite") == 0)
		return err_set(err, ERR_UNSUPPORTED, "\"%s\" is a composite "
		    "action that is not in the commit: its steps must be "
		    "known when the job begins; use it from its repository "
		    "(owner/repo/path@ref)", name);
	*out = action;
	return 0;
}

static void
copy_inputs(struct arena *a, const struct action *action,
    struct job_plan_step *out)
{
	for (size_t i = 0; i < action->n_inputs; i++)
		*(struct named_value *)arena_push(a, &out->inputs,
		    &out->n_inputs, sizeof(*out->inputs)) =
		    (struct named_value){ action->inputs[i].name,
			action->inputs[i].default_value };
}

static int
read_late(struct step_run *s, struct step_memory *memory,
    const struct uses *uses, struct err *err)
{
	struct arena *a = &s->x->arena;
	struct str text = STR_INIT;
	const struct action *action = NULL;
	struct job_plan_step *late;
	int rc = read_text(s, uses->path, &text, err);

	if (rc == 0)
		rc = read_action(s, arena_strndup(a, text.s, text.len),
		    text.len, &action, err);
	str_release(&text);
	if (rc == -1)
		return -1;
	late = arena_alloc(a, sizeof(*late));
	*late = *s->plan;
	late->using = action->using;
	late->source = arena_printf(a, "./%s", uses->path);
	late->runs = action->runs;
	copy_inputs(a, action, late);
	memory->late = late;
	return 0;
}

int
late_action(struct step_run *s, struct err *err)
{
	struct uses uses = uses_read(s->plan->uses->text, &s->arena);
	struct step_memory *memory;
	struct job_plan_step *part;

	if (s->plan->using != NULL || uses.kind != USES_LOCAL)
		return 0;
	memory = step_memory(s->x, s->plan);
	if (memory->late == NULL && read_late(s, memory, &uses, err) == -1)
		return -1;
	part = arena_alloc(&s->x->arena, sizeof(*part));
	*part = *s->plan;
	part->using = memory->late->using;
	part->source = memory->late->source;
	part->runs = memory->late->runs;
	part->inputs = memory->late->inputs;
	part->n_inputs = memory->late->n_inputs;
	s->plan = part;
	return 0;
}

bool
late_without_post(struct job_exec *x, const struct job_plan_step *plan)
{
	const struct job_plan_step *late;

	if (plan->using != NULL || plan->uses->text[0] != '.')
		return false;
	late = step_memory(x, plan)->late;
	return late == NULL || (value_get(late->runs, "post") == NULL &&
	    value_get(late->runs, "post-entrypoint") == NULL);
}
