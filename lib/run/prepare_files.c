/*
 * prepare_files.c - the two folders that a job and its steps share with their
 * runner: the workspace, and what runner and steps give each other.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/prepare.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/pipeline/uses.h"
#include "lib/run/git.h"
#include "lib/run/vars.h"

/* --- what fills them, in a child ------------------------------------------------ */

/* Where the files of an action go, below ENGINE_RUNNER. */
static void
action_name(struct str *out, const char *source)
{
	str_add(out, "actions/");
	path_add_component(out, source);
}

/* In the child: the files of actions in other repositories. */
static int
fill_actions(const struct job_exec *x, struct git *g, struct err *err)
{
	const struct job_order *o = x->order;
	struct str path = STR_INIT;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < o->n_actions; i++) {
		const struct git_checkout what = {
			.mirror = o->actions[i].mirror,
			.sha = o->actions[i].sha, .depth = 1 };

		str_clear(&path);
		str_addf(&path, "%s/runner/", o->work_dir);
		action_name(&path, o->actions[i].source);
		rc = git_checkout(g, &what, path.s, err);
		if (rc == -1)
			err_wrap(err, "checking out the action \"%s\"",
			    o->actions[i].source);
	}
	str_release(&path);
	return rc;
}

/* An action's own path lies below the top of its repository. */
const char *
action_folder(struct job_exec *x, const char *source)
{
	struct uses uses = uses_read(source, &x->arena);
	struct str name = STR_INIT;
	const char *made = NULL;

	if (uses.kind == USES_LOCAL)
		return uses.path[0] == '\0' ? ENGINE_WORKSPACE :
		    arena_printf(&x->arena, ENGINE_WORKSPACE "/%s",
		    uses.path);
	for (size_t i = 0; i < x->order->n_actions && made == NULL; i++) {
		if (strcmp(x->order->actions[i].source, source) != 0)
			continue;
		action_name(&name, source);
		made = arena_printf(&x->arena, ENGINE_RUNNER "/%s%s%s",
		    name.s, uses.path[0] != '\0' ? "/" : "", uses.path);
	}
	str_release(&name);
	return made;
}

int
prepare_fill(void *ctx, task_say_fn say, void *say_ctx, struct err *err)
{
	struct job_exec *x = ctx;
	const struct job_source *source = &x->order->source;
	int64_t began = clock_mono_ms();
	char took[CLOCK_TEXT_SIZE];
	struct git_checkout what;
	struct str done = STR_INIT, workspace = STR_INIT;
	struct err lost = { 0 };
	struct git *g = NULL;
	int rc;

	str_addf(&workspace, "%s/workspace", x->order->work_dir);
	checkout_implied(x, &what);
	rc = git_open(x->order->config, &g, err);
	if (rc == 0 && source->folder != NULL) {
		rc = git_folder_copy(g, source->folder, &what, workspace.s,
		    &lost, err);
		str_addf(&done, "copied \"%s\"%s%s", source->folder,
		    lost.text[0] != '\0' ? " without its history: " : "",
		    lost.text);
	} else if (rc == 0) {
		rc = git_checkout(g, &what, workspace.s, err);
		str_addf(&done, "checked out commit %.12s", source->sha);
	}
	if (rc == 0)
		rc = fill_actions(x, g, err);
	if (rc == 0) {
		str_addf(&done, " in %s", clock_duration(clock_mono_ms() -
		    began, took));
		say(say_ctx, done.s);
	}
	git_close(g);
	str_release(&done);
	str_release(&workspace);
	return rc;
}

/* --- folders ------------------------------------------------------------------ */

static int
open_folder(const char *path, int *fd, struct err *err)
{
	*fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return *fd == -1 ? err_errno(err, "cannot open \"%s\"", path) : 0;
}

/* The event as the forge told it. */
static int
write_event(struct job_exec *x, const char *runner, struct err *err)
{
	const struct expr_value *event = x->order->github == NULL ? NULL :
	    expr_object_member(x->order->github, "event");
	struct str path = STR_INIT, text = STR_INIT;
	int rc;

	str_addf(&path, "%s/" VARS_EVENT, runner);
	if (event != NULL)
		expr_json_write(event, 0, &text);
	else
		str_add(&text, "{}");
	str_add_char(&text, '\n');
	rc = file_replace(path.s, text.s, text.len, 0644, false, err);
	str_release(&path);
	str_release(&text);
	return rc;
}

/* The folder that is ENGINE_RUNNER in the container. */
static int
make_runner(struct job_exec *x, struct err *err)
{
	struct str path = STR_INIT, tools = STR_INIT;
	int rc;

	str_addf(&path, "%s/runner", x->order->work_dir);
	str_addf(&tools, "%s/tools", path.s);
	rc = file_mkdirs(tools.s, 0755, err);
	if (rc == 0)
		rc = write_event(x, path.s, err);
	if (rc == 0)
		rc = open_folder(path.s, &x->runner, err);
	str_release(&path);
	str_release(&tools);
	return rc;
}

static int
make_workspace(struct job_exec *x, struct err *err)
{
	struct str path = STR_INIT;
	int rc;

	str_addf(&path, "%s/workspace", x->order->work_dir);
	rc = file_mkdirs(path.s, 0755, err);
	if (rc == 0)
		rc = open_folder(path.s, &x->workspace, err);
	str_release(&path);
	return rc;
}

int
prepare_folders(struct job_exec *x, struct err *err)
{
	return make_runner(x, err) == -1 ? -1 : make_workspace(x, err);
}
