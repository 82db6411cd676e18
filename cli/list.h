/*
 * list.h - the commands that list something: a path, columns, and what is
 * said when nothing is there.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CLI_LIST_H
#define PAWL_CLI_LIST_H

#include "cli/doc.h"

#define LIST_LIMIT_MAX 100000

struct list {
	const char *path;      /* "api/v1/runs", of everything; or NULL */
	const char *repo_path; /* "runs", below api/v1/repos/OWNER/NAME/ when a
	                          word names one; or NULL */
	const char *key;       /* of the array in the document */
	unsigned how;          /* SOURCE_PAGED, or 0 */
	int standard;          /* elements without --limit; 0: all */
	const struct doc_column *columns;
	const char *none;      /* to standard error, for an empty table */
	const char *const *filters; /* options that are arguments of the query
	                               of the same name; ends in NULL; or NULL */
	const char *page;      /* for --web: "runs"; or NULL */
};

/* Read, and print as a table or JSON: an array of the elements. */
int
list_run(struct cli *cli, const struct list *l, struct err *err);

/* The same in two steps. The path with all its arguments, in cli->arena: */
const char *
list_path(struct cli *cli, const struct list *l, struct err *err);
json_t *
list_read(struct cli *cli, const struct list *l, struct err *err);

#endif
