/*
 * cmd_run.c - pawl run: the pipeline of a folder, here and now.
 *
 * The same decisions, plans and executor as on a server, but jobs run one
 * after another, their output goes to the terminal, and everything else lives
 * in a temporary folder that is removed at the end.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "cli/cancel.h"
#include "cli/local_run.h"
#include "cli/local_storage.h"
#include "cli/ref.h"
#include "lib/engine/engine.h"
#include "lib/pipeline/graph.h"

const struct cli_option run_options[] = {
	LOCAL_OPTIONS,
	LOCAL_SECRET_OPTIONS,
	{ "job", 'j', "JOB", "only this job, and those it needs", false },
	{ "artifacts", 0, "DIR", "where artifacts go [below the state of "
	    "the user]", false },
	{ "engine", 'e', "ENGINE", "auto, sandbox or docker, as in the "
	                           "configuration", false },
	{ NULL, 0, NULL, NULL, false },
};

/* --- what is wanted ----------------------------------------------------------- */

/* Mark a job with all it needs, and with the stages before it. Depth is that
 * of the graph, which has no circle: graph_build() said so. */
static void
want(struct local_run *run, const struct graph *graph, size_t node)
{
	const struct graph_node *n = &graph->nodes[node];
	/* No id of a job has a blank in it. */
	const char *name = n->job != NULL ? n->job->id :
	    arena_printf(run->local.a, "stage %s", n->name);

	if (map_set(run->wanted, name, run) != NULL)
		return;
	for (size_t i = 0; i < n->n_needs; i++)
		want(run, graph, n->needs[i]);
}

static int
choose_jobs(struct local_run *run, struct map *wanted, struct err *err)
{
	const char *only = args_option(run->local.cli, "job");
	const struct workflow *w = run->local.w;
	const struct workflow_job *job;
	struct graph graph;

	if (only == NULL)
		return 0;
	job = workflow_job_find(w, only);
	if (job == NULL)
		return err_set(err, ERR_NOT_FOUND,
		    "the pipeline has no job \"%s\"; \"pawl plan\" lists them",
		    only);
	run->wanted = wanted;
	/* With a circle there is nothing to run; deciding says it. */
	if (graph_build(w, run->local.a, &run->local.d, &graph) == 0)
		want(run, &graph, (size_t)(job - w->jobs));
	return 0;
}

/* It runs in any case: that was asked for. */
static void
say_trigger(struct local_run *run)
{
	struct event_decision decision;

	event_decide(run->local.w, &run->local.event, run->local.a,
	    &decision);
	if (!decision.starts)
		local_say(run, TERM_DIM, "==>", arena_printf(run->local.a,
		    "a server would not start it: %s", decision.why));
}

/* --- the command ---------------------------------------------------------------- */

static int
find_folder(struct local_run *run, struct err *err)
{
	char *path = realpath(run->local.root, NULL);

	if (path == NULL)
		return err_errno(err, "finding the folder %s",
		    run->local.root);
	run->folder = arena_strdup(run->local.a, path);
	free(path);
	return 0;
}

static int
prepare(struct local_run *run, struct map *wanted, struct err *err)
{
	static const char *const branch[] = { "symbolic-ref", "-q", "HEAD",
		NULL }, *const commit[] = { "rev-parse", "-q", "HEAD", NULL };
	const char *engine = args_option(run->local.cli, "engine");
	const char *ref;

	if (find_folder(run, err) == -1 ||
	    choose_jobs(run, wanted, err) == -1 ||
	    local_secrets(run->local.cli, err) == -1)
		return -1;
	ref = local_git_line(run, branch);
	if (local_event(&run->local, ref != NULL ? ref : "refs/heads/main",
	        local_git_line(run, commit), err) == -1 ||
	    cancel_watch(&run->cancel_fd, err) == -1)
		return -1;
	local_github(run);
	say_trigger(run);
	if (engine != NULL)
		run->local.cli->config.engine = engine;
	return 0;
}

static int
run_here(struct local_run *run, struct err *err)
{
	struct config *config = &run->local.cli->config;
	struct err ignored = { 0 };
	struct local_storage storage;
	int r;

	if (local_dir(run->local.a, &run->dir, err) == -1)
		return -1;
	config->state_dir = run->dir;
	config->run_dir = run->dir;
	local_storage_init(&storage, config, run->folder,
	    args_option(run->local.cli, "artifacts"));
	run->storage = &storage;
	r = local_run(run, err);
	if (storage.n_artifacts > 0)
		local_say(run, TERM_BOLD, "==>", arena_printf(run->local.a,
		    "artifacts are in %s", storage.artifacts));
	local_storage_release(&storage);
	if (engine_remove_folder(config, run->dir, &ignored) == -1)
		fprintf(stderr, "pawl: %s\n", ignored.text);
	return r;
}

int
cmd_run(struct cli *cli, struct err *err)
{
	struct local_run run = { .local = { .cli = cli }, .said = MAP_INIT };
	struct map wanted = MAP_INIT;
	int r = local_open(&run.local, err);

	if (r == 0)
		r = prepare(&run, &wanted, err);
	else if (r == 1)
		r = CLI_FAILED;
	if (r == 0)
		r = run_here(&run, err);
	map_release(&wanted);
	return r;
}
