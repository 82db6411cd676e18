/*
 * delivery_out.h - commands that make a delivery, and print its id.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CLI_DELIVERY_OUT_H
#define PAWL_CLI_DELIVERY_OUT_H

#include <jansson.h>
#include "cli/cli.h"

/* POST it; `body` (may be NULL) is released. Prints the id, or the answer as
 * JSON. Returns the exit code, or -1. */
int
delivery_send(struct cli *cli, const char *path, json_t *body,
    struct err *err);

#endif
