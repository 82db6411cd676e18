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
#include "cgi/page_rows.h"
#include "lib/base/layout.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/store/engines.h"
#include "lib/store/queue_hold.h"
#include "lib/store/queue_line.h"
#include "lib/web/arguments.h"

#define PAGE_JOBS 50
#define SHARES_MAX 50

static void
add_stop(struct page *p, const struct queue_stop *stop)
{
	page_banner_begin(p, BANNER_WARNING, stop->drain ?
	    "This host is being drained" : "The queue is paused");
	html_markup(p->out, "by <bdi>");
	html_text(p->out, stop->by);
	html_markup(p->out, "</bdi> ");
	page_time(p, stop->at_ms);
	if (stop->reason != NULL) {
		html_markup(p->out, ": <bdi>");
		html_text(p->out, stop->reason);
		html_markup(p->out, "</bdi>");
	}
	page_banner_end(p);
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
	html_markup(p->out, "<section class=\"rows\" aria-labelledby="
	    "\"hold\"><h2 id=\"hold\">Hold back</h2>\n<p class=\"lead\">What "
	    "runs is left alone. A paused queue starts nothing; a drained "
	    "host takes nothing new, so that it can be stopped.</p>\n");
	if (paused)
		add_button(p, "queue/resume", "Resume the queue", false);
	else
		add_button(p, "queue/pause", "Pause the queue", true);
	if (drained)
		add_button(p, "queue/undrain", "End the draining", false);
	else
		add_button(p, "queue/drain", "Drain this host", true);
	html_markup(p->out, "</section>\n");
}

static void
add_entry(struct page *p, const struct queue_entry *e)
{
	struct str at = STR_INIT;

	layout_page_job(&at, e->owner, e->name, e->number, e->key);
	page_row(p);
	page_cell(p);
	if (e->place > 0)
		str_addf(p->out, "%" PRId64, e->place);
	page_cell(p);
	html_markup(p->out, "<strong><a href=\"");
	page_address(p, at.s);
	html_markup(p->out, "\"><bdi>");
	html_text(p->out, e->title);
	html_markup(p->out, "</bdi></a></strong>");
	page_cell(p);
	page_repo_link(p, e->owner, e->name);
	str_addf(p->out, " #%" PRId64, e->number);
	page_cell(p);
	html_markup(p->out, "<bdi>");
	html_text(p->out, e->reason);
	html_markup(p->out, "</bdi>");
	page_cell(p);
	str_addf(p->out, "%d", e->priority);
	page_cell(p);
	page_duration(p, e->queued_at_ms, 0);
	str_release(&at);
}

static void
add_line(struct page *p, const struct queue_entry *line, size_t n,
    int64_t skip)
{
	static const char *const heads[] = { "Place", "Job", "Run", "Why",
		">Priority", ">Waits for" };

	if (n == 0) {
		page_empty_begin(p, "No job waits");
		html_markup(p->out, "<p>A job stands here from when all that "
		    "it needs has ended until there is a place for it.</p>");
		page_empty_end(p);
		return;
	}
	html_markup(p->out, "<div class=\"frame\">");
	page_table_begin(p, "Jobs that wait, in their order", heads,
	    ARRAY_LEN(heads));
	for (size_t i = 0; i < n; i++)
		add_entry(p, &line[i]);
	page_table_end(p);
	html_markup(p->out, "</div>\n");
	page_paging(p, "queue", skip == 0 ? NULL : "", n < PAGE_JOBS ? NULL :
	    arena_printf(p->req->a, "skip=%" PRId64, skip + PAGE_JOBS));
}

static void
add_sums(struct page *p, const struct queue_stats *stats, int64_t places)
{
	struct arena *a = p->req->a;

	html_markup(p->out, "<dl class=\"sums\">");
	page_sum(p, "Jobs running", arena_printf(a, "%" PRId64,
	    stats->active), arena_printf(a, "of %" PRId64 " places", places));
	page_sum(p, "Jobs waiting", arena_printf(a, "%" PRId64,
	    stats->pending), NULL);
	html_markup(p->out, "</dl>\n");
}

/* --- the host --------------------------------------------------------------------- */

static void
add_share(struct page *p, const struct queue_share *s)
{
	page_row(p);
	page_cell(p);
	page_repo_link(p, s->owner, s->name);
	if (s->paused_at_ms != 0 || s->owner_paused_at_ms != 0)
		html_markup(p->out, " <span class=\"chip wait\">paused"
		    "</span>");
	page_cell(p);
	str_addf(p->out, "%" PRId64, s->running);
	page_cell(p);
	if (s->max_running >= 0)
		str_addf(p->out, "%" PRId64, s->max_running);
	page_cell(p);
	str_addf(p->out, "%" PRId64, s->ready);
}

/* Who has the places now. */
static int
add_shares(struct page *p, struct store *st, struct err *err)
{
	static const char *const heads[] = { "Repository", ">Running",
		">At most", ">Ready" };
	struct queue_share *list;
	size_t n;

	if (queue_shares(st, p->req->sees, SHARES_MAX, p->req->a, &list, &n, err) == -1)
		return -1;
	if (n == 0)
		return 0;
	html_markup(p->out, "<section aria-labelledby=\"shares\">"
	    "<h2 id=\"shares\">Who has the places</h2>\n"
	    "<div class=\"frame\">");
	page_table_begin(p, "Repositories that run or wait", heads,
	    ARRAY_LEN(heads));
	for (size_t i = 0; i < n; i++)
		add_share(p, &list[i]);
	page_table_end(p);
	html_markup(p->out, "</div></section>\n");
	return 0;
}

static int
add_engines(struct page *p, struct store *st, struct err *err)
{
	static const char *const heads[] = { "Engine", "State", ">Asked" };
	struct engine_state *list;
	size_t n;

	if (engine_state_list(st, p->req->a, &list, &n, err) == -1)
		return -1;
	if (n == 0)
		return 0;
	html_markup(p->out, "<section aria-labelledby=\"engines\">"
	    "<h2 id=\"engines\">Engines</h2>\n<div class=\"frame\">");
	page_table_begin(p, "What runs jobs", heads, ARRAY_LEN(heads));
	for (size_t i = 0; i < n; i++) {
		page_row(p);
		page_cell(p);
		html_text(p->out, list[i].name);
		page_cell(p);
		page_state(p, list[i].error == NULL ? LOOK_SUCCEEDED :
		    LOOK_FAILED, list[i].error == NULL ? "works" :
		    "does not answer");
		if (list[i].error != NULL) {
			html_markup(p->out, " <bdi>");
			html_text(p->out, list[i].error);
			html_markup(p->out, "</bdi>");
		}
		page_cell(p);
		page_time(p, list[i].at_ms);
	}
	page_table_end(p);
	html_markup(p->out, "</div></section>\n");
	return 0;
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
	p.live = n > 0;
	p.events = "api/v1/events";
	page_begin(&p, res);
	page_headline_begin(&p, "Queue");
	page_headline_end(&p);
	page_live_begin(&p, "queue");
	for (size_t i = 0; i < n_stops; i++)
		add_stop(&p, &stops[i]);
	add_sums(&p, &stats, limits.host);
	add_line(&p, line, n, q.skip);
	if (add_shares(&p, st, err) == -1 || add_engines(&p, st, err) == -1)
		return -1;
	page_live_end(&p);
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
