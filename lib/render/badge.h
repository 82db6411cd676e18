/*
 * badge.h - a status badge as SVG in the flat look that shields.io made
 * common, and as the JSON of its endpoint form.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RENDER_BADGE_H
#define PAWL_RENDER_BADGE_H

#include "lib/base/str.h"

struct badge {
	const char *label;   /* left: "build" */
	const char *message; /* right: "passing" */
	const char *color;   /* "#4CAF50" or "#4c1" */
	const char *label_color; /* NULL: dark grey */
	const char *title;   /* shown on hover; NULL: "label: message" */
	const char *note;    /* goes into a comment: makes the size differ
	                        between runs, because nginx's ETag is only
	                        time in seconds and size. May be NULL */
};

void
badge_svg(const struct badge *b, struct str *out);
void
badge_json(const struct badge *b, struct str *out);

#endif
