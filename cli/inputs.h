/*
 * inputs.h - inputs of a workflow as options, --input NAME=VALUE.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CLI_INPUTS_H
#define PAWL_CLI_INPUTS_H

#include <jansson.h>
#include "cli/cli.h"

/* A new object of texts; NULL when none was given. ERR_INVALID: one has no
 * "=", or a name came twice. */
int
inputs_read(struct cli *cli, json_t **out, struct err *err);

#endif
