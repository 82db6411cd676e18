/*
 * page_why.c - see page_why.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cgi/page_why.h"

static void
add_line(struct page *p, const struct why_line *l)
{
	html_text(p->out, l->text);
	if (l->file != NULL && l->line > 0 && !why_says_place(l)) {
		html_markup(p->out, " <span class=\"quiet\">(");
		html_text(p->out, l->file);
		str_addf(p->out, ":%d:%d)</span>", l->line, l->col);
	}
}

/* As text; a pre is only there where there is something in it. */
static void
add_values(struct page *p, const struct why_line *l)
{
	if (l->values == NULL)
		return;
	html_markup(p->out, "<pre tabindex=\"0\">");
	html_text(p->out, l->values);
	html_markup(p->out, "</pre>");
}

void
page_why(struct page *p, const struct why *why)
{
	html_markup(p->out, "<details class=\"why\"><summary>Why: ");
	add_line(p, &why->lines[0]);
	html_markup(p->out, "</summary>\n<ol>\n");
	for (size_t i = 1; i < why->n; i++) {
		html_markup(p->out, "<li>");
		page_time(p, why->lines[i].at_ms);
		html_markup(p->out, " ");
		add_line(p, &why->lines[i]);
		add_values(p, &why->lines[i]);
		html_markup(p->out, "</li>\n");
	}
	html_markup(p->out, "</ol></details>\n");
}
