/*
 * badge_large.c - for-the-badge: large capitals with room between them.
 *
 * Lengths are hundredths of a pixel: there are quarters.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/render/badge_draw.h"

#include <string.h>

#include "lib/base/utf8.h"

#define HEIGHT 28
#define SPACING 125
#define MARGIN 1200
#define LOGO_MARGIN 900
#define LOGO_GAP 600
#define LOGO (BADGE_LOGO_WIDTH * 100)

struct part {
	const char *text;
	const char *color;
	const char *text_color; /* NULL: by the colour */
	int text_width;
	int text_x; /* its left end */
	int width;  /* of the box; 0: there is none */
};

static size_t
count_characters(const char *s)
{
	size_t left = strlen(s), n, count = 0;

	for (; left > 0; s += n, left -= n, count++)
		if ((n = utf8_char_len(s, left)) == 0)
			n = 1;
	return count;
}

static int
spaced_width(enum badge_font font, const char *text)
{
	return text[0] == '\0' ? 0 : badge_text_width(font, text) * 100 +
	    (int)count_characters(text) * SPACING;
}

static void
place(const struct badge *b, struct part *label, struct part *message)
{
	int before = b->logo != NULL ? LOGO_MARGIN + LOGO + LOGO_GAP : MARGIN;

	*label = (struct part){ .text = b->label, .color = b->label_color !=
	    NULL ? b->label_color : BADGE_LABEL_COLOR, .text_x = before };
	*message = (struct part){ .text = b->message, .color = b->color,
		.text_color = b->text_color };
	label->text_width = spaced_width(BADGE_VERDANA_10, b->label);
	message->text_width = spaced_width(BADGE_VERDANA_BOLD_10, b->message);
	if (b->label[0] != '\0')
		label->width = before + label->text_width + MARGIN;
	else if (b->logo != NULL && b->label_color != NULL)
		label->width = 2 * LOGO_MARGIN + LOGO;
	message->width = 2 * MARGIN + message->text_width;
	message->text_x = label->width + MARGIN;
	if (label->width == 0 && b->logo != NULL) {
		message->text_x += LOGO + LOGO_GAP;
		message->width += LOGO + LOGO_GAP;
	}
}

static void
add_attribute(struct str *out, const char *name, int hundredths)
{
	str_addf(out, " %s=\"", name);
	badge_number(out, hundredths);
	str_add_char(out, '"');
}

static void
add_box(struct str *out, const struct part *p, int x)
{
	str_add(out, "<rect");
	if (x > 0)
		add_attribute(out, "x", x);
	add_attribute(out, "width", p->width);
	str_addf(out, " height=\"%d\" fill=\"%s\"/>", HEIGHT, p->color);
}

static void
add_text(struct str *out, const struct part *p, bool bold)
{
	const char *color = p->text_color;

	if (p->text[0] == '\0')
		return;
	if (color == NULL)
		color = badge_is_light(p->color) ? "#333" : "#fff";
	str_add(out, "<text transform=\"scale(.1)\"");
	add_attribute(out, "x", 10 * p->text_x + 5 * p->text_width);
	str_add(out, " y=\"175\"");
	add_attribute(out, "textLength", 10 * p->text_width);
	str_addf(out, " fill=\"%s\"%s>", color,
	    bold ? " font-weight=\"bold\"" : "");
	badge_text(out, p->text);
	str_add(out, "</text>");
}

/* In capitals, of those letters that have them in ASCII. */
static void
capitals(struct str *out, const char *text)
{
	for (; *text != '\0'; text++)
		str_add_char(out, *text >= 'a' && *text <= 'z' ?
		    (char)(*text - 'a' + 'A') : *text);
}

static void
draw(const struct badge *b, struct str *out)
{
	struct part label, message;

	place(b, &label, &message);
	badge_begin(b, label.width + message.width, HEIGHT, out);
	str_add(out, "<g shape-rendering=\"crispEdges\">");
	if (label.width > 0)
		add_box(out, &label, 0);
	add_box(out, &message, label.width);
	str_add(out, "</g><g fill=\"#fff\" text-anchor=\"middle\" "
	    "font-family=\"Verdana,Geneva,DejaVu Sans,sans-serif\" "
	    "text-rendering=\"geometricPrecision\" font-size=\"100\">");
	badge_logo(b, LOGO_MARGIN / 100, (HEIGHT - BADGE_LOGO_WIDTH) / 2, out);
	add_text(out, &label, false);
	add_text(out, &message, true);
	str_add(out, "</g>");
	badge_end(b, out);
}

void
badge_draw_large(const struct badge *b, struct str *out)
{
	struct str label = STR_INIT, message = STR_INIT;
	struct badge large = *b;

	capitals(&label, b->label);
	capitals(&message, b->message);
	large.label = label.s;
	large.message = message.s;
	draw(&large, out);
	str_release(&label);
	str_release(&message);
}
