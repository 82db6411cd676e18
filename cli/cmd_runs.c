/*
 * cmd_runs.c - pawl runs: the newest runs.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include "cli/list.h"
#include "cli/source.h"

const struct cli_option runs_options[] = {
	{ "limit", 'n', "N", "how many [20]", false },
	{ "branch", 'b', "BRANCH", "only of this branch", false },
	{ "state", 's', "STATE", "only pending, running, succeeded, failed, "
	    "cancelled or skipped", false },
	{ "event", 'e', "EVENT", "only those that it started", false },
	{ "actor", 'u', "WHO", "only those that they started", false },
	{ "workflow", 'w', "NAME", "only of this workflow", false },
	{ NULL, 0, NULL, NULL, false },
};

static const char *const filters[] = { "branch", "state", "event", "actor",
	"workflow", NULL };

static const struct doc_column columns[] = {
	{ NULL, DOC_RUN, TERM_BOLD, NULL },
	{ "state", DOC_STATE, TERM_PLAIN, NULL },
	{ "workflow", DOC_TEXT, TERM_PLAIN, NULL },
	{ "branch", DOC_TEXT, TERM_PLAIN, NULL },
	{ "sha", DOC_SHA, TERM_DIM, NULL },
	{ "created_at", DOC_AGO, TERM_DIM, NULL },
	{ NULL, DOC_TOOK, TERM_DIM, NULL },
	{ "title", DOC_TEXT, TERM_PLAIN, NULL },
	{ NULL, DOC_TEXT, TERM_PLAIN, NULL },
};

int
cmd_runs(struct cli *cli, struct err *err)
{
	static const struct list list = {
		.path = "api/v1/runs", .repo_path = "runs", .key = "runs",
		.how = SOURCE_PAGED, .standard = 20, .columns = columns, .filters = filters,
		.page = "runs",
		.none = "no runs yet; \"pawl inbox list\" shows what came in",
	};

	return list_run(cli, &list, err);
}
