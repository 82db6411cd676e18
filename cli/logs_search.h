/*
 * logs_search.h - lines of many logs, of all repositories or of one.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CLI_LOGS_SEARCH_H
#define PAWL_CLI_LOGS_SEARCH_H

#include "cli/cli.h"

/* CLI_OK when a line was found, CLI_FAILED when none was, as of grep. `repo` is
 * OWNER/NAME or NULL. */
int
logs_search(struct cli *cli, const char *text, const char *repo,
    struct err *err);

#endif
