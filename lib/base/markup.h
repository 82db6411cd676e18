/*
 * markup.h - text between tags and in quoted attributes of HTML and XML.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_BASE_MARKUP_H
#define PAWL_BASE_MARKUP_H

#include <stddef.h>
#include "lib/base/str.h"

/*
 * Append `text` escaped. Control characters other than tab and newline, bytes
 * that are not UTF-8, and the characters that reorder text, with which a name
 * could lie, become U+FFFD: so the result is well-formed XML too.
 */
void
markup_text(struct str *out, const char *text, size_t len);

#endif
