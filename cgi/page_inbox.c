/*
 * page_inbox.c - webhooks that came, those that were refused, and one of them
 * with what it said.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/inbox.h"

#include <inttypes.h>
#include <jansson.h>
#include <string.h>

#include "cgi/page.h"
#include "cgi/page_account.h"
#include "cgi/page_rows.h"
#include "lib/base/layout.h"
#include "lib/base/mem.h"
#include "lib/base/size.h"
#include "lib/base/str.h"
#include "lib/base/utf8.h"

#define PAGE_ROWS 50
#define BODY_SHOWN (256 * 1024) /* bytes; the whole is in the API */

static void
add_state(struct page *p, enum delivery_state state)
{
	static const enum look looks[] = {
		[DELIVERY_RECEIVED] = LOOK_PENDING,
		[DELIVERY_PLANNED] = LOOK_SUCCEEDED,
		[DELIVERY_IGNORED] = LOOK_SKIPPED,
		[DELIVERY_FAILED] = LOOK_FAILED,
	};

	page_state(p, looks[state], machine_state_name(MACHINE_DELIVERY,
	    (int)state));
}

static void
add_row(struct page *p, const struct delivery *d)
{
	page_row(p);
	page_cell(p);
	add_state(p, d->state);
	page_cell(p);
	html_markup(p->out, "<strong><a href=\"");
	page_address(p, "inbox/");
	html_url_path(p->out, d->id);
	html_markup(p->out, "\"><bdi>");
	html_text(p->out, d->forge);
	html_markup(p->out, " ");
	html_text(p->out, d->event);
	html_markup(p->out, "</bdi></a></strong>");
	page_cell(p);
	page_repo_link(p, d->owner, d->name);
	page_cell(p);
	html_markup(p->out, "<bdi>");
	html_text(p->out, d->verdict != NULL ? d->verdict : "");
	html_markup(p->out, "</bdi>");
	page_cell(p);
	page_time(p, d->received_at_ms);
}

/* What it is narrowed to, as a form that needs no script. */
static void
add_filter(struct page *p)
{
	static const char *const states[] = { "", "received", "planned",
		"ignored", "failed" };
	static const struct {
		const char *name, *text;
	} fields[] = { { "repo", "Repository" }, { "event", "Event" } };
	const char *state = request_arg(p->req, "state"), *value;

	html_markup(p->out, "<form class=\"filter\" method=\"get\">");
	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		value = request_arg(p->req, fields[i].name);
		str_addf(p->out, "<label>%s <input name=\"%s\" value=\"",
		    fields[i].text, fields[i].name);
		html_attr(p->out, value != NULL ? value : "");
		html_markup(p->out, "\"></label> ");
	}
	html_markup(p->out, "<label>State <select name=\"state\">");
	for (size_t i = 0; i < ARRAY_LEN(states); i++)
		str_addf(p->out, "<option%s>%s</option>", state != NULL &&
		    strcmp(state, states[i]) == 0 ? " selected" : "",
		    states[i]);
	html_markup(p->out, "</select></label> <button>Show</button>"
	    "</form>\n");
}

static void
add_paging(struct page *p, const char *address, const char *last)
{
	struct str args = STR_INIT;

	html_markup(p->out, "<nav class=\"paging\" aria-label=\"Paging\">");
	if (request_arg(p->req, "before") != NULL)
		page_link(p, address, "Newest");
	if (last != NULL) {
		inbox_next_args(p->req, last, &args);
		html_markup(p->out, "<a rel=\"next\" href=\"");
		page_address(p, address);
		html_markup(p->out, "?");
		html_attr(p->out, args.s);
		html_markup(p->out, "\">Older</a>");
		str_release(&args);
	}
	html_markup(p->out, "</nav>\n");
}

static void
add_list(struct page *p, const struct delivery *list, size_t n)
{
	static const char *const heads[] = { "State", "Event", "Repository",
		"Verdict", ">Came" };

	if (n == 0) {
		page_empty_begin(p, "Nothing came");
		html_markup(p->out, "<p>What a forge tells of stands here as "
		    "soon as it is safe, with what became of it. When a push "
		    "is missing, look at the forge&rsquo;s list of deliveries "
		    "and at the requests that were refused.</p>");
		page_empty_end(p);
		return;
	}
	html_markup(p->out, "<div class=\"frame\">");
	page_table_begin(p, "Deliveries, the newest first", heads,
	    ARRAY_LEN(heads));
	for (size_t i = 0; i < n; i++)
		add_row(p, &list[i]);
	page_table_end(p);
	html_markup(p->out, "</div>\n");
}

int
page_inbox(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct page p = { .w = w, .req = req, .title = "Inbox" };
	struct store *st = web_store(w, err);
	struct inbox_query q;
	struct delivery *list;
	size_t n;

	if (st == NULL || inbox_args(st, req, PAGE_ROWS, &q, err) == -1 ||
	    inbox_list(st, &q, req->a, &list, &n, err) == -1)
		return -1;
	for (size_t i = 0; i < n; i++)
		p.live |= list[i].state == DELIVERY_RECEIVED;
	p.events = "api/v1/events";
	page_begin(&p, res);
	page_headline_begin(&p, "Inbox");
	page_headline_end(&p);
	add_filter(&p);
	page_live_begin(&p, "inbox");
	add_list(&p, list, n);
	page_live_end(&p);
	add_paging(&p, "inbox", n == PAGE_ROWS ? list[n - 1].id : NULL);
	if (page_may(&p, ROLE_READER, NULL, NULL)) {
		html_markup(p.out, "<p>");
		page_link(&p, "inbox/refused", "Requests that were refused");
		html_markup(p.out, "</p>\n");
	}
	page_end(&p);
	return 0;
}

/* --- one ------------------------------------------------------------------------ */

static void
add_origin(struct page *p, const struct delivery *d)
{
	bool other = d->replay_of != NULL && strcmp(d->replay_of, d->id) != 0;

	if (d->origin == NULL)
		return;
	html_markup(p->out, "<div><dt>");
	html_text(p->out, strcmp(d->origin, "replay") == 0 ? "Replayed by" :
	    "Found by reconcile, asked for by");
	html_markup(p->out, "</dt><dd><bdi>");
	html_text(p->out, d->asked_by);
	html_markup(p->out, "</bdi>");
	if (other) {
		html_markup(p->out, ", as a copy of ");
		page_link(p, arena_printf(p->req->a, "inbox/%s",
		    d->replay_of), d->replay_of);
	}
	html_markup(p->out, "</dd></div>");
}

static void
add_runs(struct page *p, const struct run *runs, size_t n)
{
	struct str at = STR_INIT;

	if (n > 0)
		html_markup(p->out, "<h2>Runs</h2>\n<ul class=\"list\">\n");
	for (size_t i = 0; i < n; i++) {
		str_clear(&at);
		layout_page_run(&at, runs[i].owner, runs[i].name,
		    runs[i].number);
		html_markup(p->out, "<li>");
		page_state(p, look_run(runs[i].state), NULL);
		html_markup(p->out, " ");
		page_link(p, at.s, arena_printf(p->req->a, "#%" PRId64 " %s",
		    runs[i].number, runs[i].workflow));
		html_markup(p->out, "</li>\n");
	}
	if (n > 0)
		html_markup(p->out, "</ul>\n");
	str_release(&at);
}

/* What only those see who have a role in the repository. */
static void
add_private(struct page *p, const struct delivery *d)
{
	size_t len = d->body_len < BODY_SHOWN ? d->body_len : BODY_SHOWN;
	json_t *headers = json_loads(d->headers, 0, NULL), *value;
	const char *name;

	html_markup(p->out, "<h2>Headers</h2>\n<dl class=\"table\">");
	page_fact(p, "From", d->remote_addr);
	json_object_foreach(headers, name, value)
		page_fact(p, name, json_string_value(value));
	json_decref(headers);
	html_markup(p->out, "</dl>\n<h2>Body</h2>\n<pre tabindex=\"0\">");
	html_text_len(p->out, d->body, utf8_valid_len(d->body, len));
	html_markup(p->out, "</pre>\n");
	if (len < d->body_len)
		html_markup(p->out, "<p class=\"quiet\">It goes on: the API "
		    "gives all of it.</p>\n");
}

static void
add_facts(struct page *p, const struct delivery *d)
{
	char size[SIZE_TEXT_SIZE];

	html_markup(p->out, "<div class=\"head\">");
	add_state(p, d->state);
	html_markup(p->out, "<h1><bdi>");
	html_text(p->out, arena_printf(p->req->a, "%s %s", d->forge,
	    d->event));
	html_markup(p->out, "</bdi></h1><p class=\"facts\"><span>");
	html_text(p->out, arena_printf(p->req->a, "%s/%s", d->owner,
	    d->name));
	html_markup(p->out, "</span> ");
	page_time(p, d->received_at_ms);
	html_markup(p->out, "</p>\n<dl class=\"table\">");
	page_fact(p, "Verdict", d->verdict != NULL ? d->verdict :
	    "not decided yet");
	add_origin(p, d);
	page_fact(p, "Id of the forge", d->forge_id);
	page_fact(p, "Plannings begun", arena_printf(p->req->a, "%d",
	    d->attempts));
	page_fact(p, "Size", size_text((int64_t)d->body_len, size));
	html_markup(p->out, "</dl>");
	if (d->state != DELIVERY_RECEIVED &&
	    inbox_may(p->req, ROLE_WRITER, d)) {
		page_form_begin(p, arena_printf(p->req->a, "inbox/%s/replay",
		    d->id), "act");
		html_markup(p->out, d->state == DELIVERY_FAILED ?
		    "<button>Plan it again</button>" :
		    "<button>Replay</button>");
		page_form_end(p);
	}
	html_markup(p->out, "</div>\n");
}

int
page_inbox_show(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct page p = { .w = w, .req = req, .title = "Delivery" };
	struct store *st = web_store(w, err);
	struct delivery d;
	struct run *runs;
	size_t n;

	if (st == NULL || inbox_find(st, req, &d, &runs, &n, err) == -1)
		return -1;
	p.live = d.state == DELIVERY_RECEIVED;
	p.crumbs[p.n_crumbs++] = (struct crumb){ "Inbox", "inbox" };
	p.crumbs[p.n_crumbs++] = (struct crumb){ d.id, NULL };
	page_begin(&p, res);
	add_facts(&p, &d);
	add_runs(&p, runs, n);
	if (inbox_may(req, ROLE_READER, &d))
		add_private(&p, &d);
	page_end(&p);
	return 0;
}

int
page_inbox_replay(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct denial no;
	char made[37];
	int rc = inbox_send_again(w, req, made, &no, err);

	if (rc == 0)
		page_error(w, req, res, no.status, no.code, no.detail);
	if (rc == 1)
		response_see_other(res, arena_printf(req->a, "%s/inbox/%s",
		    w->base_path, made));
	return rc == -1 ? -1 : 0;
}

/* --- refused ones --------------------------------------------------------------- */

static void
add_refusal(struct page *p, const struct refusal *r)
{
	page_row(p);
	page_cell(p);
	str_addf(p->out, "%d", r->status);
	page_cell(p);
	html_markup(p->out, "<bdi>");
	html_text(p->out, r->reason);
	html_markup(p->out, "</bdi>");
	page_cell(p);
	html_markup(p->out, "<bdi>");
	html_text(p->out, r->path);
	html_markup(p->out, "</bdi>");
	page_cell(p);
	html_markup(p->out, "<bdi>");
	html_text(p->out, r->remote_addr);
	html_markup(p->out, "</bdi>");
	page_cell(p);
	html_markup(p->out, "<code><bdi>");
	html_text(p->out, r->snippet);
	html_markup(p->out, "</bdi></code>");
	page_cell(p);
	page_time(p, r->at_ms);
}

int
page_refusals(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	static const char *const heads[] = { "Answer", "Why", "Address",
		"From", "Beginning", ">Came" };
	struct page p = { .w = w, .req = req, .title = "Refused requests" };
	struct store *st = web_store(w, err);
	const char *s = request_arg(req, "before");
	long long before = 0;
	struct refusal *list;
	size_t n;

	if (s != NULL && !str_to_int64(s, 1, INT64_MAX, &before))
		return err_set(err, ERR_INVALID, "\"before\" must be the "
		    "number of a refusal");
	if (st == NULL || refusal_list(st, before, PAGE_ROWS, req->a, &list,
	    &n, err) == -1)
		return -1;
	p.crumbs[p.n_crumbs++] = (struct crumb){ "Inbox", "inbox" };
	p.crumbs[p.n_crumbs++] = (struct crumb){ "Refused", NULL };
	page_begin(&p, res);
	page_headline_begin(&p, "Refused requests");
	page_headline_end(&p);
	html_markup(p.out, "<div class=\"frame\">");
	page_table_begin(&p, "Refused requests, the newest first", heads,
	    ARRAY_LEN(heads));
	for (size_t i = 0; i < n; i++)
		add_refusal(&p, &list[i]);
	page_table_end(&p);
	html_markup(p.out, "</div>\n");
	add_paging(&p, "inbox/refused", n == PAGE_ROWS ? arena_printf(req->a,
	    "%" PRId64, list[n - 1].id) : NULL);
	page_end(&p);
	return 0;
}
