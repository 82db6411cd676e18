/*
 * logs_search.h - pawl logs --search TEXT [OWNER/NAME].
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CLI_LOGS_SEARCH_H
#define PAWL_CLI_LOGS_SEARCH_H

#include "cli/cli.h"

/* CLI_OK when a line was found, CLI_FAILED when none was, as of grep. */
int
logs_search(struct cli *cli, struct err *err);

#endif
