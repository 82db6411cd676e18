/*
 * json_schema.h - does a value conform to a JSON Schema? As much of draft-07
 * as `pawl schema` writes; any other word in a schema is a mistake, so that
 * none is left unheeded.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_T_JSON_SCHEMA_H
#define PAWL_T_JSON_SCHEMA_H

#include <jansson.h>
#include <stdbool.h>

/* The first thing in a schema that is none of what is known here, or a $ref
 * to nowhere; NULL: it is right. Valid until the next call. */
const char *
json_schema_problem(const json_t *root);

bool
json_schema_accepts(const json_t *root, const json_t *value);

#endif
