/*
 * step_start.c - start a step's shell in the container, with its environment.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/job.h"

#include "lib/base/mem.h"
#include "lib/run/environment.h"
#include "lib/run/shell.h"

/* git refuses a workspace of another owner than the user inside, which root
 * in an image always is. The whole container belongs to this job. */
static const struct plan_var workspace_vars[] = {
	{ "GIT_CONFIG_COUNT", "1", NULL },
	{ "GIT_CONFIG_KEY_0", "safe.directory", NULL },
	{ "GIT_CONFIG_VALUE_0", "*", NULL },
};

static const char *const *
step_environment(struct job_exec *x, const struct plan_step *step,
    struct arena *a)
{
	struct environment e;
	const char *const *list;
	const struct job_order *o = x->order;

	environment_init(&e, o->config, a);
	environment_add_list(&e, container_env(x->container));
	environment_add(&e, workspace_vars, ARRAY_LEN(workspace_vars));
	environment_add(&e, o->vars, o->n_vars);
	environment_add(&e, o->plan->env, o->plan->n_env);
	environment_add(&e, step->env, step->n_env);
	list = environment_list(&e);
	environment_release(&e);
	return list;
}

/* Start with a shell; ERR_NOT_FOUND when the container has none such. */
static int
start_with(struct job_exec *x, const struct plan_step *step,
    const char *shell, int out, int diag, struct err *err)
{
	struct arena a = ARENA_INIT(0);
	struct shell_command command;
	struct container_step cs = { .cwd = ENGINE_WORKSPACE,
		.out = out, .err = diag };
	const char *folder = step->working_directory;
	int64_t number;
	int rc;

	rc = shell_command(shell, step->number, &a, &command, err);
	if (rc == 0) {
		if (folder != NULL)
			cs.cwd = folder[0] == '/' ? folder :
			    arena_printf(&a, ENGINE_WORKSPACE "/%s", folder);
		cs.argv = command.argv;
		cs.script_path = command.script;
		cs.script = arena_printf(&a, "%s\n", step->run);
		cs.env = step_environment(x, step, &a);
		rc = container_step_start(x->container, &cs, &number, err);
	}
	arena_release(&a);
	return rc;
}

/* Without a shell of its own a step gets bash where there is one. */
int
job_step_start(struct job_exec *x, const struct plan_step *step, int out,
    int diag, struct err *err)
{
	struct err e = { 0 };

	if (step->shell != NULL)
		return start_with(x, step, step->shell, out, diag, err);
	if (x->default_shell == NULL) {
		if (start_with(x, step, shell_default_first, out, diag,
		    &e) == 0) {
			x->default_shell = shell_default_first;
			return 0;
		}
		if (e.code != ERR_NOT_FOUND)
			return err_set(err, e.code, "%s", e.text);
		x->default_shell = shell_default_second;
	}
	return start_with(x, step, x->default_shell, out, diag, err);
}
