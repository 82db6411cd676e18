/*
 * value_json.h - values of workflows and of expressions as JSON and back, as
 * they are stored with a job's plan.
 *
 * A value of a workflow is an object: what it is under the name of its kind,
 * and its place, [line, column, width]:
 *
 *	{"string": "make", "at": [3, 12, 4]}
 *	{"list": [...], "at": ...}
 *	{"map": [[KEY, VALUE], ...], "at": ...}, also with keys that are values
 *	{"expression": "github.ref", "parts": [...], "at": ...}
 *
 * A value of an expression is what JSON has for it. What JSON has not is an
 * object of one member: {"$number": "NaN"}, and {"$outside": ...} around a
 * string that came from outside, or an object whose names did. Names that
 * begin with "$" have another one in front.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_PIPELINE_VALUE_JSON_H
#define PAWL_PIPELINE_VALUE_JSON_H

#include <jansson.h>
#include "lib/pipeline/expr.h"
#include "lib/pipeline/model.h"

/* Deeper ones are refused: more than files and fromJSON() can make. */
#define VALUE_JSON_MAX_DEPTH 200

/* With aliases little text says much: nothing is added to what is longer, and
 * then it is no JSON. */
#define VALUE_JSON_MAX_BYTES (16 * 1024 * 1024)

/* Append; NULL is null. */
void
value_write(const struct value *v, struct str *out);
void
expr_value_write(const struct expr_value *v, struct str *out);

/*
 * Read what was written, into `a`, and trust nothing: expressions are parsed
 * anew. `yaml`, `type`, `key` and `contexts` are gone. -1: ERR_CORRUPT, or
 * ERR_TOO_LARGE when `a` is exceeded.
 */
int
value_read(const json_t *json, struct arena *a, const struct value **out,
    struct err *err);
/* A text without NUL. */
int
text_read(const json_t *json, struct arena *a, const char **out,
    struct err *err);
int
expr_value_read(const json_t *json, struct arena *a, struct expr_value *out,
    struct err *err);

#endif
