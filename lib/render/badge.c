/*
 * badge.c - see badge.h.
 *
 * Widths are those of Verdana at 11 px, in hundredths of a pixel, so that a
 * badge looks as wide as others' on the same page. A text's width is the sum,
 * cut to a whole number and raised to an odd one, which keeps its middle on
 * half a pixel.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/render/badge.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/json_text.h"
#include "lib/base/markup.h"
#include "lib/base/mem.h"
#include "lib/base/utf8.h"

#define HEIGHT 20
#define PADDING 5
#define LABEL_COLOR "#555"
#define FIRST_CHAR 0x20
#define OTHER_WIDTH 1070 /* of "m", for what the table does not have */

/* 0x20 to 0x7e */
static const short widths[] = {
	387, 433, 505, 900, 699, 1184, 799, 295, 500, 500, 699, 900, 400, 500,
	400, 500, 699, 699, 699, 699, 699, 699, 699, 699, 699, 699, 500, 500,
	900, 900, 900, 600, 1100, 752, 754, 768, 848, 696, 632, 853, 827, 463,
	500, 762, 612, 927, 823, 866, 663, 866, 765, 752, 678, 805, 752, 1088,
	754, 677, 754, 500, 500, 500, 900, 699, 699, 661, 685, 573, 685, 655,
	387, 685, 696, 302, 379, 651, 302, 1070, 696, 668, 685, 685, 469, 573,
	433, 696, 651, 900, 651, 651, 578, 698, 500, 698, 900,
};

/* One half of a badge: its text and its box. */
struct half {
	const char *text;
	const char *color;
	int x;          /* of the box, px */
	int width;      /* of the box, px; 0: no text */
	int text_x;     /* middle of the text, tenths of px */
	int text_width; /* px */
};

static int
text_width(const char *s)
{
	size_t left = strlen(s), n;
	long sum = 0;
	int width;

	for (; left > 0; s += n, left -= n) {
		size_t i = (size_t)(unsigned char)*s - FIRST_CHAR;

		n = utf8_char_len(s, left);
		if (n == 1 && i < ARRAY_LEN(widths))
			sum += widths[i];
		else
			sum += OTHER_WIDTH;
		n = n == 0 ? 1 : n;
	}
	width = (int)(sum / 100);
	return width % 2 == 0 ? width + 1 : width;
}

/* `overlap`: the message's text stands one pixel nearer to the label. */
static void
half_init(struct half *h, const char *text, const char *color, int x,
    int overlap)
{
	h->text = text;
	h->color = color;
	h->x = x;
	h->width = 0;
	if (text[0] == '\0')
		return;
	h->text_width = text_width(text);
	h->width = h->text_width + 2 * PADDING;
	h->text_x = 10 * (x + overlap) + 5 * h->text_width + 10 * PADDING;
}

/* Is white text hard to read on it? Luma of "#rgb" or "#rrggbb". */
static bool
is_light(const char *color)
{
	unsigned r, g, b;

	if (strlen(color) == 4) {
		if (sscanf(color, "#%1x%1x%1x", &r, &g, &b) != 3)
			return false;
		r *= 17;
		g *= 17;
		b *= 17;
	} else if (sscanf(color, "#%2x%2x%2x", &r, &g, &b) != 3) {
		return false;
	}
	return r * 299 + g * 587 + b * 114 > 69 * 255 * 10;
}

static void
add_text(struct str *out, const char *text)
{
	markup_text(out, text, strlen(text));
}

/* The text twice: its shadow, then itself. */
static void
add_half(struct str *out, const struct half *h)
{
	bool light = is_light(h->color);

	if (h->width == 0)
		return;
	str_addf(out, "<text aria-hidden=\"true\" x=\"%d\" y=\"150\" "
	    "fill=\"%s\" fill-opacity=\".3\" transform=\"scale(.1)\" "
	    "textLength=\"%d\">", h->text_x, light ? "#ccc" : "#010101",
	    h->text_width * 10);
	add_text(out, h->text);
	str_addf(out, "</text><text x=\"%d\" y=\"140\" "
	    "transform=\"scale(.1)\" fill=\"%s\" textLength=\"%d\">",
	    h->text_x, light ? "#333" : "#fff", h->text_width * 10);
	add_text(out, h->text);
	str_add(out, "</text>");
}

static void
add_name(struct str *out, const struct badge *b)
{
	add_text(out, b->label);
	if (b->label[0] != '\0')
		str_add(out, ": ");
	add_text(out, b->message);
}

static void
add_head(struct str *out, const struct badge *b, int width)
{
	str_addf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" "
	    "width=\"%d\" height=\"%d\" role=\"img\" aria-label=\"", width,
	    HEIGHT);
	add_name(out, b);
	str_add(out, "\"><title>");
	if (b->title != NULL)
		add_text(out, b->title);
	else
		add_name(out, b);
	str_add(out, "</title>");
}

static void
add_boxes(struct str *out, const struct half *label,
    const struct half *message)
{
	int width = label->width + message->width;

	str_addf(out, "<linearGradient id=\"s\" x2=\"0\" y2=\"100%%\">"
	    "<stop offset=\"0\" stop-color=\"#bbb\" stop-opacity=\".1\"/>"
	    "<stop offset=\"1\" stop-opacity=\".1\"/></linearGradient>"
	    "<clipPath id=\"r\"><rect width=\"%d\" height=\"%d\" rx=\"3\" "
	    "fill=\"#fff\"/></clipPath><g clip-path=\"url(#r)\">"
	    "<rect width=\"%d\" height=\"%d\" fill=\"%s\"/>"
	    "<rect x=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"/>"
	    "<rect width=\"%d\" height=\"%d\" fill=\"url(#s)\"/></g>",
	    width, HEIGHT, label->width, HEIGHT, label->color, message->x,
	    message->width, HEIGHT, message->color, width, HEIGHT);
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
badge_svg(const struct badge *b, struct str *out)
{
	struct half label, message;

	half_init(&label, b->label,
	    b->label_color != NULL ? b->label_color : LABEL_COLOR, 0, 1);
	if (label.width == 0)
		label.color = b->color;
	half_init(&message, b->message, b->color, label.width,
	    label.width > 0 ? -1 : 0);
	add_head(out, b, label.width + message.width);
	add_boxes(out, &label, &message);
	str_add(out, "<g fill=\"#fff\" text-anchor=\"middle\" "
	    "font-family=\"Verdana,Geneva,DejaVu Sans,sans-serif\" "
	    "text-rendering=\"geometricPrecision\" font-size=\"110\">");
	add_half(out, &label);
	add_half(out, &message);
	str_add(out, "</g>");
	add_note(out, b->note);
	str_add(out, "</svg>\n");
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
	str_add(out, "}\n");
}
