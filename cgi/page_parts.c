/*
 * page_parts.c - pieces that many pages are made of; see page.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/page.h"

#include <string.h>

/* 16 by 16, drawn in the text's colour. */
static const char *const glyphs[] = {
	[GLYPH_SEARCH] = "<circle cx=\"7\" cy=\"7\" r=\"4.5\"/>"
	    "<path d=\"m10.5 10.5 3.5 3.5\"/>",
	[GLYPH_THEME] = "<circle cx=\"8\" cy=\"8\" r=\"6.25\"/>"
	    "<path d=\"M8 1.75a6.25 6.25 0 0 1 0 12.5z\" "
	    "fill=\"currentColor\"/>",
	[GLYPH_KEYS] = "<rect x=\"1.5\" y=\"3.75\" width=\"13\" height=\"8.5\" "
	    "rx=\"1.5\"/><path d=\"M4.25 6.5h.01M7 6.5h.01M9.75 6.5h.01M4.25 "
	    "9.5h7.5M12 6.5h.01\"/>",
	[GLYPH_NOTE] = "<circle cx=\"8\" cy=\"8\" r=\"6.25\"/>"
	    "<path d=\"M8 7.5V11M8 5h.01\"/>",
	[GLYPH_ALERT] = "<path d=\"M8 2 14.5 13.5h-13zM8 6.5v3M8 "
	    "11.5h.01\"/>",
	[GLYPH_CHECK] = "<circle cx=\"8\" cy=\"8\" r=\"6.25\"/>"
	    "<path d=\"m5.25 8.25 2 2 3.5-4\"/>",
};

void
page_glyph(struct page *p, enum glyph glyph)
{
	html_markup(p->out, "<svg class=\"icon\" viewBox=\"0 0 16 16\" "
	    "width=\"16\" height=\"16\" aria-hidden=\"true\">");
	html_markup(p->out, glyphs[glyph]);
	html_markup(p->out, "</svg>");
}

void
page_headline_begin(struct page *p, const char *text)
{
	html_markup(p->out, "<div class=\"headline\"><h1><bdi>");
	html_text(p->out, text);
	html_markup(p->out, "</bdi></h1>");
}

void
page_headline_end(struct page *p)
{
	html_markup(p->out, "</div>\n");
}

/* --- tables --------------------------------------------------------------------- */

static bool
is_number(const char *head)
{
	return head[0] == '>';
}

static const char *
head_text(const char *head)
{
	return is_number(head) ? head + 1 : head;
}

void
page_table_begin(struct page *p, const char *caption,
    const char *const *heads, size_t n)
{
	p->heads = heads;
	p->n_heads = n;
	p->at_cell = 0;
	html_markup(p->out, "<table class=\"grid\"><caption class=\"vh\">");
	html_text(p->out, caption);
	html_markup(p->out, "</caption><thead><tr>");
	for (size_t i = 0; i < n; i++) {
		if (heads[i][0] == '\0') {
			html_markup(p->out, "<td></td>");
			continue;
		}
		html_markup(p->out, is_number(heads[i]) ?
		    "<th scope=\"col\" class=\"num\">" : "<th scope=\"col\">");
		html_text(p->out, head_text(heads[i]));
		html_markup(p->out, "</th>");
	}
	html_markup(p->out, "</tr></thead><tbody>\n");
}

void
page_row(struct page *p)
{
	if (p->at_cell > 0)
		html_markup(p->out, "</td></tr>\n");
	p->at_cell = 0;
	html_markup(p->out, "<tr>");
}

void
page_cell(struct page *p)
{
	const char *head = p->heads[p->at_cell % p->n_heads];

	html_markup(p->out, p->at_cell > 0 ? "</td><td" : "<td");
	if (is_number(head))
		html_markup(p->out, " class=\"num\"");
	if (head[0] != '\0')
		page_attr(p, "data-label", head_text(head));
	html_markup(p->out, ">");
	p->at_cell++;
}

void
page_table_end(struct page *p)
{
	html_markup(p->out, p->at_cell > 0 ?
	    "</td></tr>\n</tbody></table>\n" : "</tbody></table>\n");
	p->heads = NULL;
	p->at_cell = 0;
}

/* --- what is said ----------------------------------------------------------------- */

void
page_empty_begin(struct page *p, const char *title)
{
	html_markup(p->out, "<section class=\"empty\"><h2>");
	html_text(p->out, title);
	html_markup(p->out, "</h2>\n");
}

void
page_empty_end(struct page *p)
{
	html_markup(p->out, "</section>\n");
}

void
page_banner_begin(struct page *p, enum banner kind, const char *strong)
{
	static const struct {
		const char *class;
		enum glyph glyph;
	} kinds[] = {
		[BANNER_INFO] = { "banner info", GLYPH_NOTE },
		[BANNER_GOOD] = { "banner good", GLYPH_CHECK },
		[BANNER_WARNING] = { "banner warning", GLYPH_ALERT },
		[BANNER_ERROR] = { "banner error", GLYPH_ALERT },
	};

	html_markup(p->out, "<div");
	page_attr(p, "class", kinds[kind].class);
	html_markup(p->out, ">");
	page_glyph(p, kinds[kind].glyph);
	html_markup(p->out, "<div>");
	if (strong == NULL)
		return;
	html_markup(p->out, "<strong>");
	html_text(p->out, strong);
	html_markup(p->out, "</strong> ");
}

void
page_banner_end(struct page *p)
{
	html_markup(p->out, "</div></div>\n");
}

void
page_fact(struct page *p, const char *name, const char *value)
{
	if (value == NULL || value[0] == '\0')
		return;
	html_markup(p->out, "<div><dt>");
	html_text(p->out, name);
	html_markup(p->out, "</dt><dd><bdi>");
	html_text(p->out, value);
	html_markup(p->out, "</bdi></dd></div>");
}

void
page_sum(struct page *p, const char *name, const char *value,
    const char *unit)
{
	html_markup(p->out, "<div><dt>");
	html_text(p->out, name);
	html_markup(p->out, "</dt><dd>");
	html_text(p->out, value);
	if (unit != NULL) {
		html_markup(p->out, " <small>");
		html_text(p->out, unit);
		html_markup(p->out, "</small>");
	}
	html_markup(p->out, "</dd></div>");
}

/* --- lists ---------------------------------------------------------------------- */

static void
add_way(struct page *p, const char *begin, const char *address,
    const char *query, const char *text)
{
	html_markup(p->out, begin);
	page_address(p, address);
	if (query[0] != '\0') {
		html_markup(p->out, "?");
		html_attr(p->out, query);
	}
	html_markup(p->out, "\">");
	html_text(p->out, text);
	html_markup(p->out, "</a>");
}

void
page_paging(struct page *p, const char *address, const char *newest,
    const char *older)
{
	if (newest == NULL && older == NULL)
		return;
	html_markup(p->out, "<nav class=\"paging\" aria-label=\"Paging\">");
	if (newest != NULL)
		add_way(p, "<a href=\"", address, newest, "Newest");
	if (older != NULL)
		add_way(p, "<a rel=\"next\" href=\"", address, older, "Older");
	html_markup(p->out, "</nav>\n");
}

void
page_live_begin(struct page *p, const char *id)
{
	html_markup(p->out, "<div");
	page_attr(p, "id", id);
	if (p->events != NULL) {
		html_markup(p->out, " data-events=\"");
		page_address(p, p->events);
		html_markup(p->out, "\"");
	}
	html_markup(p->out, p->live ? " data-live=\"yes\">\n" :
	    " data-live=\"no\">\n");
}

void
page_live_end(struct page *p)
{
	html_markup(p->out, "</div>\n");
}

void
page_attr(struct page *p, const char *name, const char *value)
{
	html_markup(p->out, " ");
	html_markup(p->out, name);
	html_markup(p->out, "=\"");
	html_attr(p->out, value);
	html_markup(p->out, "\"");
}
