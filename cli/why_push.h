/*
 * why_push.h - why a push or a pull request started runs, or none.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CLI_WHY_PUSH_H
#define PAWL_CLI_WHY_PUSH_H

#include "cli/cli.h"

/* Of the newest delivery that tells of "OWNER/NAME@COMMIT" or a branch or tag
 * in its place. Returns an enum cli_exit, or -1. */
int
why_push(struct cli *cli, const char *text, struct err *err);

#endif
