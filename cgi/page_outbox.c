/*
 * page_outbox.c - what waits to be sent, what was given up, and the last tries.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/outbox.h"

#include <inttypes.h>

#include "cgi/page.h"
#include "cgi/page_account.h"
#include "lib/base/clock.h"
#include "lib/base/str.h"
#include "lib/web/arguments.h"

#define TRIES_SHOWN 20

static void
cell(struct page *p, const char *text)
{
	html_markup(p->out, "<td><bdi>");
	html_text(p->out, text != NULL ? text : "");
	html_markup(p->out, "</bdi></td>");
}

static void
add_hosts(struct page *p, const struct outbox_host *hosts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (hosts[i].until_ms <= clock_now_ms())
			continue;
		html_markup(p->out, "<p class=\"reason\" role=\"status\">"
		    "<bdi>");
		html_text(p->out, hosts[i].host);
		html_markup(p->out, "</bdi> is left alone until ");
		page_time(p, hosts[i].until_ms);
		html_markup(p->out, ": <bdi>");
		html_text(p->out, hosts[i].error);
		html_markup(p->out, "</bdi></p>\n");
	}
}

static void
button(struct page *p, const char *address, const char *text)
{
	page_form_begin(p, address, "act");
	html_markup(p->out, "<button>");
	html_text(p->out, text);
	html_markup(p->out, "</button>");
	page_form_end(p);
}

static void
add_message(struct page *p, const struct message *m)
{
	struct str at = STR_INIT;

	str_addf(p->out, "<tr><td>%" PRId64 "</td>", m->id);
	cell(p, machine_state_name(MACHINE_MESSAGE, (int)m->state));
	cell(p, m->kind);
	cell(p, m->topic);
	cell(p, m->host);
	html_markup(p->out, "<td>");
	page_time(p, m->created_at_ms);
	html_markup(p->out, "</td>");
	cell(p, m->error);
	html_markup(p->out, "<td>");
	if (m->state == MESSAGE_FAILED) {
		str_addf(&at, "outbox/%" PRId64 "/replay", m->id);
		button(p, at.s, "Replay");
		str_clear(&at);
		str_addf(&at, "outbox/%" PRId64 "/discard", m->id);
		button(p, at.s, "Discard");
	}
	html_markup(p->out, "</td></tr>\n");
	str_release(&at);
}

static void
add_messages(struct page *p, const struct message *list, size_t n)
{
	if (n == 0) {
		html_markup(p->out, "<p>Nothing waits to be sent.</p>\n");
		return;
	}
	html_markup(p->out, "<table class=\"outbox\"><thead><tr>"
	    "<th scope=\"col\">Number</th><th scope=\"col\">State</th>"
	    "<th scope=\"col\">Kind</th><th scope=\"col\">About</th>"
	    "<th scope=\"col\">Host</th><th scope=\"col\">Since</th>"
	    "<th scope=\"col\">Why not</th><th scope=\"col\">Do</th>"
	    "</tr></thead><tbody>\n");
	for (size_t i = 0; i < n; i++)
		add_message(p, &list[i]);
	html_markup(p->out, "</tbody></table>\n");
	if (n == OUTBOX_PAGE) {
		html_markup(p->out, "<nav class=\"paging\" "
		    "aria-label=\"Paging\"><a rel=\"next\" href=\"");
		page_address(p, "outbox");
		str_addf(p->out, "?before=%" PRId64 "\">Next</a></nav>\n",
		    list[n - 1].id);
	}
}

static void
add_tries(struct page *p, const struct outbox_try *list, size_t n)
{
	if (n == 0)
		return;
	html_markup(p->out, "<h2>Last tries</h2>\n<table class=\"outbox\">"
	    "<thead><tr><th scope=\"col\">When</th>"
	    "<th scope=\"col\">Message</th><th scope=\"col\">Result</th>"
	    "<th scope=\"col\">Kind</th><th scope=\"col\">About</th>"
	    "<th scope=\"col\">Host</th><th scope=\"col\">Why not</th>"
	    "</tr></thead><tbody>\n");
	for (size_t i = 0; i < n; i++) {
		html_markup(p->out, "<tr><td>");
		page_time(p, list[i].at_ms);
		str_addf(p->out, "</td><td>%" PRId64 "</td>",
		    list[i].message);
		cell(p, list[i].result);
		cell(p, list[i].kind);
		cell(p, list[i].topic);
		cell(p, list[i].host);
		cell(p, list[i].error);
		html_markup(p->out, "</tr>\n");
	}
	html_markup(p->out, "</tbody></table>\n");
}

int
page_outbox(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct page p = { .w = w, .req = req, .title = "Outbox" };
	struct store *st = web_store(w, err);
	struct outbox_counts counts;
	struct outbox_host *hosts;
	struct outbox_try *tries;
	struct message *list;
	size_t n, n_hosts, n_tries;
	int64_t before;

	if (st == NULL || arguments_number(req, "before", 1, INT64_MAX, 0, &before,
		err) == -1 ||
	    outbox_count(st, &counts, err) == -1 ||
	    outbox_list(st, -1, before, OUTBOX_PAGE, req->a, &list, &n,
		err) == -1 ||
	    outbox_host_list(st, req->a, &hosts, &n_hosts, err) == -1 ||
	    outbox_tries(st, 0, 0, TRIES_SHOWN, req->a, &tries, &n_tries,
		err) == -1)
		return -1;
	p.crumbs[p.n_crumbs++] = (struct crumb){ "Outbox", NULL };
	page_begin(&p, res);
	html_markup(p.out, "<h1>Outbox</h1>\n<p>");
	str_addf(p.out, "%" PRId64 " waiting, %" PRId64 " given up",
	    counts.queued, counts.dead);
	html_markup(p.out, "</p>\n");
	add_hosts(&p, hosts, n_hosts);
	add_messages(&p, list, n);
	if (counts.dead > 0) {
		button(&p, "outbox/replay", "Replay all");
		button(&p, "outbox/discard", "Discard all");
	}
	add_tries(&p, tries, n_tries);
	page_end(&p);
	return 0;
}

/* Back to the page. */
static int
done(struct web *w, struct response *res, int n)
{
	struct str to = STR_INIT;

	if (n == -1)
		return -1;
	str_addf(&to, "%s/outbox", w->base_path);
	response_see_other(res, to.s);
	str_release(&to);
	return 0;
}

int
page_outbox_replay(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	return done(w, res, outbox_act(w, req, true, err));
}

int
page_outbox_discard(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	return done(w, res, outbox_act(w, req, false, err));
}
