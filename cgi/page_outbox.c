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
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/web/arguments.h"

#define TRIES_SHOWN 20

static void
cell(struct page *p, const char *text)
{
	page_cell(p);
	html_markup(p->out, "<bdi>");
	html_text(p->out, text != NULL ? text : "");
	html_markup(p->out, "</bdi>");
}

static void
add_hosts(struct page *p, const struct outbox_host *hosts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (hosts[i].until_ms <= clock_now_ms())
			continue;
		page_banner_begin(p, BANNER_WARNING, hosts[i].host);
		html_markup(p->out, "is left alone until ");
		page_time(p, hosts[i].until_ms);
		html_markup(p->out, ": <bdi>");
		html_text(p->out, hosts[i].error);
		html_markup(p->out, "</bdi>");
		page_banner_end(p);
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
	page_row(p);
	page_cell(p);
	page_state(p, m->state == MESSAGE_FAILED ? LOOK_FAILED :
	    LOOK_PENDING, m->state == MESSAGE_FAILED ? "given up" :
	    machine_state_name(MACHINE_MESSAGE, (int)m->state));
	cell(p, m->kind);
	cell(p, m->topic);
	cell(p, m->host);
	cell(p, m->error);
	page_cell(p);
	page_time(p, m->created_at_ms);
	page_cell(p);
	if (m->state == MESSAGE_FAILED) {
		button(p, arena_printf(p->req->a, "outbox/%" PRId64 "/replay",
		    m->id), "Replay");
		button(p, arena_printf(p->req->a, "outbox/%" PRId64
		    "/discard", m->id), "Discard");
	}
}

static void
add_messages(struct page *p, const struct message *list, size_t n,
    int64_t before)
{
	static const char *const heads[] = { "State", "Kind", "About", "Host",
		"Why not", ">Since", "" };

	if (n == 0) {
		page_empty_begin(p, "Nothing waits to be sent");
		html_markup(p->out, "<p>Commit statuses and notifications stand "
		    "here until their host has taken them, and those that "
		    "were given up until somebody replays or discards "
		    "them.</p>");
		page_empty_end(p);
		return;
	}
	html_markup(p->out, "<div class=\"frame\">");
	page_table_begin(p, "Messages", heads, ARRAY_LEN(heads));
	for (size_t i = 0; i < n; i++)
		add_message(p, &list[i]);
	page_table_end(p);
	html_markup(p->out, "</div>\n");
	page_paging(p, "outbox", before == 0 ? NULL : "", n < OUTBOX_PAGE ?
	    NULL : arena_printf(p->req->a, "before=%" PRId64,
	    list[n - 1].id));
}

static void
add_tries(struct page *p, const struct outbox_try *list, size_t n)
{
	static const char *const heads[] = { "When", "Result", "Kind",
		"About", "Host", "Why not", ">Message" };

	if (n == 0)
		return;
	html_markup(p->out, "<h2>Last tries</h2>\n<div class=\"frame\">");
	page_table_begin(p, "Last tries", heads, ARRAY_LEN(heads));
	for (size_t i = 0; i < n; i++) {
		page_row(p);
		page_cell(p);
		page_time(p, list[i].at_ms);
		cell(p, list[i].result);
		cell(p, list[i].kind);
		cell(p, list[i].topic);
		cell(p, list[i].host);
		cell(p, list[i].error);
		page_cell(p);
		str_addf(p->out, "%" PRId64, list[i].message);
	}
	page_table_end(p);
	html_markup(p->out, "</div>\n");
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
	page_begin(&p, res);
	page_headline_begin(&p, "Outbox");
	if (counts.dead > 0) {
		button(&p, "outbox/replay", "Replay all");
		button(&p, "outbox/discard", "Discard all");
	}
	page_headline_end(&p);
	html_markup(p.out, "<p class=\"lead\">");
	str_addf(p.out, "%" PRId64 " waiting, %" PRId64 " given up",
	    counts.queued, counts.dead);
	html_markup(p.out, "</p>\n");
	add_hosts(&p, hosts, n_hosts);
	add_messages(&p, list, n, before);
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
