/*
 * json_out.h - JSON on standard output. The objects are those of
 * lib/render/json.h, which the API answers too.
 *
 * --json=FIELD,... picks fields of the object, or of each of a list; --jq
 * hands what is left to jq(1).
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CLI_JSON_OUT_H
#define PAWL_CLI_JSON_OUT_H

#include <jansson.h>
#include <stdint.h>
#include "cli/cli.h"
#include "lib/base/err.h"

/* Print it, indented, with a newline behind it, and release it. Returns 0, or
 * -1 with err. NULL (no memory for it) is an error. */
int
json_out(struct cli *cli, json_t *value, struct err *err);

/* The same as one line, for streams (NDJSON). */
int
json_out_line(struct cli *cli, json_t *value, struct err *err);

/* A time for programs; 0 is null. */
json_t *
json_out_time(int64_t at_ms);

#endif
