/*
 * ansi.h - a line that a program printed for a terminal, as HTML.
 *
 * Colours and the like become spans with classes of our own, addresses of web
 * pages become links; every other escape sequence is dropped, so nothing that
 * a job prints can do more than colour its own text. htdocs/log.js has the
 * twin of this for lines that are fetched later; t/data/ansi.json is what both
 * are tested with.
 *
 * Classes: "c0" to "c15" for the terminal's own colours, "h0" to "h23" for a
 * hue of the larger palettes, in steps of 15 degrees (the brightness is the
 * style sheet's, so that all can be read), "g0" to "g15" for the background
 * with a text that fits; "b" bold, "d" dim, "i", "u", "s", "v" reversed.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_WEB_ANSI_H
#define PAWL_WEB_ANSI_H

#include <stddef.h>
#include "lib/base/str.h"

/* What is switched on; it lasts over lines. */
struct ansi {
	int color;      /* 0 to 15, 16 + hue; -1: the text's own */
	int background; /* 0 to 15, -1 */
	unsigned flags;
};

#define ANSI_INIT { -1, -1, 0 }

/*
 * Append a line without its newline. What stands in front of a carriage return
 * was overwritten. A sequence cut at the end is dropped.
 */
void
ansi_html(struct str *out, struct ansi *state, const char *line, size_t len);

#endif
