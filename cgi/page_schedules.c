/*
 * page_schedules.c - what starts by the clock, in all repositories.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/page_schedules.h"

#include <inttypes.h>

#include "cgi/page_account.h"
#include "lib/base/clock.h"
#include "lib/base/layout.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/web/arguments.h"

#define SHOWN 50

static void
add_button(struct page *p, const struct schedule *s, const char *what,
    const char *text)
{
	struct str to = STR_INIT;

	layout_page_repo(&to, s->owner, s->name);
	str_addf(&to, "/schedules/%" PRId64 "/%s", s->id, what);
	page_form_begin(p, to.s, "act");
	html_markup(p->out, "<button>");
	html_text(p->out, text);
	html_markup(p->out, "</button>");
	page_form_end(p);
	str_release(&to);
}

static void
add_due(struct page *p, const struct schedule *s)
{
	char text[CLOCK_TEXT_SIZE];

	if (s->paused_by != NULL) {
		html_markup(p->out, "paused by <bdi>");
		html_text(p->out, s->paused_by);
		html_markup(p->out, "</bdi>");
	} else if (s->due_at_ms == 0) {
		html_markup(p->out, "never");
	} else {
		str_addf(p->out, "%.10s %.5s UTC",
		    clock_rfc3339(s->due_at_ms, text), text + 11);
	}
}

static void
add_repo(struct page *p, const struct schedule *s)
{
	struct str to = STR_INIT;

	layout_page_repo(&to, s->owner, s->name);
	page_cell(p);
	page_link(p, to.s, arena_printf(p->req->a, "%s/%s", s->owner,
	    s->name));
	str_release(&to);
}

static void
add_schedule(struct page *p, const struct schedule *s, bool with_repo)
{
	page_row(p);
	if (with_repo)
		add_repo(p, s);
	page_cell(p);
	html_markup(p->out, "<bdi>");
	html_text(p->out, s->workflow);
	html_markup(p->out, "</bdi>");
	page_cell(p);
	html_markup(p->out, "<code>");
	html_text(p->out, s->cron);
	html_markup(p->out, "</code> ");
	html_text(p->out, s->timezone);
	page_cell(p);
	add_due(p, s);
	page_cell(p);
	page_time(p, s->fired_at_ms);
	page_cell(p);
	if (page_may(p, ROLE_WRITER, s->owner, s->name)) {
		add_button(p, s, "run", "Run now");
		add_button(p, s, s->paused_by != NULL ? "resume" : "pause",
		    s->paused_by != NULL ? "Resume" : "Pause");
	}
}

void
page_schedule_table(struct page *p, const struct schedule *list, size_t n,
    bool with_repo)
{
	static const char *const heads[] = { "Repository", "Workflow", "When",
		"Next", "Last", "" };
	size_t from = with_repo ? 0 : 1;

	html_markup(p->out, "<div class=\"frame\">");
	page_table_begin(p, "What starts by the clock", heads + from,
	    ARRAY_LEN(heads) - from);
	for (size_t i = 0; i < n; i++)
		add_schedule(p, &list[i], with_repo);
	page_table_end(p);
	html_markup(p->out, "</div>\n");
}

static void
add_none(struct page *p)
{
	page_empty_begin(p, "Nothing starts by the clock");
	html_markup(p->out, "<p>A workflow of a default branch starts by the "
	    "clock when it has <code>schedule</code> under <code>on</code>, "
	    "or when <code>pawl schedule add</code> gives it a time.</p>");
	page_empty_end(p);
}

int
page_schedules(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct page p = { .w = w, .req = req, .title = "Schedules" };
	struct store *st = web_store(w, err);
	struct schedule *list;
	int64_t after;
	size_t n;

	if (st == NULL || arguments_number(req, "after", 1, INT64_MAX, 0,
		&after, err) == -1 ||
	    schedule_list(st, 0, after, SHOWN, req->a, &list, &n, err) == -1)
		return -1;
	page_begin(&p, res);
	page_headline_begin(&p, "Schedules");
	page_headline_end(&p);
	if (n == 0)
		add_none(&p);
	else
		page_schedule_table(&p, list, n, true);
	page_paging(&p, "schedules", after == 0 ? NULL : "", n < SHOWN ?
	    NULL : arena_printf(req->a, "after=%" PRId64, list[n - 1].id));
	page_end(&p);
	return 0;
}
