/*
 * page_nav.c - the ways from one page to another: the table of the pages that
 * are always in reach, and those of a repository.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/page.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cgi/page_account.h"
#include "lib/base/layout.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/store/board.h"

/* What is counted beside a name. */
enum waits { WAITS_NOTHING, WAITS_JOBS, WAITS_PEOPLE };

static const struct entry {
	const char *address; /* below the base URL */
	const char *text;
	enum waits waits;
} entries[] = {
	{ "", "Home", WAITS_NOTHING },
	{ "runs", "Runs", WAITS_NOTHING },
	{ "queue", "Queue", WAITS_JOBS },
	{ "approvals", "Approvals", WAITS_PEOPLE },
	{ "inbox", "Inbox", WAITS_NOTHING },
	{ "insights", "Insights", WAITS_NOTHING },
};

/* For those who may do everything everywhere. */
static const struct entry admin_entries[] = {
	{ "outbox", "Outbox", WAITS_NOTHING },
	{ "schedules", "Schedules", WAITS_NOTHING },
	{ "users", "Users", WAITS_NOTHING },
	{ "tokens", "Tokens", WAITS_NOTHING },
	{ "audit", "Audit", WAITS_NOTHING },
};

/* Below the address of a repository. */
static const struct repo_entry {
	const char *at;
	const char *text;
	enum role role; /* who sees it; ROLE_READER: whoever sees the page */
} repo_entries[] = {
	{ "", "Overview", ROLE_READER },
	{ "runs", "Runs", ROLE_READER },
	{ "dispatch", "Start", ROLE_READER },
	{ "insights", "Insights", ROLE_READER },
	{ "settings", "Settings", ROLE_ADMIN },
};

/* Is the page asked for this one, or below it? */
static bool
is_here(const struct page *p, const char *address)
{
	const struct request *req = p->req;

	if (address[0] == '\0')
		return req->n_segments == 0;
	return req->n_segments > 0 && strcmp(req->segments[0], address) == 0;
}

static void
add_count(struct page *p, int64_t n, const char *of)
{
	if (n == 0)
		return;
	str_addf(p->out, " <span class=\"count\">%" PRId64 "%s<span class=\"vh\">"
	    " %s</span></span>", n, n == BOARD_WAITS_MAX ? "+" : "", of);
}

static void
add_entry(struct page *p, const struct entry *e, const int64_t counts[])
{
	html_markup(p->out, "<li><a href=\"");
	page_address(p, e->address);
	html_markup(p->out, is_here(p, e->address) ?
	    "\" aria-current=\"page\">" : "\">");
	html_text(p->out, e->text);
	if (e->waits != WAITS_NOTHING)
		add_count(p, counts[e->waits], "waiting");
	html_markup(p->out, "</a></li>");
}

/* The frame stands also where the database does not. */
static void
count(struct page *p, int64_t counts[])
{
	struct board_waits waits;
	struct err err = { 0 };

	if (p->w->store == NULL ||
	    board_waits(p->w->store, p->req->sees, &waits, &err) == -1)
		return;
	counts[WAITS_JOBS] = waits.jobs;
	counts[WAITS_PEOPLE] = waits.people;
}

static void
add_admin(struct page *p, const int64_t counts[])
{
	if (!page_may(p, ROLE_ADMIN, NULL, NULL))
		return;
	html_markup(p->out, "<details class=\"menu\"><summary>Admin</summary>"
	    "<div><ul>");
	for (size_t i = 0; i < ARRAY_LEN(admin_entries); i++)
		add_entry(p, &admin_entries[i], counts);
	html_markup(p->out, "</ul></div></details>");
}

void
page_nav(struct page *p)
{
	int64_t counts[WAITS_PEOPLE + 1] = { 0 };

	count(p, counts);
	html_markup(p->out, "<nav class=\"nav\" aria-label=\"Main\">"
	    "<ul id=\"nav\">");
	for (size_t i = 0; i < ARRAY_LEN(entries); i++)
		add_entry(p, &entries[i], counts);
	html_markup(p->out, "</ul></nav>");
	add_admin(p, counts);
}

void
page_tabs(struct page *p, const char *label, const struct page_tab *tabs,
    size_t n)
{
	html_markup(p->out, "<nav class=\"tabs\"");
	page_attr(p, "aria-label", label);
	html_markup(p->out, "><ul>");
	for (size_t i = 0; i < n; i++) {
		html_markup(p->out, "<li><a href=\"");
		page_address(p, tabs[i].address);
		html_markup(p->out, tabs[i].here ?
		    "\" aria-current=\"page\">" : "\">");
		html_text(p->out, tabs[i].text);
		html_markup(p->out, "</a></li>");
	}
	html_markup(p->out, "</ul></nav>\n");
}

const char *
page_repo_at(const struct page *p, const char *owner, const char *name,
    const char *rest)
{
	struct str at = STR_INIT;
	const char *text;

	layout_page_repo(&at, owner, name);
	if (rest[0] != '\0')
		str_addf(&at, "/%s", rest);
	text = arena_strdup(p->req->a, at.s);
	str_release(&at);
	return text;
}

const char *
page_repo_events(const struct page *p, const char *owner, const char *name)
{
	return arena_printf(p->req->a, "api/v1/repos/%s",
	    page_repo_at(p, owner, name, "events"));
}

void
page_repo_tabs(struct page *p, const char *owner, const char *name,
    const char *here)
{
	struct page_tab tabs[ARRAY_LEN(repo_entries)];
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(repo_entries); i++) {
		const struct repo_entry *e = &repo_entries[i];

		if (e->role > ROLE_READER &&
		    !page_may(p, e->role, owner, name))
			continue;
		tabs[n++] = (struct page_tab){ e->text,
			page_repo_at(p, owner, name, e->at),
			strcmp(e->at, here) == 0 };
	}
	page_tabs(p, "Repository", tabs, n);
}

/* The tab's word, or NULL for the repository itself. */
static const char *
tab_text(const char *here)
{
	for (size_t i = 1; i < ARRAY_LEN(repo_entries); i++) {
		if (strcmp(repo_entries[i].at, here) == 0)
			return repo_entries[i].text;
	}
	return NULL;
}

void
page_repo_begin(struct page *p, const char *owner, const char *name,
    const char *here, struct response *res)
{
	const char *tab = tab_text(here);
	struct str at = STR_INIT;

	html_url_path(&at, owner);
	if (p->title == NULL)
		p->title = tab == NULL ? arena_printf(p->req->a, "%s/%s",
		    owner, name) : tab;
	if (tab != NULL)
		p->title = arena_printf(p->req->a, "%s: %s/%s", p->title,
		    owner, name);
	p->crumbs[p->n_crumbs++] = (struct crumb){ owner,
		arena_strdup(p->req->a, at.s) };
	p->crumbs[p->n_crumbs++] = (struct crumb){ name,
		tab == NULL ? NULL : page_repo_at(p, owner, name, "") };
	if (tab != NULL)
		p->crumbs[p->n_crumbs++] = (struct crumb){ tab, NULL };
	str_release(&at);
	page_begin(p, res);
	page_repo_tabs(p, owner, name, here);
}
