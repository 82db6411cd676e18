/*
 * page_repo.c - one repository: what is broken, how its branches and workflows
 * do, the history of one branch, the newest runs, and its badges.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cgi/find_run.h"
#include "cgi/page_account.h"
#include "cgi/page_badges.h"
#include "cgi/page_broken.h"
#include "cgi/page_rows.h"
#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/store/repos.h"
#include "lib/store/run_search.h"

#define PAGE_RUNS 15
#define HISTORY 60 /* bars */
#define BRANCHES_READ 60 /* with their workflows */
#define BRANCHES_MAX 12
#define WORKFLOWS_MAX 50
#define BROKEN_MAX 5

struct view {
	struct page page;
	struct repo repo;
	const char *branch; /* whose history is shown */
	struct board_broken *broken;
	struct board_bar *bars;
	struct board_branch *branches, *workflows;
	struct run *runs;
	size_t n_broken, n_bars, n_branches, n_workflows, n_runs;
};

/* --- the history of a branch ------------------------------------------------------ */

static int
compare_ms(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

/* How long half of those that succeeded took at most; 0: none did. */
static int64_t
median_ms(const struct view *v)
{
	int64_t times[HISTORY];
	size_t n = 0;

	for (size_t i = 0; i < v->n_bars; i++) {
		const struct board_bar *b = &v->bars[i];

		if (b->state == RUN_SUCCEEDED && b->started_at_ms != 0)
			times[n++] = b->finished_at_ms - b->started_at_ms;
	}
	if (n == 0)
		return 0;
	qsort(times, n, sizeof(times[0]), compare_ms);
	return times[n / 2];
}

static void
add_numbers(struct view *v)
{
	struct page *p = &v->page;
	size_t ended = 0, well = 0;
	char buf[CLOCK_TEXT_SIZE];

	for (size_t i = 0; i < v->n_bars; i++) {
		well += v->bars[i].state == RUN_SUCCEEDED;
		ended += v->bars[i].state == RUN_SUCCEEDED ||
		    v->bars[i].state == RUN_FAILED;
	}
	if (ended == 0)
		return;
	str_addf(p->out, "<p class=\"facts\"><span>%zu of %zu "
	    "succeeded</span>", well, ended);
	if (median_ms(v) > 0)
		str_addf(p->out, " <span>typically %s</span>",
		    clock_duration(median_ms(v), buf));
	html_markup(p->out, "</p>");
}

static void
add_history(struct view *v)
{
	static const struct page_strip strip = { HISTORY, 10, 3, 72,
		true };
	struct page *p = &v->page;
	struct board_bar bars[HISTORY];

	if (v->n_bars == 0)
		return;
	/* Read from the newest on, drawn from the oldest on. */
	for (size_t i = 0; i < v->n_bars; i++)
		bars[i] = v->bars[v->n_bars - 1 - i];
	html_markup(p->out, "<section class=\"card history\" "
	    "aria-labelledby=\"history\"><h2 id=\"history\">History of "
	    "<span class=\"ref\"><bdi>");
	html_text(p->out, v->branch);
	html_markup(p->out, "</bdi></span></h2>");
	page_strip(p, bars, v->n_bars, &strip);
	add_numbers(v);
	html_markup(p->out, "</section>\n");
}

/* --- beside it -------------------------------------------------------------------- */

/* A row of a list at the side: a state, a link, when. */
static void
add_side(struct page *p, enum look look, const char *at, const char *text,
    int64_t at_ms, bool here)
{
	html_markup(p->out, "<li>");
	page_state(p, look, NULL);
	html_markup(p->out, " <a href=\"");
	page_address(p, at);
	html_markup(p->out, here ? "\" aria-current=\"true\"><bdi>" :
	    "\"><bdi>");
	html_text(p->out, text);
	html_markup(p->out, "</bdi></a> ");
	page_time(p, at_ms);
	html_markup(p->out, "</li>\n");
}

/* The address of this page, or of its runs, with one argument. */
static const char *
at_with(const struct view *v, const char *rest, const char *name,
    const char *value)
{
	const char *at = page_repo_at(&v->page, v->repo.owner, v->repo.name,
	    rest), *text;
	struct str out = STR_INIT;

	str_addf(&out, "%s?%s=", at, name);
	html_url_arg(&out, value);
	text = arena_strdup(v->page.req->a, out.s);
	str_release(&out);
	return text;
}

static void
add_workflows(struct view *v)
{
	struct page *p = &v->page;

	if (v->n_workflows == 0)
		return;
	html_markup(p->out, "<section class=\"card\" "
	    "aria-labelledby=\"workflows\"><h2 id=\"workflows\">Workflows"
	    "</h2>\n<ul class=\"side\">");
	for (size_t i = 0; i < v->n_workflows; i++) {
		const struct board_branch *b = &v->workflows[i];

		add_side(p, look_run(b->state), at_with(v, "runs", "workflow",
		    b->file), b->workflow, b->at_ms, false);
	}
	html_markup(p->out, "</ul></section>\n");
}

/* Has a row before this one the same branch? */
static bool
was_named(const struct view *v, size_t i)
{
	for (size_t k = 0; k < i; k++) {
		if (strcmp(v->branches[k].branch, v->branches[i].branch) == 0)
			return true;
	}
	return false;
}

/* A branch has failed when any of its workflows has. */
static enum look
look_branch(const struct view *v, const char *branch)
{
	for (size_t i = 0; i < v->n_branches; i++) {
		if (v->branches[i].state == RUN_FAILED &&
		    strcmp(v->branches[i].branch, branch) == 0)
			return LOOK_FAILED;
	}
	return LOOK_SUCCEEDED;
}

static void
add_branches(struct view *v)
{
	struct page *p = &v->page;
	size_t shown = 0;

	if (v->n_branches == 0)
		return;
	html_markup(p->out, "<section class=\"card\" "
	    "aria-labelledby=\"branches\"><h2 id=\"branches\">Branches</h2>\n"
	    "<ul class=\"side\">");
	for (size_t i = 0; i < v->n_branches && shown < BRANCHES_MAX; i++) {
		const struct board_branch *b = &v->branches[i];

		if (was_named(v, i))
			continue;
		add_side(p, look_branch(v, b->branch), at_with(v, "",
		    "branch", b->branch), b->branch, b->at_ms,
		    strcmp(b->branch, v->branch) == 0);
		shown++;
	}
	html_markup(p->out, "</ul></section>\n");
}

/* --- the page --------------------------------------------------------------------- */

static void
add_runs(struct view *v)
{
	struct page *p = &v->page;

	html_markup(p->out, "<section aria-labelledby=\"newest\">"
	    "<h2 id=\"newest\">Newest runs</h2>\n");
	page_rows(p, v->runs, v->n_runs, false);
	if (v->n_runs == 0) {
		page_empty_begin(p, "No runs yet");
		html_markup(p->out, "<p>Push a commit with a pipeline in "
		    "<code>.ci.yml</code> or <code>.github/workflows/</code>, "
		    "and its run appears here. When it does not, the ");
		page_link(p, "inbox", "inbox");
		html_markup(p->out, " shows whether the forge told of "
		    "it.</p>");
		page_empty_end(p);
	} else {
		html_markup(p->out, "<p class=\"all\">");
		page_link(p, page_repo_at(p, v->repo.owner, v->repo.name,
		    "runs"), "All runs");
		html_markup(p->out, "</p>\n");
	}
	html_markup(p->out, "</section>\n");
}

static void
add_headline(struct view *v)
{
	struct page *p = &v->page;

	page_headline_begin(p, arena_printf(p->req->a, "%s/%s", v->repo.owner,
	    v->repo.name));
	if (v->repo.is_private)
		html_markup(p->out, "<span class=\"chip\">private</span>");
	html_markup(p->out, "<a class=\"button\" href=\"");
	page_address(p, page_repo_at(p, v->repo.owner, v->repo.name,
	    "dispatch"));
	html_markup(p->out, "\">Start a workflow</a>");
	page_headline_end(p);
}

/* The branch of the address is taken as it is: one without runs has no bars. */
static int
read_view(struct store *st, struct view *v, struct err *err)
{
	struct request *req = (struct request *)(uintptr_t)v->page.req;
	struct arena *a = req->a;
	const char *wanted = request_arg(req, "branch");
	const char *self = arena_printf(a, "[%" PRId64 "]", v->repo.id);
	struct run_query q = { .repo = v->repo.id, .limit = PAGE_RUNS };
	int64_t next;

	v->branch = v->repo.default_branch;
	if (wanted != NULL && wanted[0] != '\0')
		v->branch = q.branch = wanted;
	if (board_broken(st, self, BROKEN_MAX, a, &v->broken, &v->n_broken,
		err) == -1 ||
	    board_branch_history(st, v->repo.id, v->branch, HISTORY, a,
		&v->bars, &v->n_bars, err) == -1 ||
	    board_branches(st, v->repo.id, BRANCHES_READ, a, &v->branches,
		&v->n_branches, err) == -1 ||
	    board_workflows(st, v->repo.id, v->branch, WORKFLOWS_MAX, a,
		&v->workflows, &v->n_workflows, err) == -1)
		return -1;
	return run_search(st, &q, a, &v->runs, &v->n_runs, &next, err);
}

static enum page_icon
icon_of(const struct view *v)
{
	return v->page.live ? PAGE_ICON_RUNNING :
	    v->n_workflows == 0 ? PAGE_ICON_PLAIN :
	    look_branch(v, v->branch) == LOOK_FAILED ? PAGE_ICON_FAILED :
	    PAGE_ICON_PASSED;
}

int
page_repo(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct view v = { .page = { .w = w, .req = req } };
	struct page *p = &v.page;

	if (st == NULL || find_repo(st, req, &v.repo, err) == -1 ||
	    read_view(st, &v, err) == -1)
		return -1;
	p->live = page_rows_live(v.runs, v.n_runs);
	p->events = page_repo_events(p, v.repo.owner, v.repo.name);
	p->icon = icon_of(&v);
	page_repo_begin(p, v.repo.owner, v.repo.name, "", res);
	add_headline(&v);
	page_live_begin(p, "repository");
	html_markup(p->out, "<div class=\"split\"><div>\n");
	page_broken(p, v.broken, v.n_broken, false);
	add_history(&v);
	add_runs(&v);
	html_markup(p->out, "</div><div>\n");
	add_workflows(&v);
	add_branches(&v);
	html_markup(p->out, "</div></div>\n");
	page_live_end(p);
	page_badges(p, &v.repo, v.branch);
	page_end(p);
	return 0;
}
