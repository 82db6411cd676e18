/*
 * body.h - the fields of a body: a form or a JSON object, read alike.
 *
 * A handler asks for its fields by name and type; errors (ERR_INVALID) name
 * the field. Texts of a form count as numbers and flags where those are
 * asked for; in JSON types are as they are written. An empty body has no
 * fields.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_WEB_BODY_H
#define PAWL_WEB_BODY_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "lib/web/problem.h"

#define BODY_MAX_FIELDS 256

/* Read req->body into req->fields. 1, or 0 with `no`: malformed, or neither
 * a form (application/x-www-form-urlencoded) nor JSON. */
int
body_read(struct request *req, struct denial *no);
void
body_release(struct request *req);

/* Of a form, "a=b&c=d" of `len` bytes: an object of texts, or NULL with err. */
json_t *
body_parse_form(const char *s, size_t len, struct err *err);

/* Any field, borrowed; NULL when it is absent or null. */
json_t *
body_value(const struct request *req, const char *name);

/* Each sets *out, to NULL, false or `standard` when the field is absent. A
 * text of a form that is empty is absent. 0, or -1. */
int
body_text(const struct request *req, const char *name, size_t max_bytes,
    const char **out, struct err *err);
int
body_flag(const struct request *req, const char *name, bool *out,
    struct err *err);
int
body_number(const struct request *req, const char *name, int64_t min,
    int64_t max, int64_t standard, int64_t *out, struct err *err);

/* Refuse a field that is not in `names`, which ends in NULL. Nothing that is
 * misspelt is silently left out. */
int
body_only(const struct request *req, const char *const *names,
    struct err *err);

#endif
