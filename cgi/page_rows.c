/*
 * page_rows.c - see page_rows.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/page_rows.h"

#include <inttypes.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/layout.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"

/* Below the bars is room for the feet. */
#define BAR_MIN 4
#define FOOT 5

void
page_repo_link(struct page *p, const char *owner, const char *name)
{
	struct str at = STR_INIT;

	layout_page_repo(&at, owner, name);
	html_markup(p->out, "<a href=\"");
	page_address(p, at.s);
	html_markup(p->out, "\"><bdi>");
	html_text(p->out, owner);
	html_markup(p->out, "</bdi>/<bdi>");
	html_text(p->out, name);
	html_markup(p->out, "</bdi></a>");
	str_release(&at);
}

/* --- lists ---------------------------------------------------------------------- */

static void
add_facts(struct page *p, const struct run *run, bool with_repo)
{
	html_markup(p->out, "<p class=\"facts\">");
	if (with_repo) {
		html_markup(p->out, "<span class=\"repo\">");
		page_repo_link(p, run->owner, run->name);
		html_markup(p->out, "</span> ");
	}
	str_addf(p->out, "<span class=\"number\">#%" PRId64 "</span> <span>"
	    "<bdi>", run->number);
	html_text(p->out, run->workflow);
	html_markup(p->out, "</bdi></span> ");
	if (run->attempt > 1)
		str_addf(p->out, "<span>attempt %d</span> ", run->attempt);
	page_ref(p, run);
	html_markup(p->out, " ");
	page_sha(p, run->sha);
	if (run->actor != NULL && run->actor[0] != '\0') {
		html_markup(p->out, " <span>by <bdi>");
		html_text(p->out, run->actor);
		html_markup(p->out, "</bdi></span>");
	}
	html_markup(p->out, "</p>");
}

static void
add_row(struct page *p, const struct run *run, bool with_repo)
{
	struct str at = STR_INIT;

	layout_page_run(&at, run->owner, run->name, run->number);
	html_markup(p->out, "<li>");
	page_state(p, look_run(run->state), NULL);
	html_markup(p->out, "<div class=\"what\"><p class=\"title\">"
	    "<a href=\"");
	page_address(p, at.s);
	html_markup(p->out, "\"><bdi>");
	html_text(p->out, page_run_title(run));
	html_markup(p->out, "</bdi></a></p>");
	add_facts(p, run, with_repo);
	html_markup(p->out, "</div><p class=\"when\">");
	page_time(p, run->created_at_ms);
	page_duration(p, run->started_at_ms, run->finished_at_ms);
	html_markup(p->out, "</p></li>\n");
	str_release(&at);
}

void
page_rows(struct page *p, const struct run *runs, size_t n, bool with_repo)
{
	if (n == 0)
		return;
	html_markup(p->out, "<ol class=\"list runs\">\n");
	for (size_t i = 0; i < n; i++)
		add_row(p, &runs[i], with_repo);
	html_markup(p->out, "</ol>\n");
}

bool
page_rows_live(const struct run *runs, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!machine_terminal(MACHINE_RUN, (int)runs[i].state))
			return true;
	}
	return false;
}

/* --- strips --------------------------------------------------------------------- */

static int64_t
bar_ms(const struct page *p, const struct board_bar *b)
{
	int64_t end_ms = b->finished_at_ms != 0 ? b->finished_at_ms :
	    p->now_ms;

	return b->started_at_ms == 0 || end_ms < b->started_at_ms ? 0 :
	    end_ms - b->started_at_ms;
}

static int64_t
longest_ms(const struct page *p, const struct board_bar *bars, size_t n)
{
	int64_t longest = 1;

	for (size_t i = 0; i < n; i++) {
		if (bar_ms(p, &bars[i]) > longest)
			longest = bar_ms(p, &bars[i]);
	}
	return longest;
}

/* "Newest 20 runs: 18 succeeded, 2 failed" */
static void
add_label(struct page *p, const struct board_bar *bars, size_t n)
{
	size_t counts[LOOK_N] = { 0 };

	str_addf(p->out, n == 1 ? " aria-label=\"Newest run:" :
	    " aria-label=\"Newest %zu runs:", n);
	for (size_t i = 0; i < n; i++)
		counts[look_run(bars[i].state)]++;
	for (size_t i = 0, before = 0; i < LOOK_N; i++) {
		if (counts[i] == 0)
			continue;
		str_addf(p->out, "%s %zu %s", before++ > 0 ? "," : "",
		    counts[i], look_word((enum look)i));
	}
	html_markup(p->out, "\"");
}

static void
add_bar(struct page *p, const struct board_bar *b,
    const struct page_strip *strip, size_t slot, int64_t longest)
{
	enum look look = look_run(b->state);
	int64_t ms = bar_ms(p, b);
	int room = strip->height - FOOT;
	int h = BAR_MIN + (int)((room - BAR_MIN) * ms / longest);
	int x = (int)slot * (strip->bar + strip->gap);
	char buf[CLOCK_TEXT_SIZE];

	str_addf(p->out, "<g class=\"%s\"><title>#%" PRId64 " %s",
	    look_word(look), b->number, look_word(look));
	if (b->started_at_ms != 0)
		str_addf(p->out, ", %s", clock_duration(ms, buf));
	if (strip->names) {
		html_markup(p->out, ", ");
		html_text(p->out, b->workflow);
		html_markup(p->out, ": ");
		html_text(p->out, b->title);
	}
	str_addf(p->out, "</title><rect x=\"%d\" y=\"%d\" width=\"%d\" "
	    "height=\"%d\" rx=\"1\"/>", x, room - h, strip->bar, h);
	if (look == LOOK_FAILED)
		str_addf(p->out, "<rect x=\"%d\" y=\"%d\" width=\"%d\" "
		    "height=\"3\"/>", x, strip->height - 3, strip->bar);
	html_markup(p->out, "</g>");
}

void
page_strip(struct page *p, const struct board_bar *bars, size_t n,
    const struct page_strip *strip)
{
	int64_t longest = longest_ms(p, bars, n);
	int width = strip->slots * (strip->bar + strip->gap) - strip->gap;

	if (n == 0)
		return;
	str_addf(p->out, "<svg class=\"strip\" viewBox=\"0 0 %d %d\" "
	    "width=\"%d\" height=\"%d\" role=\"img\"", width, strip->height,
	    width, strip->height);
	add_label(p, bars, n);
	html_markup(p->out, ">");
	for (size_t i = 0; i < n; i++)
		add_bar(p, &bars[i], strip, (size_t)strip->slots - n + i,
		    longest);
	html_markup(p->out, "</svg>");
}
