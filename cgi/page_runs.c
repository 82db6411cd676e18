/*
 * page_runs.c - lists of runs: of all repositories, and of one.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>

#include "cgi/find_run.h"
#include "cgi/page.h"
#include "lib/base/file.h"
#include "lib/base/layout.h"
#include "lib/base/str.h"
#include "lib/store/repos.h"

#define PAGE_RUNS 30

/* The id of the last run on the page before this one; 0: the first page. */
static int
cursor_arg(const struct request *req, int64_t *before, struct err *err)
{
	const char *s = request_arg(req, "before");
	long long n = 0;

	if (s != NULL && !str_to_int64(s, 1, INT64_MAX, &n))
		return err_set(err, ERR_INVALID,
		    "\"before\" must be the number of a run");
	*before = n;
	return 0;
}

static bool
any_live(const struct run *runs, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!machine_terminal(MACHINE_RUN, (int)runs[i].state))
			return true;
	}
	return false;
}

/* "owner/name #12 workflow by actor" */
static void
add_run_facts(struct page *p, const struct run *run, bool with_repo)
{
	struct str at = STR_INIT;

	html_markup(p->out, "<p class=\"facts\">");
	if (with_repo) {
		layout_page_repo(&at, run->owner, run->name);
		html_markup(p->out, "<span class=\"repo\"><a href=\"");
		page_address(p, at.s);
		html_markup(p->out, "\"><bdi>");
		html_text(p->out, run->owner);
		html_markup(p->out, "</bdi>/<bdi>");
		html_text(p->out, run->name);
		html_markup(p->out, "</bdi></a></span> ");
	}
	html_markup(p->out, "<span class=\"number\">#");
	str_addf(p->out, "%" PRId64, run->number);
	html_markup(p->out, "</span> ");
	if (run->attempt > 1)
		str_addf(p->out, "<span class=\"quiet\">attempt %d</span> ",
		    run->attempt);
	page_ref(p, run);
	html_markup(p->out, " ");
	page_sha(p, run->sha);
	if (run->actor != NULL) {
		html_markup(p->out, " <span>by <bdi>");
		html_text(p->out, run->actor);
		html_markup(p->out, "</bdi></span>");
	}
	html_markup(p->out, "</p>");
	str_release(&at);
}

static void
add_run(struct page *p, const struct run *run, bool with_repo)
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
	add_run_facts(p, run, with_repo);
	html_markup(p->out, "</div><p class=\"when\">");
	page_time(p, run->created_at_ms);
	page_duration(p, run->started_at_ms, run->finished_at_ms);
	html_markup(p->out, "</p></li>\n");
	str_release(&at);
}

/* The list and its paging; `address` is this page's, below the base URL. */
static void
add_runs(struct page *p, const struct run *runs, size_t n, int64_t before,
    bool with_repo, const char *address)
{
	html_markup(p->out, "<div id=\"runs\" data-live=\"");
	html_attr(p->out, p->live ? "yes" : "no");
	html_markup(p->out, "\">\n");
	if (n > 0)
		html_markup(p->out, "<ol class=\"list runs\">\n");
	for (size_t i = 0; i < n; i++)
		add_run(p, &runs[i], with_repo);
	if (n > 0)
		html_markup(p->out, "</ol>\n");
	html_markup(p->out, "</div>\n<nav class=\"paging\" "
	    "aria-label=\"Paging\">");
	if (before != 0)
		page_link(p, address, "Newest");
	if (n == PAGE_RUNS) {
		html_markup(p->out, "<a rel=\"next\" href=\"");
		page_address(p, address);
		str_addf(p->out, "?before=%" PRId64, runs[n - 1].id);
		html_markup(p->out, "\">Older</a>");
	}
	html_markup(p->out, "</nav>\n");
}

static void
add_repos(struct page *p, const struct repo *repos, size_t n)
{
	struct str at = STR_INIT;

	html_markup(p->out, "<section><h2>Repositories</h2>\n"
	    "<ul class=\"repos\">\n");
	for (size_t i = 0; i < n; i++) {
		str_clear(&at);
		layout_page_repo(&at, repos[i].owner, repos[i].name);
		html_markup(p->out, "<li><a href=\"");
		page_address(p, at.s);
		html_markup(p->out, "\"><bdi>");
		html_text(p->out, repos[i].owner);
		html_markup(p->out, "</bdi>/<bdi>");
		html_text(p->out, repos[i].name);
		html_markup(p->out, "</bdi></a></li>\n");
	}
	html_markup(p->out, "</ul></section>\n");
	str_release(&at);
}

/* What to do when there is nothing to show. */
static void
add_empty(struct page *p, bool have_repos)
{
	html_markup(p->out, "<section class=\"notice\"><h2>No runs yet</h2>");
	html_markup(p->out, have_repos ?
	    "<p>Push a commit with a pipeline in <code>.ci.yml</code> or "
	    "<code>.github/workflows/</code>, and its run appears here.</p>" :
	    "<p>No repository is registered. On the server:</p>"
	    "<pre>pawl repo add https://example.org/owner/name.git</pre>"
	    "<p>It prints the webhook's address and secret for the "
	    "forge.</p>");
	html_markup(p->out, "</section>\n");
}

int
page_runs(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct page p = { .w = w, .req = req, .title = "Runs" };
	struct repo *repos;
	struct run *runs;
	size_t n_repos, n;
	int64_t before;

	if (st == NULL || cursor_arg(req, &before, err) == -1 ||
	    run_list(st, 0, before, PAGE_RUNS, req->a, &runs, &n,
	    err) == -1 ||
	    repo_list(st, req->a, &repos, &n_repos, err) == -1)
		return -1;
	p.live = any_live(runs, n);
	page_begin(&p, res);
	html_markup(p.out, "<h1>Runs</h1>\n<p class=\"quiet\">");
	page_link(&p, "queue", "Queue");
	html_markup(p.out, "</p>\n");
	if (n == 0 && before == 0)
		add_empty(&p, n_repos > 0);
	add_runs(&p, runs, n, before, true, "");
	if (n_repos > 0)
		add_repos(&p, repos, n_repos);
	page_end(&p);
	return 0;
}

/* The badge with what to copy into a README. */
static void
add_badge(struct page *p, const struct repo *repo)
{
	struct str page = STR_INIT, badge = STR_INIT;
	const char *base = p->w->config->base_url;

	layout_page_repo(&page, repo->owner, repo->name);
	str_add(&badge, "badge/");
	path_add_component(&badge, repo->owner);
	str_add_char(&badge, '/');
	path_add_component(&badge, repo->name);
	str_add(&badge, ".svg");
	html_markup(p->out, "<details class=\"badge\"><summary><img src=\"");
	page_address(p, badge.s);
	html_markup(p->out, "\" alt=\"Badge of the default branch\" "
	    "height=\"20\"> Badge for a README</summary>\n<pre>[![build](");
	html_text(p->out, base);
	html_markup(p->out, "/");
	html_text(p->out, badge.s);
	html_markup(p->out, ")](");
	html_text(p->out, base);
	html_markup(p->out, "/");
	html_text(p->out, page.s);
	html_markup(p->out, ")</pre>\n<p class=\"quiet\">Another branch: add "
	    "<code>?branch=NAME</code> to the image's address.</p>"
	    "</details>\n");
	str_release(&page);
	str_release(&badge);
}

int
page_repo(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct page p = { .w = w, .req = req };
	struct str at = STR_INIT;
	struct repo repo;
	struct run *runs;
	int64_t before;
	size_t n;

	if (st == NULL || find_repo(st, req, &repo, err) == -1 ||
	    cursor_arg(req, &before, err) == -1 ||
	    run_list(st, repo.id, before, PAGE_RUNS, req->a, &runs, &n,
	    err) == -1)
		return -1;
	p.title = arena_printf(req->a, "%s/%s", repo.owner, repo.name);
	p.crumbs[p.n_crumbs++] = (struct crumb){ p.title, NULL };
	p.live = any_live(runs, n);
	page_begin(&p, res);
	html_markup(p.out, "<h1><bdi>");
	html_text(p.out, p.title);
	html_markup(p.out, "</bdi></h1>\n");
	add_badge(&p, &repo);
	layout_page_repo(&at, repo.owner, repo.name);
	html_markup(p.out, "<p>");
	page_link(&p, arena_printf(req->a, "%s/dispatch", at.s),
	    "Start a workflow, schedules");
	html_markup(p.out, "</p>\n");
	if (n == 0 && before == 0)
		add_empty(&p, true);
	add_runs(&p, runs, n, before, false, at.s);
	str_release(&at);
	page_end(&p);
	return 0;
}
