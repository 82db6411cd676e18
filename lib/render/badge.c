/*
 * badge.c - see badge.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/render/badge_draw.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/json_text.h"
#include "lib/base/markup.h"
#include "lib/base/mem.h"

#define DARK_TEXT "#111"

static const struct {
	const char *name;
	badge_draw_fn *draw;
} styles[] = {
	[BADGE_FLAT] = { "flat", badge_draw_flat },
	[BADGE_FLAT_SQUARE] = { "flat-square", badge_draw_flat },
	[BADGE_PLASTIC] = { "plastic", badge_draw_flat },
	[BADGE_FOR_THE_BADGE] = { "for-the-badge", badge_draw_large },
	[BADGE_SOCIAL] = { "social", badge_draw_social },
};

bool
badge_style_parse(const char *word, enum badge_style *out)
{
	for (size_t i = 0; i < ARRAY_LEN(styles); i++)
		if (strcmp(word, styles[i].name) == 0) {
			*out = (enum badge_style)i;
			return true;
		}
	return false;
}

const char *
badge_style_name(enum badge_style style)
{
	return styles[style].name;
}

/* --- colours ---------------------------------------------------------------------- */

static bool
read_color(const char *color, unsigned rgb[3])
{
	if (strlen(color) != 4)
		return sscanf(color, "#%2x%2x%2x", &rgb[0], &rgb[1],
		    &rgb[2]) == 3;
	if (sscanf(color, "#%1x%1x%1x", &rgb[0], &rgb[1], &rgb[2]) != 3)
		return false;
	for (int i = 0; i < 3; i++)
		rgb[i] *= 17;
	return true;
}

bool
badge_is_light(const char *color)
{
	unsigned rgb[3];

	return read_color(color, rgb) && rgb[0] * 299 + rgb[1] * 587 +
	    rgb[2] * 114 > 69 * 255 * 10;
}

/* Relative luminance, as WCAG defines it; the curve of sRGB is taken by a
 * polynomial that is less than 0.002 away from it. */
static double
luminance(const char *color)
{
	static const double weight[] = { 0.2126, 0.7152, 0.0722 };
	unsigned rgb[3];
	double sum = 0;

	if (!read_color(color, rgb))
		return 0;
	for (int i = 0; i < 3; i++) {
		double c = rgb[i] / 255.0;

		sum += weight[i] *
		    c * (c * (c * 0.305306011 + 0.682171111) + 0.012522878);
	}
	return sum;
}

void
badge_readable(struct badge *b)
{
	double ground = luminance(b->color) + 0.05;

	b->text_color = 1.05 / ground >=
	    ground / (luminance(DARK_TEXT) + 0.05) ? "#fff" : DARK_TEXT;
}

/* --- what all looks share ----------------------------------------------------------- */

void
badge_text(struct str *out, const char *text)
{
	markup_text(out, text, strlen(text));
}

void
badge_number(struct str *out, int hundredths)
{
	str_addf(out, "%d", hundredths / 100);
	if (hundredths % 100 != 0)
		str_addf(out, hundredths % 10 != 0 ? ".%02d" : ".%d",
		    hundredths % 10 != 0 ? hundredths % 100 :
		    hundredths % 100 / 10);
}

static void
add_name(struct str *out, const struct badge *b)
{
	badge_text(out, b->label);
	if (b->label[0] != '\0')
		str_add(out, ": ");
	badge_text(out, b->message);
}

void
badge_begin(const struct badge *b, int width, int height, struct str *out)
{
	str_add(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" ");
	if (b->logo != NULL)
		str_add(out, "xmlns:xlink=\"http://www.w3.org/1999/xlink\" ");
	str_add(out, "width=\"");
	badge_number(out, width);
	str_addf(out, "\" height=\"%d\" role=\"img\" aria-label=\"", height);
	add_name(out, b);
	str_add(out, "\"><title>");
	if (b->title != NULL)
		badge_text(out, b->title);
	else
		add_name(out, b);
	str_add(out, "</title>");
}

/* A comment must not hold "--"; "<" and ">" are left out for readers that
 * do not know comments. */
static void
add_note(struct str *out, const char *note)
{
	if (note == NULL)
		return;
	str_add(out, "<!--");
	for (; *note != '\0'; note++)
		str_add_char(out, strchr("-<>", *note) != NULL ? '.' : *note);
	str_add(out, "-->");
}

void
badge_end(const struct badge *b, struct str *out)
{
	add_note(out, b->note);
	str_add(out, "</svg>\n");
}

void
badge_logo(const struct badge *b, int x, int y, struct str *out)
{
	if (b->logo == NULL)
		return;
	str_addf(out, "<image x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" "
	    "xlink:href=\"", x, y, BADGE_LOGO_WIDTH, BADGE_LOGO_WIDTH);
	badge_text(out, b->logo);
	str_add(out, "\"/>");
}

void
badge_svg(const struct badge *b, struct str *out)
{
	styles[b->style].draw(b, out);
}

/* The keys of shields.io's endpoint form; others are refused there. */
void
badge_json(const struct badge *b, struct str *out)
{
	str_add(out, "{\"schemaVersion\":1,\"label\":");
	json_text(out, b->label);
	str_add(out, ",\"message\":");
	json_text(out, b->message);
	str_add(out, ",\"color\":");
	json_text(out, b->color);
	if (b->style != BADGE_FLAT) {
		str_add(out, ",\"style\":");
		json_text(out, badge_style_name(b->style));
	}
	str_add(out, "}\n");
}
