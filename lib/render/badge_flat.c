/*
 * badge_flat.c - flat, flat-square and plastic: two boxes side by side that
 * differ in height, edges and light.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/render/badge_draw.h"

#define PADDING 5
#define LOGO_GAP 3 /* between a logo and a label */

struct form {
	int height;
	int text_y;         /* tenths of px */
	int round;          /* of the edges; 0: none, and no light */
	const char *light;  /* stops of the gradient over all */
};

static const struct form forms[] = {
	[BADGE_FLAT] = { 20, 140, 3,
	    "<stop offset=\"0\" stop-color=\"#bbb\" stop-opacity=\".1\"/>"
	    "<stop offset=\"1\" stop-opacity=\".1\"/>" },
	[BADGE_FLAT_SQUARE] = { 20, 140, 0, NULL },
	[BADGE_PLASTIC] = { 18, 130, 4,
	    "<stop offset=\"0\" stop-color=\"#fff\" stop-opacity=\".7\"/>"
	    "<stop offset=\".1\" stop-color=\"#aaa\" stop-opacity=\".1\"/>"
	    "<stop offset=\".9\" stop-color=\"#000\" stop-opacity=\".3\"/>"
	    "<stop offset=\"1\" stop-color=\"#000\" stop-opacity=\".5\"/>" },
};

/* One half of a badge: its text and its box, px. */
struct half {
	const char *text;
	const char *color;
	const char *text_color; /* NULL: by the colour of the box */
	int x, width;     /* of the box */
	int margin;       /* where the text's own box begins */
	int text_width;
};

static void
place(const struct badge *b, struct half *label, struct half *message)
{
	bool logo = b->logo != NULL;
	bool left = b->label[0] != '\0' || b->label_color != NULL;
	int room = logo ? BADGE_LOGO_WIDTH +
	    (b->label[0] != '\0' ? LOGO_GAP : 0) : 0;

	*label = (struct half){ .text = b->label, .color = b->label_color !=
	    NULL ? b->label_color : BADGE_LABEL_COLOR };
	*message = (struct half){ .text = b->message, .color = b->color,
		.text_color = b->text_color };
	if (b->label[0] != '\0')
		label->text_width = badge_odd_width(BADGE_VERDANA_11,
		    b->label);
	message->text_width = badge_odd_width(BADGE_VERDANA_11, b->message);
	label->width = left ? label->text_width + 2 * PADDING + room : 0;
	label->margin = room + 1;
	message->x = label->width;
	message->margin = label->width - 1;
	message->width = message->text_width + 2 * PADDING;
	if (!left && logo) {
		message->margin += room + PADDING;
		message->width += room + PADDING - 1;
	} else if (!left) {
		label->color = b->color;
		message->margin++;
	}
}

static void
add_text(struct str *out, const struct half *h, const struct form *form)
{
	bool light = badge_is_light(h->color);
	const char *color = light ? "#333" : "#fff";
	int x = 10 * (h->margin + PADDING) + 5 * h->text_width;

	if (h->text[0] == '\0')
		return;
	if (h->text_color != NULL) {
		light = !badge_is_light(h->text_color);
		color = h->text_color;
	}
	if (form->light != NULL) {
		str_addf(out, "<text aria-hidden=\"true\" x=\"%d\" y=\"%d\" "
		    "fill=\"%s\" fill-opacity=\".3\" transform=\"scale(.1)\" "
		    "textLength=\"%d\">", x, form->text_y + 10, light ? "#ccc" :
		    "#010101", h->text_width * 10);
		badge_text(out, h->text);
		str_add(out, "</text>");
	}
	str_addf(out, "<text x=\"%d\" y=\"%d\" transform=\"scale(.1)\" "
	    "fill=\"%s\" textLength=\"%d\">", x, form->text_y, color,
	    h->text_width * 10);
	badge_text(out, h->text);
	str_add(out, "</text>");
}

static void
add_boxes(struct str *out, const struct half *label,
    const struct half *message, const struct form *form)
{
	int width = label->width + message->width, height = form->height;

	if (form->light != NULL)
		str_addf(out, "<linearGradient id=\"s\" x2=\"0\" "
		    "y2=\"100%%\">%s</linearGradient><clipPath id=\"r\">"
		    "<rect width=\"%d\" height=\"%d\" rx=\"%d\" "
		    "fill=\"#fff\"/></clipPath><g clip-path=\"url(#r)\">",
		    form->light, width, height, form->round);
	else
		str_add(out, "<g shape-rendering=\"crispEdges\">");
	str_addf(out, "<rect width=\"%d\" height=\"%d\" fill=\"%s\"/>"
	    "<rect x=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"/>",
	    label->width, height, label->color, message->x, message->width,
	    height, message->color);
	if (form->light != NULL)
		str_addf(out, "<rect width=\"%d\" height=\"%d\" "
		    "fill=\"url(#s)\"/>", width, height);
	str_add(out, "</g>");
}

void
badge_draw_flat(const struct badge *b, struct str *out)
{
	const struct form *form = &forms[b->style];
	struct half label, message;

	place(b, &label, &message);
	badge_begin(b, (label.width + message.width) * 100, form->height, out);
	add_boxes(out, &label, &message, form);
	str_add(out, "<g fill=\"#fff\" text-anchor=\"middle\" "
	    "font-family=\"Verdana,Geneva,DejaVu Sans,sans-serif\" "
	    "text-rendering=\"geometricPrecision\" font-size=\"110\">");
	badge_logo(b, PADDING, (form->height - BADGE_LOGO_WIDTH) / 2, out);
	add_text(out, &label, form);
	add_text(out, &message, form);
	str_add(out, "</g>");
	badge_end(b, out);
}
