/*
 * log_filter.h - what jobs print, made fit for a terminal: colours pass, and
 * nothing else that could steer it.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CLI_LOG_FILTER_H
#define PAWL_CLI_LOG_FILTER_H

#include <stddef.h>
#include "lib/base/str.h"

/* Where in a sequence a piece ended; zeroed at the start of a log. */
struct log_filter {
	enum { LOG_TEXT, LOG_ESC, LOG_CSI, LOG_STRING, LOG_STRING_ESC,
		LOG_C2 } state;
	char held[64]; /* of a sequence that may be a colour */
	size_t n;
};

/* Append a piece of a log to `out`: text, tabs, line ends and sequences that
 * set colours (ECMA-48, SGR) as they are; other escape sequences and control
 * characters, also those of two bytes, are left out. */
void
log_filter_add(struct log_filter *f, const char *data, size_t len,
    struct str *out);

#endif
