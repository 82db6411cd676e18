/*
 * percent.h - percent-encoding (RFC 3986, section 2.1).
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_BASE_PERCENT_H
#define PAWL_BASE_PERCENT_H

#include <stdbool.h>
#include <stddef.h>
#include "lib/base/str.h"

enum {
	PERCENT_PLUS = 1,    /* "+" is a blank, as in forms and queries */
	PERCENT_LENIENT = 2, /* a "%" without two hex digits is itself */
};

/* Append `s` decoded. False when a "%" is not followed by two hex digits
 * (unless lenient) or stands for NUL; what came before it is in `out`. */
bool
percent_decode(struct str *out, const char *s, size_t len, unsigned flags);

/* Append `s` with everything but letters, digits and "-._~" encoded. */
void
percent_encode(struct str *out, const char *s);

#endif
