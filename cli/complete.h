/*
 * complete.h - what may come next on a command line: for the shells' scripts,
 * which ask "pawl __complete WORD...". One line each, "WORD<tab>DESCRIPTION";
 * ":files" and ":folders" let the shell name its own.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CLI_COMPLETE_H
#define PAWL_CLI_COMPLETE_H

#include "cli/cli.h"

/* The words behind "pawl"; the last one is being typed. Returns the exit
 * code. */
int
complete(struct cli *cli, int n, char **words);

#endif
