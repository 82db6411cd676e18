/*
 * check.h - values against the types of describe.h: for arguments.c and
 * fields.c.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_WEB_CHECK_H
#define PAWL_WEB_CHECK_H

#include "lib/web/describe.h"
#include "lib/web/request.h"

#define CHECK_MAX_WRONG 20 /* mistakes that are told of one request */
#define CHECK_TIME_TEXT \
	"a time as RFC 3339 has it, such as 2026-01-31T08:00:00Z"

/* The row of a name, or NULL. */
const struct field_doc *
check_find(const struct field_doc *list, const char *name);

/* Is a text of this type? NULL: it is; else what it must be, in words. */
const char *
check_text(const struct field_doc *doc, const char *value, struct arena *a);

/* Is `value` one of "this|that"? */
bool
check_is_word(const char *words, const char *value);

/* "a whole number from 1 to 100". */
const char *
check_bounds_text(struct arena *a, int64_t min, int64_t max);

/* That there is no such argument or field (`what`), and which is near. */
const char *
check_unknown(const struct field_doc *list, const char *name,
    const char *what, struct arena *a);

/* Note a mistake; texts live in the request's arena. */
void
check_wrong(struct request *req, const char *argument, const char *pointer,
    const char *text);

#endif
