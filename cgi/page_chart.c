/*
 * page_chart.c - see page_chart.h.
 *
 * A picture is as wide as there is room: its lines keep their width by
 * vector-effect, and its words stand beside it as text, so that they stay
 * legible on a phone.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/page_chart.h"

#include <inttypes.h>

#include "lib/base/str.h"

#define COLUMN 10 /* width; a bar leaves two of it empty */
#define HEIGHT 120

static int64_t
highest(const struct chart *c, bool stacked)
{
	int64_t most = 1;

	for (size_t i = 0; i < c->n; i++) {
		int64_t sum = 0;

		for (size_t k = 0; k < c->n_rows; k++) {
			int64_t value = c->rows[k].values[i];

			if (value < 0)
				continue;
			sum = stacked ? sum + value : value;
			if (sum > most)
				most = sum;
		}
	}
	return most;
}

static void
begin(struct page *p, const struct chart *c)
{
	html_markup(p->out, "<figure class=\"chart\"><figcaption><h2>");
	html_text(p->out, c->title);
	html_markup(p->out, "</h2><ul class=\"legend\">");
	for (size_t k = 0; k < c->n_rows; k++) {
		html_markup(p->out, "<li");
		page_attr(p, "class", c->rows[k].class);
		html_markup(p->out, ">");
		html_text(p->out, c->rows[k].name);
		html_markup(p->out, "</li>");
	}
	html_markup(p->out, "</ul></figcaption><p class=\"top-mark\">");
	html_text(p->out, c->top);
	str_addf(p->out, "</p><svg viewBox=\"0 0 %zu %d\" "
	    "preserveAspectRatio=\"none\" role=\"img\"", c->n * COLUMN,
	    HEIGHT);
	page_attr(p, "aria-label", c->about);
	html_markup(p->out, ">");
}

static void
end(struct page *p, const struct chart *c)
{
	html_markup(p->out, "</svg><p class=\"ends\"><span>");
	html_text(p->out, c->first);
	html_markup(p->out, "</span><span>");
	html_text(p->out, c->last);
	html_markup(p->out, "</span></p></figure>\n");
}

/* What is said when a column is pointed at; it takes the whole height. */
static void
add_label(struct page *p, const struct chart *c, size_t i)
{
	html_markup(p->out, "<title>");
	html_text(p->out, c->labels[i]);
	str_addf(p->out, "</title><rect class=\"touch\" x=\"%zu\" y=\"0\" "
	    "width=\"%d\" height=\"%d\"/>", i * COLUMN, COLUMN, HEIGHT);
}

void
page_chart_bars(struct page *p, const struct chart *c)
{
	int64_t most = highest(c, true);

	begin(p, c);
	for (size_t i = 0; i < c->n; i++) {
		int64_t below = 0;

		html_markup(p->out, "<g>");
		add_label(p, c, i);
		for (size_t k = 0; k < c->n_rows; k++) {
			int64_t value = c->rows[k].values[i];
			int64_t y = HEIGHT - (below + value) * HEIGHT / most;

			if (value <= 0)
				continue;
			html_markup(p->out, "<rect");
			page_attr(p, "class", c->rows[k].class);
			str_addf(p->out, " x=\"%zu\" y=\"%" PRId64
			    "\" width=\"%d\" height=\"%" PRId64 "\"/>",
			    i * COLUMN + 1, y, COLUMN - 2,
			    HEIGHT - below * HEIGHT / most - y);
			below += value;
		}
		html_markup(p->out, "</g>");
	}
	end(p, c);
}

/* A line is broken where there is no value; one alone is a short dash. */
static void
add_line(struct page *p, const struct chart *c, size_t row, int64_t most)
{
	const int64_t *values = c->rows[row].values;
	bool drawing = false;

	html_markup(p->out, "<path");
	page_attr(p, "class", c->rows[row].class);
	html_markup(p->out, " d=\"");
	for (size_t i = 0; i < c->n; i++) {
		int64_t y;

		if (values[i] < 0) {
			drawing = false;
			continue;
		}
		y = HEIGHT - 2 - values[i] * (HEIGHT - 4) / most;
		str_addf(p->out, "%s%zu %" PRId64, drawing ? "L" : "M",
		    i * COLUMN + COLUMN / 2 - (drawing ? 0 : 2), y);
		if (!drawing)
			str_addf(p->out, "h4");
		drawing = true;
	}
	html_markup(p->out, "\"/>");
}

void
page_chart_lines(struct page *p, const struct chart *c)
{
	int64_t most = highest(c, false);

	begin(p, c);
	for (size_t k = 0; k < c->n_rows; k++)
		add_line(p, c, k, most);
	for (size_t i = 0; i < c->n; i++) {
		html_markup(p->out, "<g>");
		add_label(p, c, i);
		html_markup(p->out, "</g>");
	}
	end(p, c);
}
