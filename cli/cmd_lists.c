/*
 * cmd_lists.c - commands that only list: caches, workflows, agents.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "cli/json_out.h"
#include "cli/list.h"
#include "cli/ref.h"
#include "cli/source.h"

#define WORKFLOW_RUNS 5 /* that are shown with it */

const struct cli_option limit_options[] = {
	{ "limit", 'n', "N", "how many [50]", false },
	{ NULL, 0, NULL, NULL, false },
};

/* --- things of a repository ----------------------------------------------- */

int
cmd_cache_list(struct cli *cli, struct err *err)
{
	static const struct doc_column columns[] = {
		{ "id", DOC_TEXT, TERM_BOLD, NULL },
		{ "key", DOC_TEXT, TERM_PLAIN, NULL },
		{ "ref", DOC_TEXT, TERM_PLAIN, NULL },
		{ "size_bytes", DOC_BYTES, TERM_PLAIN, NULL },
		{ "created_at", DOC_AGO, TERM_DIM, NULL },
		{ "used_at", DOC_AGO, TERM_DIM, NULL },
		{ NULL, DOC_TEXT, TERM_PLAIN, NULL },
	};
	static const struct list list = { .repo_path = "caches",
		.key = "caches", .how = SOURCE_PAGED, .standard = 50,
		.columns = columns, .none = "it has no caches" };

	return list_run(cli, &list, err);
}

int
cmd_cache_delete(struct cli *cli, struct err *err)
{
	const char *path = ref_repo_path(cli, cli->words[0], arena_printf(
	    &cli->arena, "caches/%s", ref_encode(cli, cli->words[1])), err);

	if (path == NULL || source_do(cli->source, "DELETE", path, NULL,
	    err) == -1)
		return -1;
	printf("removed cache %s of %s\n", cli->words[1], cli->words[0]);
	return CLI_OK;
}

static const char *
dispatch_text(const json_t *workflow, struct arena *a)
{
	(void)a;
	return doc_flag(workflow, "dispatch") ? "can be dispatched" : "";
}

int
cmd_workflow_list(struct cli *cli, struct err *err)
{
	static const struct doc_column columns[] = {
		{ "path", DOC_TEXT, TERM_BOLD, NULL },
		{ "name", DOC_TEXT, TERM_PLAIN, NULL },
		{ NULL, DOC_MADE, TERM_DIM, dispatch_text },
		{ NULL, DOC_TEXT, TERM_PLAIN, NULL },
	};
	static const struct list list = { .repo_path = "workflows",
		.key = "workflows", .columns = columns,
		.none = "its default branch has no workflows, or nothing was "
		    "pushed yet" };

	return list_run(cli, &list, err);
}

/* The one with this path, file name or name; borrowed from the list. */
static const json_t *
find_workflow(const json_t *list, const char *text, struct err *err)
{
	json_t *workflow;
	size_t i;

	json_array_foreach(list, i, workflow) {
		const char *path = doc_text(workflow, "path");
		const char *slash = strrchr(path, '/');

		if (strcmp(path, text) == 0 || strcmp(doc_text(workflow,
		    "name"), text) == 0 || (slash != NULL && strcmp(slash + 1,
		    text) == 0))
			return workflow;
	}
	err_set(err, ERR_NOT_FOUND, "there is no workflow \"%s\"; \"pawl "
	    "workflow list\" lists them", text);
	return NULL;
}

/* What it is, and its newest runs. */
static int
print_workflow(struct cli *cli, const json_t *workflow, struct err *err)
{
	static const struct doc_column columns[] = {
		{ NULL, DOC_RUN, TERM_BOLD, NULL },
		{ "state", DOC_STATE, TERM_PLAIN, NULL },
		{ "branch", DOC_TEXT, TERM_PLAIN, NULL },
		{ "created_at", DOC_AGO, TERM_DIM, NULL },
		{ NULL, DOC_TOOK, TERM_DIM, NULL },
		{ NULL, DOC_TEXT, TERM_PLAIN, NULL },
	};
	const char *path = ref_repo_path(cli, cli->words[0], arena_printf(
	    &cli->arena, "runs?workflow=%s", ref_encode(cli, doc_text(
	    workflow, "path"))), err);
	json_t *runs = path != NULL ? source_list(cli->source, path, "runs",
	    WORKFLOW_RUNS, SOURCE_PAGED, err) : NULL;
	struct term_table t;

	if (runs == NULL)
		return -1;
	term_table_init(&t, &cli->arena, 2);
	doc_row(&t, "file", doc_text(workflow, "path"));
	doc_row(&t, "name", doc_text(workflow, "name"));
	doc_row(&t, "by hand", doc_flag(workflow, "dispatch") ? "yes" : "no");
	term_table_print(&t, cli->color, stdout);
	if (json_array_size(runs) > 0)
		putchar('\n');
	doc_table(cli, runs, columns);
	json_decref(runs);
	return CLI_OK;
}

int
cmd_workflow_show(struct cli *cli, struct err *err)
{
	const char *path = ref_repo_path(cli, cli->words[0], "workflows",
	    err);
	json_t *list = path != NULL ? source_list(cli->source, path,
	    "workflows", 0, 0, err) : NULL;
	const json_t *workflow = list != NULL ? find_workflow(list,
	    cli->words[1], err) : NULL;
	int rc = -1;

	if (workflow != NULL)
		rc = cli->json ? json_out(cli, json_incref(
		    (json_t *)workflow), err) : print_workflow(cli, workflow,
		    err);
	json_decref(list);
	return rc;
}

/* --- the host ------------------------------------------------------------- */

static const char *
slots_text(const json_t *agent, struct arena *a)
{
	return arena_printf(a, "%" PRId64 " of %" PRId64 " slots used",
	    doc_int(agent, "running"), doc_int(agent, "slots"));
}

static const char *
engines_text(const json_t *agent, struct arena *a)
{
	const char *all = "";
	json_t *engine;
	size_t i;

	json_array_foreach(json_object_get(agent, "engines"), i, engine)
		if (doc_flag(engine, "usable"))
			all = arena_printf(a, "%s%s%s", all, *all != '\0' ?
			    ", " : "", doc_text(engine, "name"));
	return all;
}

int
cmd_agent_list(struct cli *cli, struct err *err)
{
	static const struct doc_column columns[] = {
		{ "name", DOC_TEXT, TERM_BOLD, NULL },
		{ "state", DOC_STATE, TERM_PLAIN, NULL },
		{ NULL, DOC_MADE, TERM_PLAIN, slots_text },
		{ NULL, DOC_MADE, TERM_PLAIN, engines_text },
		{ NULL, DOC_TEXT, TERM_PLAIN, NULL },
	};
	static const struct list list = { .path = "api/v1/agents",
		.key = "agents", .columns = columns };

	return list_run(cli, &list, err);
}
