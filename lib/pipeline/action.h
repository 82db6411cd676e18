/*
 * action.h - action.yml, and composite actions put into the steps of a job.
 *
 * docs.github.com, "Metadata syntax reference"; nesting as in "Creating a
 * composite action".
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_PIPELINE_ACTION_H
#define PAWL_PIPELINE_ACTION_H

#include "lib/pipeline/expr.h"
#include "lib/pipeline/model.h"

/* Documented limit of nesting. */
#define ACTION_MAX_LEVELS 10
/* Ours: steps of one job with those of its actions. */
#define ACTION_MAX_STEPS 1000

struct action_input {
	const char *name;
	const struct value *key;
	bool required; /* for people: GitHub does not enforce it */
	const struct value *default_value;
};

struct action {
	const char *file;
	const struct value *value; /* the whole file */
	const struct value *name;
	const struct value *runs;
	const char *using; /* "composite", "docker", "node20" */
	/* When its parts before and behind all other steps run; NULL: always. */
	const struct value *pre_if, *post_if;
	struct action_input *inputs;
	size_t n_inputs;
	struct workflow_port *outputs;
	size_t n_outputs;
	struct workflow_step *steps; /* of a composite action */
	size_t n_steps;
};

/* Read and check action.yml, as workflow_read() does. NULL: nothing useful;
 * an action with errors in `d` must not be used. */
struct action *
action_read(const char *text, size_t len, struct arena *a, struct diags *d);

/* An action where it is used. */
struct used_action {
	const struct used_action *outer;  /* NULL: used by the job itself */
	const struct workflow_step *step; /* that uses it: its `if`, `env` and
	                                     `continue-on-error` are for all
	                                     that stands in it */
	const struct action *action;
	int parallel; /* as of the steps: that it is used in */
};

struct inlined_step {
	const struct workflow_step *step;
	const struct used_action *in;  /* composite action that it stands in;
	                                  NULL: in the job */
	const struct action *action;   /* that it uses and that is no
	                                  composite; or NULL */
	int parallel; /* number (from 1, in the whole list) of the innermost
	                 `parallel` step that it stands in; 0: none */
};

/*
 * The text of action.yml by uses_within() of what stands behind `uses`: only
 * in composite actions of other repositories is "./" theirs. Lives in `a`.
 * Returns 0; 1: no file is to be read (docker://, or an action that is built
 * in), the step stays as it is; -1 with err.
 */
typedef int action_fetch(void *ctx, const char *uses, struct arena *a,
    const char **text, size_t *len, struct err *err);

/*
 * The steps of a job with those of composite actions in their place, and those
 * of `parallel` behind it. `uses` that is wrong is reported to `d`, at the step of the job. Returns 0 or -1.
 */
int
action_inline(const struct workflow_step *steps, size_t n,
    action_fetch *fetch, void *ctx, struct arena *a, struct diags *d,
    struct inlined_step **out, size_t *n_out);

/* --- action_inputs.c ------------------------------------------------------ */

/*
 * The `inputs` context within a used action: `with` evaluated where the step
 * stands (`env`), else the defaults; all are strings. Returns 0 or -1.
 */
int
action_inputs(const struct named_value *inputs, size_t n,
    const struct value *with, const struct expr_env *env, struct arena *a,
    struct diags *d, struct expr_object **out);

/* The names of its inputs; ends in NULL. */
const char *const *
action_input_names(const struct action *action, struct arena *a);

/* The next key of `with` that is none of `names`, with the one of them that
 * may be meant (or NULL). *next begins at 0. NULL: there is no more. */
const struct value *
action_input_unknown(const char *const *names, const struct value *with,
    size_t *next, const char **near);

#endif
