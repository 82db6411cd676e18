/*
 * contexts.c - what a job has before its first step: secrets, variables; and
 * what it gives away behind its last: outputs.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/job.h"

#include <string.h>
#include <strings.h>

#include "lib/base/str.h"
#include "lib/pipeline/evaluate.h"
#include "lib/pipeline/outside.h"
#include "lib/run/vars.h"

#define ENV_FILE_MAX_BYTES (1024 * 1024)

/* --- secrets ------------------------------------------------------------------ */

/* Every secret that a call hands down, by the names that it gives them. */
static int
pass_down(struct job_exec *x, const struct value *map, struct err *err)
{
	struct expr_object *below = expr_object_new(&x->arena);
	struct expr_value v;
	struct sight s;

	sight_init(&s, x, &x->scope, NULL, NULL, &x->arena);
	if (map != NULL) {
		if (sight_value(&s, map, &v, err) == -1)
			return err_wrap(err, "the secrets of the call");
		if (v.type == EXPR_OBJECT)
			below = v.object;
	}
	for (size_t i = 0; i < below->n; i++) {
		const char *text = expr_to_string(&below->members[i].value,
		    &x->arena);

		below->members[i].value = expr_string(text);
		if (mask_add(x->mask, text, strlen(text)) == MASK_FULL)
			return err_set(err, ERR_TOO_LARGE, "the secrets of the "
			    "call are too long or too many to be masked in "
			    "the log");
	}
	x->secrets = below;
	return 0;
}

static int
hand_down(struct job_exec *x, struct err *err)
{
	const struct job_plan *plan = x->order->plan;

	for (size_t i = 0; i < plan->n_secret_maps; i++)
		if (pass_down(x, plan->secret_maps[i], err) == -1)
			return -1;
	return 0;
}

void
job_mask(const struct job_exec *x, const char *text, size_t len,
    struct str *out)
{
	mask_message(x->mask, text, len, out);
}

/* --- variables ------------------------------------------------------------------ */

static int
read_env_file(struct job_exec *x, const char *path, struct err *err)
{
	struct str text = STR_INIT;
	struct pair *pairs;
	size_t n;
	int rc;

	rc = step_file_read_below(x->workspace, path, ENV_FILE_MAX_BYTES,
	    &text, err);
	if (rc == 0)
		rc = pairs_read_variables(path, text.s, text.len, &x->arena,
		    &pairs, &n, err);
	for (size_t i = 0; rc == 0 && i < n; i++)
		environment_set(&x->env, pairs[i].name, pairs[i].value,
		    false);
	str_release(&text);
	return rc == 0 ? 0 : err_wrap(err, "reading the file of variables "
	    "(\"env-file\")");
}

/* Variables of one map cannot refer to each other. */
static int
add_env(struct job_exec *x, struct err *err)
{
	const struct job_plan *plan = x->order->plan;
	struct sight s;

	sight_init(&s, x, &x->scope, NULL, NULL, &x->arena);
	if (sight_env(&s, plan->container.env, &x->env, &x->container_env,
	    err) == -1)
		return -1;
	for (size_t i = 0; i < plan->n_env; i++) {
		struct expr_value v;

		if (sight_value(&s, plan->env[i].value, &v, err) == -1)
			return -1;
		environment_set(&x->env, plan->env[i].name,
		    expr_to_string(&v, &x->arena), v.outside);
	}
	return 0;
}

/* As at GitHub, where a secret may ask for it too: of one with the value "true"
 * no log could be read here. */
static bool
wants_debug(const struct job_exec *x)
{
	const struct expr_value *v = x->order->vars != NULL ?
	    expr_object_member(x->order->vars, "ACTIONS_STEP_DEBUG") : NULL;
	struct arena a = ARENA_INIT(0);
	bool wants;

	wants = v != NULL && strcasecmp(expr_to_string(v, &a), "true") == 0;
	arena_release(&a);
	return wants || x->order->debug;
}

int
job_contexts(struct job_exec *x, struct err *err)
{
	const struct job_plan *plan = x->order->plan;
	struct expr_object *none = expr_object_new(&x->arena);

	if (x->order->github != NULL)
		github_mark_outside(x->order->github);
	x->debug = wants_debug(x);
	x->scope.inputs = plan->inputs;
	x->scope.steps = expr_object_new(&x->arena);
	if (job_secrets(x, err) == -1 || hand_down(x, err) == -1)
		return -1;
	vars_add_plain(&x->system, x->order->github != NULL ?
	    x->order->github : none, x->order->job);
	return add_env(x, err);
}

/* They come below what the job's own variables are: those are set anew. */
int
job_env_files(struct job_exec *x, struct err *err)
{
	const struct job_plan *plan = x->order->plan;

	for (size_t i = 0; i < plan->n_env_files; i++)
		if (read_env_file(x, plan->env_files[i], err) == -1)
			return -1;
	return plan->n_env_files > 0 ? add_env(x, err) : 0;
}

/* --- outputs ----------------------------------------------------------------------- */

bool
job_is_secret(const struct job_exec *x, const char *text)
{
	struct str out = STR_INIT;
	bool secret;

	job_mask(x, text, strlen(text), &out);
	secret = strcmp(out.s, text) != 0;
	str_release(&out);
	return secret;
}

static int
add_output(struct job_exec *x, struct sight *s, const struct named_value *o,
    struct expr_object *out, size_t *bytes, struct err *err)
{
	struct expr_value v;
	const char *text;

	if (sight_value(s, o->value, &v, err) == -1)
		return -1;
	text = expr_to_string(&v, &x->arena);
	if (job_is_secret(x, text))
		return joblog_say(x->log, 0, err, "warning: the output \"%s\" "
		    "may hold a secret and is not given on", o->name);
	*bytes += strlen(o->name) + strlen(text);
	if (*bytes > JOB_OUTPUTS_MAX_BYTES)
		return err_set(err, ERR_TOO_LARGE, "the outputs of the job "
		    "have more than %d bytes", JOB_OUTPUTS_MAX_BYTES);
	v = expr_string(text);
	v.outside = true;
	expr_object_add(out, o->name, v);
	return 0;
}

int
job_outputs(struct job_exec *x, struct err *err)
{
	const struct job_plan *plan = x->order->plan;
	struct expr_object *out = expr_object_new(&x->arena);
	size_t bytes = 0;
	struct sight s;

	if (plan->n_outputs == 0 || x->obs->outputs == NULL)
		return 0;
	sight_init(&s, x, &x->scope, &x->env, NULL, &x->arena);
	for (size_t i = 0; i < plan->n_outputs; i++)
		if (add_output(x, &s, &plan->outputs[i], out, &bytes, err) ==
		    -1)
			return -1;
	return x->obs->outputs(x->obs->ctx, out, err);
}
