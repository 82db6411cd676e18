/*
 * page_queue.c - the jobs that wait, in their order, each with its reason.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/queue.h"

#include <inttypes.h>

#include "cgi/page.h"
#include "cgi/page_account.h"
#include "lib/base/layout.h"
#include "lib/base/str.h"
#include "lib/store/queue_hold.h"
#include "lib/store/queue_line.h"
#include "lib/web/arguments.h"

#define PAGE_JOBS 50

static void
add_stop(struct page *p, const struct queue_stop *stop)
{
	html_markup(p->out, "<p class=\"reason\" role=\"status\">");
	html_text(p->out, stop->drain ? "This host is being drained by " :
	    "The queue is paused by ");
	html_text(p->out, stop->by);
	if (stop->reason != NULL) {
		html_markup(p->out, ": <bdi>");
		html_text(p->out, stop->reason);
		html_markup(p->out, "</bdi>");
	}
	html_markup(p->out, " ");
	page_time(p, stop->at_ms);
	html_markup(p->out, "</p>\n");
}

/* One button, with a field for the reason when something is to be stopped. */
static void
add_button(struct page *p, const char *address, const char *text, bool stops)
{
	page_form_begin(p, address, "act");
	if (stops)
		html_markup(p->out, "<label>Reason <input name=\"reason\" "
		    "maxlength=\"500\"></label> ");
	html_markup(p->out, "<button>");
	html_text(p->out, text);
	html_markup(p->out, "</button>");
	page_form_end(p);
}

static void
add_buttons(struct page *p, const struct queue_stop *stops, size_t n)
{
	bool drained = n > 0 && stops[0].drain;
	bool paused = n > 0 && !stops[n - 1].drain;

	if (!page_may(p, ROLE_ADMIN, NULL, NULL))
		return;
	if (paused)
		add_button(p, "queue/resume", "Resume the queue", false);
	else
		add_button(p, "queue/pause", "Pause the queue", true);
	if (drained)
		add_button(p, "queue/undrain", "End the draining", false);
	else
		add_button(p, "queue/drain", "Drain this host", true);
}

static void
add_entry(struct page *p, const struct queue_entry *e)
{
	struct str at = STR_INIT;

	layout_page_job(&at, e->owner, e->name, e->number, e->key);
	html_markup(p->out, "<tr><td>");
	if (e->place > 0)
		str_addf(p->out, "%" PRId64, e->place);
	html_markup(p->out, "</td><td><bdi>");
	html_text(p->out, e->owner);
	html_markup(p->out, "/");
	html_text(p->out, e->name);
	str_addf(p->out, "</bdi> #%" PRId64 "</td><td><a href=\"",
	    e->number);
	page_address(p, at.s);
	html_markup(p->out, "\"><bdi>");
	html_text(p->out, e->title);
	str_addf(p->out, "</bdi></a></td><td>%d</td><td>", e->priority);
	page_duration(p, e->queued_at_ms, 0);
	html_markup(p->out, "</td><td><bdi>");
	html_text(p->out, e->reason);
	html_markup(p->out, "</bdi></td></tr>\n");
	str_release(&at);
}

static void
add_line(struct page *p, const struct queue_entry *line, size_t n,
    int64_t skip)
{
	if (n == 0)
		html_markup(p->out, "<p>No job waits.</p>\n");
	else
		html_markup(p->out, "<table class=\"queue\"><thead><tr>"
		    "<th scope=\"col\">Place</th><th scope=\"col\">Run</th>"
		    "<th scope=\"col\">Job</th><th scope=\"col\">Priority</th>"
		    "<th scope=\"col\">Waits for</th><th scope=\"col\">Why"
		    "</th></tr></thead><tbody>\n");
	for (size_t i = 0; i < n; i++)
		add_entry(p, &line[i]);
	if (n > 0)
		html_markup(p->out, "</tbody></table>\n");
	html_markup(p->out, "<nav class=\"paging\" aria-label=\"Paging\">");
	if (skip > 0)
		page_link(p, "queue", "First");
	if (n == PAGE_JOBS) {
		html_markup(p->out, "<a rel=\"next\" href=\"");
		page_address(p, "queue");
		str_addf(p->out, "?skip=%" PRId64 "\">Next</a>",
		    skip + PAGE_JOBS);
	}
	html_markup(p->out, "</nav>\n");
}

int
page_queue(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	const struct queue_limits limits = queue_limits_of(w->config);
	struct page p = { .w = w, .req = req, .title = "Queue" };
	struct store *st = web_store(w, err);
	struct queue_query q = { .sees = req->sees,
		.limit = PAGE_JOBS };
	struct queue_entry *line;
	struct queue_stats stats;
	struct queue_stop *stops;
	size_t n, n_stops;

	if (st == NULL || arguments_number(req, "skip", 0, QUEUE_MAX_SKIP, 0, &q.skip,
	    err) == -1 ||
	    queue_line(st, &q, &limits, req->a, &line, &n, err) == -1 ||
	    queue_stops(st, req->a, &stops, &n_stops, err) == -1 ||
	    queue_stats(st, &stats, err) == -1)
		return -1;
	p.crumbs[p.n_crumbs++] = (struct crumb){ "Queue", NULL };
	p.live = n > 0;
	page_begin(&p, res);
	html_markup(p.out, "<h1>Queue</h1>\n<p>");
	str_addf(p.out, "%" PRId64 " waiting, %" PRId64 " of %" PRId64
	    " slots used", stats.pending, stats.active, limits.host);
	html_markup(p.out, "</p>\n");
	for (size_t i = 0; i < n_stops; i++)
		add_stop(&p, &stops[i]);
	add_line(&p, line, n, q.skip);
	add_buttons(&p, stops, n_stops);
	page_end(&p);
	return 0;
}

/* Back to the page. */
static int
done(struct web *w, struct response *res, int rc)
{
	struct str to = STR_INIT;

	if (rc == -1)
		return -1;
	str_addf(&to, "%s/queue", w->base_path);
	response_see_other(res, to.s);
	str_release(&to);
	return 0;
}

int
page_queue_pause(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	return done(w, res, hold_pause(w, req, false, err));
}

int
page_queue_resume(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	return done(w, res, hold_resume(w, req, false, err));
}

int
page_queue_drain(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	return done(w, res, hold_pause(w, req, true, err));
}

int
page_queue_undrain(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	return done(w, res, hold_resume(w, req, true, err));
}
