/*
 * badge.h - a status badge as SVG in the looks that shields.io made common,
 * and as the JSON of its endpoint form.
 *
 *	badge.c        what all looks share, and JSON
 *	badge_width.c  how wide a text is
 *	badge_flat.c   flat, flat-square, plastic
 *	badge_large.c  for-the-badge
 *	badge_social.c social
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RENDER_BADGE_H
#define PAWL_RENDER_BADGE_H

#include <stdbool.h>
#include "lib/base/str.h"

enum badge_style {
	BADGE_FLAT, BADGE_FLAT_SQUARE, BADGE_PLASTIC, BADGE_FOR_THE_BADGE,
	BADGE_SOCIAL,
};

struct badge {
	const char *label;   /* left: "build" */
	const char *message; /* right: "passing" */
	const char *color;   /* "#4CAF50" or "#4c1" */
	const char *label_color; /* NULL: dark grey */
	const char *title;   /* shown on hover; NULL: "label: message" */
	const char *note;    /* goes into a comment: makes the size differ
	                        between runs, because nginx's ETag is only
	                        time in seconds and size. May be NULL */
	enum badge_style style;
	const char *logo;    /* address of a picture, left of all; or NULL */
	const char *text_color; /* of the message; NULL: white, or dark on
	                           very light colours, as others do */
};

/* Choose the colour of the message so that it is easiest to read (WCAG 2.2,
 * contrast ratio): white or nearly black. */
void
badge_readable(struct badge *b);

void
badge_svg(const struct badge *b, struct str *out);
void
badge_json(const struct badge *b, struct str *out);

/* "flat", ...; false when it is none. */
bool
badge_style_parse(const char *word, enum badge_style *out);
const char *
badge_style_name(enum badge_style style);

#endif
