/*
 * page_approve.c - how pages show what waits for an approval or a time, who
 * may decide it, and who did.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/approve.h"

#include <inttypes.h>
#include <string.h>

#include "cgi/page_account.h"
#include "cgi/page_rows.h"
#include "lib/base/layout.h"
#include "lib/base/str.h"
#include "lib/store/deployments.h"
#include "lib/store/gates.h"

#define PAGE_GATES 100

/* --- on the page of a run or a job ---------------------------------------- */

static bool
is_open(const struct gate *g)
{
	return strcmp(g->state, "open") == 0;
}

static void
add_button(struct page *p, const struct run *run, const struct gate *g,
    const char *what, const char *text, bool to_run)
{
	struct str at = STR_INIT;

	if (g->key != NULL)
		layout_page_job(&at, run->owner, run->name, run->number,
		    g->key);
	else
		layout_page_run(&at, run->owner, run->name, run->number);
	str_addf(&at, "/%s", what);
	page_form_begin(p, at.s, "act");
	if (g->job == 0) {
		html_markup(p->out, "<input type=\"hidden\" name=\"commit\" "
		    "value=\"");
		html_attr(p->out, g->name);
		html_markup(p->out, "\">");
	}
	/* Whoever decides on the page of the run is led back there. */
	if (to_run)
		html_markup(p->out, "<input type=\"hidden\" name=\"to_run\" "
		    "value=\"true\">");
	html_markup(p->out, "<label>Comment <input name=\"comment\" "
	    "maxlength=\"500\"></label> <button>");
	html_text(p->out, text);
	html_markup(p->out, "</button>");
	page_form_end(p);
	str_release(&at);
}

/* "approved by token ada 3 min ago: looks good" */
static void
add_gate(struct page *p, const struct gate *g)
{
	html_markup(p->out, "<li class=\"gate\"><bdi>");
	if (g->key != NULL) {
		html_text(p->out, g->key);
		html_markup(p->out, "</bdi>: <bdi>");
	}
	html_text(p->out, g->reason);
	html_markup(p->out, "</bdi>");
	if (!is_open(g)) {
		html_markup(p->out, " &ndash; ");
		html_text(p->out, g->state);
		if (g->decided_by != NULL) {
			html_markup(p->out, " by <bdi>");
			html_text(p->out, g->decided_by);
			html_markup(p->out, "</bdi>");
		}
		html_markup(p->out, " ");
		page_time(p, g->decided_at_ms);
	}
	if (g->comment != NULL) {
		html_markup(p->out, ": <q>");
		html_text(p->out, g->comment);
		html_markup(p->out, "</q>");
	}
	html_markup(p->out, "</li>\n");
}

int
page_gates(struct page *p, struct store *st, const struct run *run,
    int64_t job, struct err *err)
{
	struct gate *list;
	int64_t asked = -1;
	size_t n, shown = 0;

	if (gate_list_run(st, run->id, p->req->a, &list, &n, err) == -1)
		return -1;
	for (size_t i = 0; i < n; i++) {
		const struct gate *g = &list[i];

		if (job != 0 && g->job != job)
			continue;
		html_markup(p->out, shown++ == 0 ? "<section class=\"gates\">"
		    "<h2>Approvals</h2>\n<ul class=\"list\">\n" : "");
		add_gate(p, g);
		/* One answer is for all that one job waits for. */
		if (!is_open(g) || strcmp(g->kind, "timer") == 0 ||
		    g->job == asked ||
		    !page_may(p, ROLE_WRITER, run->owner, run->name))
			continue;
		asked = g->job;
		html_markup(p->out, "<li>");
		add_button(p, run, g, "approve", "Approve", job == 0);
		add_button(p, run, g, "reject", "Reject", job == 0);
		html_markup(p->out, "</li>\n");
	}
	if (shown > 0)
		html_markup(p->out, "</ul></section>\n");
	return 0;
}

int
page_deployments(struct page *p, struct store *st, const struct run *run,
    struct err *err)
{
	struct deployment *list;
	size_t n;

	if (deployment_list_run(st, run->id, p->req->a, &list, &n, err) == -1)
		return -1;
	for (size_t i = 0; i < n; i++) {
		html_markup(p->out, i == 0 ? "<h2>Environments</h2>\n<ul "
		    "class=\"list places\">\n<li><bdi>" : "<li><bdi>");
		html_text(p->out, list[i].environment);
		html_markup(p->out, "</bdi>");
		if (list[i].url != NULL) {
			html_markup(p->out, " <a rel=\"nofollow noopener\" "
			    "href=\"");
			html_attr(p->out, list[i].url);
			html_markup(p->out, "\"><bdi>");
			html_text(p->out, list[i].url);
			html_markup(p->out, "</bdi></a>");
		}
		html_markup(p->out, "</li>\n");
	}
	if (n > 0)
		html_markup(p->out, "</ul>\n");
	return 0;
}

/* --- the list of all ------------------------------------------------------ */

static void
add_row(struct page *p, const struct gate *g)
{
	struct str at = STR_INIT;

	if (g->key != NULL)
		layout_page_job(&at, g->owner, g->repo_name, g->number,
		    g->key);
	else
		layout_page_run(&at, g->owner, g->repo_name, g->number);
	html_markup(p->out, "<li>");
	page_state(p, LOOK_PENDING, "waiting");
	html_markup(p->out, "<div class=\"what\"><p class=\"title\"><a href=\"");
	page_address(p, at.s);
	html_markup(p->out, "\"><bdi>");
	html_text(p->out, g->reason);
	html_markup(p->out, "</bdi></a></p><p class=\"facts\"><span>");
	page_repo_link(p, g->owner, g->repo_name);
	str_addf(p->out, "</span> <span class=\"number\">#%" PRId64
	    "</span> <span><bdi>", g->number);
	html_text(p->out, g->title);
	html_markup(p->out, "</bdi></span> ");
	if (g->key != NULL) {
		html_markup(p->out, "<span>job <bdi>");
		html_text(p->out, g->key);
		html_markup(p->out, "</bdi></span> ");
	}
	html_markup(p->out, "<span>may be approved by <bdi>");
	html_text(p->out, gate_reviewers_text(g, p->req->a));
	html_markup(p->out, "</bdi></span></p></div><p class=\"when\">");
	page_time(p, g->created_at_ms);
	html_markup(p->out, "</p></li>\n");
	str_release(&at);
}

int
page_approvals(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct page p = { .w = w, .req = req, .title = "Approvals" };
	const char *after = request_arg(req, "after");
	struct gate *list;
	long long id = 0;
	size_t n;

	if (after != NULL && !str_to_int64(after, 0, INT64_MAX, &id))
		return err_set(err, ERR_INVALID, "argument \"after\" must be "
		    "the id of the last one that was seen");
	if (st == NULL || gate_list_open(st, req->sees, 0, id, PAGE_GATES, req->a, &list,
	    &n, err) == -1)
		return -1;
	p.live = n > 0;
	p.events = "api/v1/events";
	page_begin(&p, res);
	page_headline_begin(&p, "Approvals");
	page_headline_end(&p);
	page_live_begin(&p, "approvals");
	if (n == 0) {
		page_empty_begin(&p, "Nothing waits for an approval");
		html_markup(p.out, "<p>Jobs whose environment has reviewers, and "
		    "runs of commits from forks, wait here.</p>");
		page_empty_end(&p);
	} else {
		html_markup(p.out, "<ol class=\"list runs\">\n");
	}
	for (size_t i = 0; i < n; i++)
		add_row(&p, &list[i]);
	if (n > 0)
		html_markup(p.out, "</ol>\n");
	page_live_end(&p);
	page_paging(&p, "approvals", NULL, n < PAGE_GATES ? NULL :
	    arena_printf(req->a, "after=%" PRId64, list[n - 1].id));
	page_end(&p);
	return 0;
}
