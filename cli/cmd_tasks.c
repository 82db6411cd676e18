/*
 * cmd_tasks.c - pawl tasks: what Pawl does by itself.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include "cli/list.h"

static const char *
outcome(const json_t *task, struct arena *a)
{
	const char *error = doc_text(task, "error");

	return *error != '\0' ? arena_printf(a, "failed: %s", error) :
	    doc_text(task, "said");
}

static const struct doc_column columns[] = {
	{ "name", DOC_TEXT, TERM_BOLD, NULL },
	{ "what", DOC_TEXT, TERM_PLAIN, NULL },
	{ "when", DOC_TEXT, TERM_DIM, NULL },
	{ "ended_at", DOC_AGO, TERM_PLAIN, NULL },
	{ "next_at", DOC_TIME, TERM_PLAIN, NULL },
	{ NULL, DOC_MADE, TERM_PLAIN, outcome },
	{ NULL, DOC_TEXT, TERM_PLAIN, NULL },
};

int
cmd_tasks(struct cli *cli, struct err *err)
{
	static const struct list list = { .path = "api/v1/tasks",
		.key = "tasks", .columns = columns, .none = "" };

	return list_run(cli, &list, err);
}
