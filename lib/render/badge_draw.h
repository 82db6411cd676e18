/*
 * badge_draw.h - what the looks of badges share: for lib/render/badge*.c.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RENDER_BADGE_DRAW_H
#define PAWL_RENDER_BADGE_DRAW_H

#include <stdbool.h>
#include "lib/render/badge.h"

#define BADGE_LABEL_COLOR "#555"
#define BADGE_LOGO_WIDTH 14 /* px, and its height */

enum badge_font {
	BADGE_VERDANA_11, BADGE_VERDANA_10, BADGE_VERDANA_BOLD_10,
	BADGE_HELVETICA_BOLD_11,
};

/* Whole px, as others cut it. */
int
badge_text_width(enum badge_font font, const char *text);
/* The same made odd, which keeps the middle on half a pixel. */
int
badge_odd_width(enum badge_font font, const char *text);

/* Is white text hard to read on it, as others see it? "#rgb" or "#rrggbb". */
bool
badge_is_light(const char *color);

/* "<svg ...><title>...</title>"; `width` in hundredths of a px. */
void
badge_begin(const struct badge *b, int width, int height, struct str *out);
void
badge_end(const struct badge *b, struct str *out);

/* Text, escaped. */
void
badge_text(struct str *out, const char *text);

/* A number of hundredths: "72.5". */
void
badge_number(struct str *out, int hundredths);

/* The logo at a place in px. Nothing without one. */
void
badge_logo(const struct badge *b, int x, int y, struct str *out);

typedef void badge_draw_fn(const struct badge *b, struct str *out);
badge_draw_fn badge_draw_flat, badge_draw_large, badge_draw_social;

#endif
