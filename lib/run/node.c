/*
 * node.c - actions that are programs for node: their parts, started in the
 * job's container.
 *
 * node is what the image (or, in the sandbox, the host) has: no version of it
 * is brought along, as GitHub's runner does.
 *
 * docs.github.com, "Metadata syntax reference", runs for JavaScript actions.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/builtin.h"

#include <string.h>

#include "lib/base/mem.h"
#include "lib/run/kept_make.h"

static const char *const part_keys[] = {
	[STEP_MAIN] = "main", [STEP_PRE] = "pre", [STEP_POST] = "post",
};

static int
no_node(const struct step_run *s, struct err *err)
{
	const char *image = s->x->image;

	return err_set(err, ERR_UNSUPPORTED, "\"%s\" is an action for node, "
	    "and %s%s%s has none in its PATH: use %s", s->plan->uses->text,
	    image != NULL ? "image \"" : "this host", image != NULL ? image :
	    "", image != NULL ? "\"" : "", image != NULL ? "an image with "
	    "node, or install it in a step before" : "\"container\" with an "
	    "image that has it, or install it");
}

static int
spawn(struct step_run *s, struct sight *sight, int out, int diag,
    struct err *err)
{
	struct container_step cs = { .cwd = ENGINE_WORKSPACE, .out = out,
		.err = diag };
	const char *file = value_literal(value_get(s->plan->runs,
	    part_keys[s->plan->part]));
	const char *folder = action_folder(s->x, s->plan->source);
	const char *argv[] = { "node", NULL, NULL };
	struct expr_object *inputs;
	struct environment e;
	int rc;

	if (file == NULL || folder == NULL)
		return err_set(err, ERR_INVALID, "\"%s\" has no \"%s\" that "
		    "could be run", s->plan->uses->text,
		    part_keys[s->plan->part]);
	step_environment(s, sight, &e);
	rc = action_inputs_add(s, sight, &e, &inputs, err);
	if (rc == 0) {
		action_state_add(s, sight, &e);
		argv[1] = arena_printf(sight->a, "%s/%s", folder, file);
		cs.argv = argv;
		cs.env = environment_list(&e);
		rc = container_step_start(s->x->container, &cs, &s->number,
		    err);
	}
	if (rc == 0)
		kept_note_step(s, cs.env, cs.cwd);
	environment_release(&e);
	return rc;
}

int
node_spawn(struct step_run *s, int out, int diag, struct err *err)
{
	struct arena a = ARENA_INIT(0);
	struct err e = { 0 };
	struct sight sight;
	int rc;

	sight_init(&sight, s->x, s->scope, &s->vars, s, &a);
	rc = spawn(s, &sight, out, diag, &e);
	arena_release(&a);
	if (rc == -1 && e.code == ERR_NOT_FOUND)
		return no_node(s, err);
	return rc == 0 ? 0 : err_set(err, e.code, "%s", e.text);
}

int
node_begin(struct step_run *s, struct err *err)
{
	const char **names = arena_alloc(&s->arena,
	    (s->plan->n_inputs + 1) * sizeof(*names));

	for (size_t i = 0; i < s->plan->n_inputs; i++)
		names[i] = s->plan->inputs[i].name;
	if (s->plan->part == STEP_MAIN && builtin_warn_inputs(s, names,
	    err) == -1)
		return -1;
	return running_start(s, err);
}
