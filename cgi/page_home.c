/*
 * page_home.c - the first page: what is broken, what runs, what waits, and the
 * repositories; or, when there is none, how to get there.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "cgi/page_broken.h"
#include "cgi/page_repos.h"
#include "cgi/page_rows.h"
#include "lib/base/layout.h"
#include "lib/base/str.h"
#include "lib/store/queue.h"

#define BROKEN_MAX 10
#define ACTIVE_MAX 10

struct home {
	struct board_broken *broken;
	struct run *active;
	struct page_repos repos;
	struct board_waits waits;
	struct queue_stats queue;
	size_t n_broken, n_active;
};

/* --- numbers -------------------------------------------------------------------- */

static void
add_sum(struct page *p, const char *name, int64_t value, const char *address,
    const char *unit)
{
	html_markup(p->out, "<div><dt>");
	html_text(p->out, name);
	html_markup(p->out, "</dt><dd><a href=\"");
	page_address(p, address);
	str_addf(p->out, "\">%" PRId64 "</a>", value);
	if (unit != NULL) {
		html_markup(p->out, " <small>");
		html_text(p->out, unit);
		html_markup(p->out, "</small>");
	}
	html_markup(p->out, "</dd></div>");
}

static void
add_sums(struct page *p, const struct home *h)
{
	const struct queue_limits limits = queue_limits_of(p->w->config);

	html_markup(p->out, "<dl class=\"sums\">");
	add_sum(p, "Jobs running", h->queue.active, "queue",
	    arena_printf(p->req->a, "of %" PRId64 " places", limits.host));
	add_sum(p, "Jobs waiting", h->waits.jobs, "queue", NULL);
	add_sum(p, "Waiting for approval", h->waits.people, "approvals", NULL);
	html_markup(p->out, "</dl>\n");
}

/* --- what is broken --------------------------------------------------------------- */

static void
add_broken(struct page *p, const struct home *h)
{
	html_markup(p->out, "<section aria-labelledby=\"broken\">"
	    "<h2 id=\"broken\">Broken on default branches</h2>\n");
	if (h->n_broken == 0) {
		page_banner_begin(p, BANNER_GOOD, NULL);
		html_markup(p->out, "Nothing is broken.");
		page_banner_end(p);
	} else {
		page_broken(p, h->broken, h->n_broken, true);
	}
	html_markup(p->out, "</section>\n");
}

/* --- what runs -------------------------------------------------------------------- */

static void
add_active(struct page *p, const struct home *h)
{
	if (h->n_active == 0)
		return;
	html_markup(p->out, "<section aria-labelledby=\"active\">"
	    "<h2 id=\"active\">Under way</h2>\n");
	page_rows(p, h->active, h->n_active, true);
	if (h->n_active == ACTIVE_MAX) {
		html_markup(p->out, "<p class=\"all\">");
		page_link(p, "runs", "All runs");
		html_markup(p->out, "</p>\n");
	}
	html_markup(p->out, "</section>\n");
}

/* --- the beginning ------------------------------------------------------------------ */

static void
add_first_steps(struct page *p)
{
	page_empty_begin(p, "Three steps to the first run");
	html_markup(p->out, "<ol><li><h3>Register a repository</h3>"
	    "<p>On the server:</p>"
	    "<pre>pawl repo add https://example.org/owner/name.git</pre></li>"
	    "<li><h3>Let the forge tell of pushes</h3><p>The command prints "
	    "the webhook&rsquo;s address and secret, and where the forge wants "
	    "them.</p></li>"
	    "<li><h3>Push a commit with a pipeline</h3><p>Workflows of GitHub "
	    "Actions work as they are; or begin with a file "
	    "<code>.ci.yml</code>:</p>"
	    "<pre>on: push\njobs:\n  hello:\n    runs-on: linux\n"
	    "    steps:\n      - run: echo \"Hello\"</pre></li></ol>");
	page_empty_end(p);
}

static void
add_no_runs(struct page *p)
{
	page_empty_begin(p, "No runs yet");
	html_markup(p->out, "<p>Push a commit with a pipeline in "
	    "<code>.ci.yml</code> or <code>.github/workflows/</code>, and its "
	    "run appears here. When it does not, the ");
	page_link(p, "inbox", "inbox");
	html_markup(p->out, " shows whether the forge told of it, and what "
	    "became of that.</p>");
	page_empty_end(p);
}

/* --- the page --------------------------------------------------------------------- */

static int
read_home(struct store *st, struct request *req, struct home *h,
    struct err *err)
{
	struct arena *a = req->a;

	if (board_waits(st, req->sees, &h->waits, err) == -1 ||
	    queue_stats(st, &h->queue, err) == -1 ||
	    board_broken(st, req->sees, BROKEN_MAX, a, &h->broken,
		&h->n_broken, err) == -1 ||
	    board_active(st, req->sees, ACTIVE_MAX, a, &h->active,
		&h->n_active, err) == -1)
		return -1;
	return page_repos_read(st, req, NULL, &h->repos, err);
}

static enum page_icon
icon_of(const struct home *h)
{
	return h->n_broken > 0 ? PAGE_ICON_FAILED :
	    h->n_active > 0 ? PAGE_ICON_RUNNING :
	    h->repos.n_bars > 0 ? PAGE_ICON_PASSED : PAGE_ICON_PLAIN;
}

int
page_home(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct page p = { .w = w, .req = req, .title = "Home" };
	struct store *st = web_store(w, err);
	struct home h = { 0 };

	if (st == NULL || read_home(st, req, &h, err) == -1)
		return -1;
	p.live = h.n_active > 0;
	p.events = "api/v1/events";
	p.icon = icon_of(&h);
	page_begin(&p, res);
	html_markup(p.out, "<h1 class=\"vh\">What happens now</h1>\n");
	page_live_begin(&p, "home");
	if (h.repos.n == 0 && h.repos.skip == 0) {
		add_first_steps(&p);
	} else {
		add_sums(&p, &h);
		if (!h.repos.any_run && h.repos.skip == 0)
			add_no_runs(&p);
		else
			add_broken(&p, &h);
		add_active(&p, &h);
		page_repos(&p, &h.repos, "");
	}
	page_live_end(&p);
	page_end(&p);
	return 0;
}
