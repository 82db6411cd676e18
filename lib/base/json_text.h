/*
 * json_text.h - text as a JSON string, for what is written a line at a time
 * (log lines, log indexes). Documents are built with jansson.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_BASE_JSON_TEXT_H
#define PAWL_BASE_JSON_TEXT_H

#include "lib/base/str.h"

/* Append `text` quoted and escaped (RFC 8259, section 7). Bytes that are not
 * UTF-8 become U+FFFD, one for each. */
void
json_text(struct str *out, const char *text);

/* "name": in front of the next member of an object, or the comma in front of
 * the next item of a list; with ", " unless it is the first. */
void
json_text_name(struct str *out, const char *name);
void
json_text_next(struct str *out);

#endif
