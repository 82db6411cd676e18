/*
 * badge_social.c - social: a button with a bubble, both in grey.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/render/badge_draw.h"

#define HEIGHT 20
#define PADDING 5
#define GUTTER 6   /* between button and bubble */
#define LOGO_GAP 3

static const char lights[] =
    "<style>a:hover #llink { fill: url(#b); stroke: #ccc; } "
    "a:hover #rlink { fill: #4183c4; }</style>"
    "<linearGradient id=\"a\" x2=\"0\" y2=\"100%\">"
    "<stop offset=\"0\" stop-color=\"#fcfcfc\" stop-opacity=\"0\"/>"
    "<stop offset=\"1\" stop-opacity=\".1\"/></linearGradient>"
    "<linearGradient id=\"b\" x2=\"0\" y2=\"100%\">"
    "<stop offset=\"0\" stop-color=\"#ccc\" stop-opacity=\".1\"/>"
    "<stop offset=\"1\" stop-opacity=\".1\"/></linearGradient>";

static void
add_boxes(struct str *out, int button, int bubble)
{
	str_addf(out, "<g stroke=\"#d5d5d5\"><rect stroke=\"none\" "
	    "fill=\"#fcfcfc\" x=\"0.5\" y=\"0.5\" width=\"%d\" "
	    "height=\"19\" rx=\"2\"/>", button);
	if (bubble > 0) {
		int x = button + GUTTER;

		str_addf(out, "<rect x=\"%d.5\" y=\"0.5\" width=\"%d\" "
		    "height=\"19\" rx=\"2\" fill=\"#fafafa\"/>"
		    "<rect x=\"%d\" y=\"7.5\" width=\"0.5\" height=\"5\" "
		    "stroke=\"#fafafa\"/><path d=\"M%d.5 6.5 l-3 3v1 l3 3\" "
		    "stroke=\"d5d5d5\" fill=\"#fafafa\"/>", x, bubble, x, x);
	}
	str_add(out, "</g>");
}

static void
add_text(struct str *out, const char *text, const char *id, int x, int width)
{
	str_addf(out, "<text aria-hidden=\"true\" x=\"%d\" y=\"150\" "
	    "fill=\"#fff\" transform=\"scale(.1)\" textLength=\"%d\">", x,
	    width * 10);
	badge_text(out, text);
	str_addf(out, "</text><text %sx=\"%d\" y=\"140\" "
	    "transform=\"scale(.1)\" textLength=\"%d\">", id, x, width * 10);
	badge_text(out, text);
	str_add(out, "</text>");
}

static void
draw(const struct badge *b, struct str *out)
{
	int logo = b->logo == NULL ? 0 :
	    BADGE_LOGO_WIDTH + (b->label[0] != '\0' ? LOGO_GAP : 0);
	int left = badge_odd_width(BADGE_HELVETICA_BOLD_11, b->label);
	int right = badge_odd_width(BADGE_HELVETICA_BOLD_11, b->message);
	int button = logo + left + 2 * PADDING;
	int bubble = b->message[0] != '\0' ? right + 2 * (PADDING - 1) : 0;

	badge_begin(b, (button + 1 + (bubble > 0 ? GUTTER + bubble : 0)) * 100,
	    HEIGHT, out);
	str_add(out, lights);
	add_boxes(out, button, bubble);
	badge_logo(b, PADDING, 3, out);
	str_addf(out, "<g aria-hidden=\"true\" fill=\"#333\" "
	    "text-anchor=\"middle\" font-family=\"Helvetica Neue,Helvetica,"
	    "Arial,sans-serif\" text-rendering=\"geometricPrecision\" "
	    "font-weight=\"700\" font-size=\"110px\" line-height=\"14px\">"
	    "<rect id=\"llink\" stroke=\"#d5d5d5\" fill=\"url(#a)\" "
	    "x=\".5\" y=\".5\" width=\"%d\" height=\"19\" rx=\"2\"/>", button);
	add_text(out, b->label, "", 10 * (logo + PADDING) + 5 * left, left);
	if (bubble > 0)
		add_text(out, b->message, "id=\"rlink\" ",
		    10 * (button + GUTTER) + 5 * bubble, right);
	str_add(out, "</g>");
	badge_end(b, out);
}

void
badge_draw_social(const struct badge *b, struct str *out)
{
	struct str label = STR_INIT;
	struct badge social = *b;

	str_add(&label, b->label);
	if (label.len > 0 && label.s[0] >= 'a' && label.s[0] <= 'z')
		label.s[0] = (char)(label.s[0] - 'a' + 'A');
	social.label = label.s;
	draw(&social, out);
	str_release(&label);
}
