/*
 * page_broken.c - see page_broken.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/page_broken.h"

#include <inttypes.h>
#include <string.h>

#include "cgi/page_rows.h"
#include "lib/base/layout.h"
#include "lib/base/str.h"

/* The first line of what was reported, and no more than fits. */
static void
add_cause(struct page *p, const struct board_broken *b)
{
	const char *text = b->message != NULL ? b->message :
	    b->problems != NULL ? b->problems : b->reason;

	if (text == NULL)
		return;
	html_markup(p->out, "<p class=\"said\"><bdi>");
	html_text_len(p->out, text, strcspn(text, "\n"));
	html_markup(p->out, "</bdi></p>");
}

/* "Broken since #12 3 h ago: a1b2c3d4 Title by mona" */
static void
add_since(struct page *p, const struct board_broken *b)
{
	struct str at = STR_INIT;

	html_markup(p->out, "<p class=\"facts\"><span>since ");
	page_time(p, b->since_ms);
	html_markup(p->out, "</span> ");
	if (b->since_number != 0) {
		layout_page_run(&at, b->owner, b->name, b->since_number);
		html_markup(p->out, "<a href=\"");
		page_address(p, at.s);
		str_addf(p->out, "\">#%" PRId64 "</a> ", b->since_number);
		page_sha(p, b->since_sha);
		html_markup(p->out, " <span><bdi>");
		html_text(p->out, b->since_title);
		html_markup(p->out, "</bdi></span> <span>by <bdi>");
		html_text(p->out, b->since_actor);
		html_markup(p->out, "</bdi></span>");
	}
	html_markup(p->out, "</p>");
	str_release(&at);
}

static void
add_one(struct page *p, const struct board_broken *b, bool with_repo)
{
	struct str at = STR_INIT;

	if (b->job != NULL)
		layout_page_job(&at, b->owner, b->name, b->number, b->job);
	else
		layout_page_run(&at, b->owner, b->name, b->number);
	html_markup(p->out, "<li>");
	page_state(p, LOOK_FAILED, NULL);
	html_markup(p->out, "<div class=\"what\"><p class=\"title\">"
	    "<a href=\"");
	page_address(p, at.s);
	html_markup(p->out, "\"><bdi>");
	html_text(p->out, b->workflow);
	if (b->job != NULL) {
		html_markup(p->out, "</bdi>: <bdi>");
		html_text(p->out, b->job_title);
	}
	html_markup(p->out, "</bdi></a></p>");
	add_cause(p, b);
	html_markup(p->out, "<p class=\"facts\">");
	if (with_repo) {
		html_markup(p->out, "<span class=\"repo\">");
		page_repo_link(p, b->owner, b->name);
		html_markup(p->out, "</span> ");
	}
	str_addf(p->out, "<span class=\"number\">#%" PRId64 "</span> "
	    "<span class=\"ref\"><bdi>", b->number);
	html_text(p->out, b->branch);
	html_markup(p->out, "</bdi></span></p>");
	add_since(p, b);
	html_markup(p->out, "</div><p class=\"when\">");
	page_time(p, b->at_ms);
	html_markup(p->out, "</p></li>\n");
	str_release(&at);
}

void
page_broken(struct page *p, const struct board_broken *list, size_t n,
    bool with_repo)
{
	if (n == 0)
		return;
	html_markup(p->out, "<ol class=\"list runs broken\">\n");
	for (size_t i = 0; i < n; i++)
		add_one(p, &list[i], with_repo);
	html_markup(p->out, "</ol>\n");
}
