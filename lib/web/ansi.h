/*
 * ansi.h - what a program printed for a terminal, as HTML.
 *
 * Colours and bold become spans with classes of our own; every other escape
 * sequence is dropped, so nothing that a job prints can do more than colour
 * its own text. htdocs/pawl.js does the same for what comes later.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_WEB_ANSI_H
#define PAWL_WEB_ANSI_H

#include <stddef.h>
#include "lib/base/str.h"

/* Append `text` as HTML: classes "c0" to "c15" for colours, "b" for bold. A
 * carriage return begins a new line. A sequence cut at the end is dropped. */
void
ansi_html(struct str *out, const char *text, size_t len);

#endif
