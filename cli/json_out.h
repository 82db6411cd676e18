/*
 * json_out.h - JSON on standard output. The objects are those of
 * lib/render/json.h, which the API answers too.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CLI_JSON_OUT_H
#define PAWL_CLI_JSON_OUT_H

#include <jansson.h>
#include <stdint.h>
#include "lib/base/err.h"

/* Print it, indented, with a newline behind it, and release it. Returns 0, or
 * -1 with err. NULL (no memory for it) is an error. */
int
json_out(json_t *value, struct err *err);

/* A time for programs; 0 is null. */
json_t *
json_out_time(int64_t at_ms);

#endif
