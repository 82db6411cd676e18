/*
 * page_insights.c - the past in numbers and charts, of all repositories or of
 * one.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cgi/find_run.h"
#include "cgi/page_chart.h"
#include "cgi/page_rows.h"
#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/store/insights.h"
#include "lib/store/repos.h"

#define HOUR_MS INT64_C(3600000)
#define DAY_MS (24 * HOUR_MS)
#define JOBS_SHOWN 10

static const struct period {
	const char *name, *text;
	int64_t bucket_ms;
	int parts;
} periods[] = {
	{ "24h", "24 hours", HOUR_MS, 24 },
	{ "7d", "7 days", 6 * HOUR_MS, 28 },
	{ "30d", "30 days", DAY_MS, 30 },
	{ "90d", "90 days", DAY_MS, 90 },
};
#define STANDARD_PERIOD 2

struct view {
	struct page page;
	struct repo repo; /* id 0: all */
	const struct period *period;
	struct insights in;
	struct insight_job *jobs;
	size_t n_jobs;
	const char **labels; /* of the parts of the period */
};

static int
read_period(struct view *v, struct err *err)
{
	const char *name = request_arg(v->page.req, "period");

	v->period = &periods[STANDARD_PERIOD];
	if (name == NULL || name[0] == '\0')
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(periods); i++) {
		if (strcmp(periods[i].name, name) == 0) {
			v->period = &periods[i];
			return 0;
		}
	}
	return err_set(err, ERR_INVALID,
	    "\"period\" must be 24h, 7d, 30d or 90d");
}

/* The period ends now, as in the API's summary. */
static int
read_view(struct store *st, struct view *v, struct err *err)
{
	struct request *req = (struct request *)(uintptr_t)v->page.req;
	int64_t now_ms = clock_now_ms();
	struct insight_query q = { .sees = req->sees, .to_ms = now_ms + 1,
		.from_ms = now_ms -
			v->period->bucket_ms * v->period->parts,
		.bucket_ms = v->period->bucket_ms };

	if (v->repo.id != 0)
		q.sees = arena_printf(req->a, "[%" PRId64 "]", v->repo.id);
	if (insights_read(st, &q, req->a, &v->in, err) == -1)
		return -1;
	return insight_jobs(st, &q, req->a, &v->jobs, &v->n_jobs, err);
}

/* --- texts ------------------------------------------------------------------------ */

static const char *
ms_text(struct arena *a, int64_t ms)
{
	char buf[CLOCK_TEXT_SIZE];

	return ms == 0 ? "\xe2\x80\x93" : arena_strdup(a,
	    clock_duration(ms, buf));
}

static const char *
success_text(struct arena *a, const struct insight *i)
{
	int thousandths = insight_success(i);

	return thousandths == -1 ? "\xe2\x80\x93" : arena_printf(a,
	    "%d.%d %%", thousandths / 10, thousandths % 10);
}

/* "2026-11-21", or of parts of a day with the hour, in UTC. */
static const char *
part_text(const struct view *v, const struct insight *i)
{
	char at[CLOCK_TEXT_SIZE];

	clock_rfc3339(i->from_ms, at);
	return v->period->bucket_ms >= DAY_MS ?
	    arena_printf(v->page.req->a, "%.10s", at) :
	    arena_printf(v->page.req->a, "%.10s %.5s", at, at + 11);
}

static void
make_labels(struct view *v)
{
	struct arena *a = v->page.req->a;

	v->labels = arena_alloc(a, v->in.n * sizeof(*v->labels));
	for (size_t i = 0; i < v->in.n; i++) {
		const struct insight *b = &v->in.buckets[i];

		v->labels[i] = arena_printf(a, "%s: %" PRId64 " succeeded, %"
		    PRId64 " failed, %" PRId64 " cancelled; half took %s, 95 %% "
		    "%s; waited %s", part_text(v, b), b->succeeded, b->failed,
		    b->other, ms_text(a, b->p50_ms), ms_text(a, b->p95_ms),
		    ms_text(a, b->wait_p50_ms));
	}
}

/* --- the form, the sums ----------------------------------------------------------- */

static void
add_form(struct view *v, const char *address)
{
	struct page *p = &v->page;

	html_markup(p->out, "<form class=\"filter\" method=\"get\" action=\"");
	page_address(p, address);
	html_markup(p->out, "\"><label>Period <select name=\"period\">");
	for (size_t i = 0; i < ARRAY_LEN(periods); i++) {
		html_markup(p->out, "<option");
		page_attr(p, "value", periods[i].name);
		html_markup(p->out, v->period == &periods[i] ?
		    " selected>" : ">");
		html_text(p->out, periods[i].text);
		html_markup(p->out, "</option>");
	}
	html_markup(p->out, "</select></label><button>Show</button>"
	    "</form>\n");
}

static void
add_sums(struct view *v)
{
	struct page *p = &v->page;
	const struct insight *s = &v->in.sum;
	struct arena *a = p->req->a;

	html_markup(p->out, "<dl class=\"sums\">");
	page_sum(p, "Runs", arena_printf(a, "%" PRId64, s->total), NULL);
	page_sum(p, "Succeeded", success_text(a, s), NULL);
	page_sum(p, "Failed", arena_printf(a, "%" PRId64, s->failed), NULL);
	page_sum(p, "Half took at most", ms_text(a, s->p50_ms), NULL);
	page_sum(p, "95 % took at most", ms_text(a, s->p95_ms), NULL);
	page_sum(p, "Half waited at most", ms_text(a, s->wait_p50_ms), NULL);
	html_markup(p->out, "</dl>\n");
	if (v->in.cut) {
		page_banner_begin(p, BANNER_WARNING, "Not all runs.");
		str_addf(p->out, "The period has more than %d of them: a "
		    "shorter one is exact.", INSIGHT_MAX_RUNS);
		page_banner_end(p);
	}
}

/* --- the charts ------------------------------------------------------------------- */

/* One number of each part of the period. */
static const int64_t *
row_of(const struct view *v, size_t at, bool zero_is_none)
{
	int64_t *row = arena_alloc(v->page.req->a,
	    (v->in.n + 1) * sizeof(*row));

	for (size_t i = 0; i < v->in.n; i++) {
		memcpy(&row[i], (const char *)&v->in.buckets[i] + at,
		    sizeof(row[i]));
		if (zero_is_none && row[i] == 0)
			row[i] = -1;
	}
	return row;
}

#define ROW(v, member, none) row_of(v, offsetof(struct insight, member), none)

static int64_t
most_of(const struct view *v, size_t at)
{
	const int64_t *row = row_of(v, at, false);
	int64_t most = 0;

	for (size_t i = 0; i < v->in.n; i++) {
		if (row[i] > most)
			most = row[i];
	}
	return most;
}

static struct chart
chart_of(const struct view *v, const char *title, const char *about)
{
	return (struct chart){ .title = title, .about = about,
		.n = v->in.n, .labels = v->labels,
		.first = part_text(v, &v->in.buckets[0]),
		.last = part_text(v, &v->in.buckets[v->in.n - 1]) };
}

static void
add_runs_chart(struct view *v)
{
	struct chart c = chart_of(v, "Runs", "Runs by their results over "
	    "time; the table below has the numbers");

	c.n_rows = 3;
	c.rows[0].name = c.rows[0].class = "succeeded";
	c.rows[0].values = ROW(v, succeeded, false);
	c.rows[1].name = c.rows[1].class = "failed";
	c.rows[1].values = ROW(v, failed, false);
	c.rows[2].name = "cancelled";
	c.rows[2].class = "other";
	c.rows[2].values = ROW(v, other, false);
	c.top = arena_printf(v->page.req->a, "%" PRId64, most_of(v,
	    offsetof(struct insight, total)));
	page_chart_bars(&v->page, &c);
}

static void
add_lines(struct view *v, const char *title, const char *about, size_t half,
    size_t most)
{
	struct chart c = chart_of(v, title, about);

	c.n_rows = 2;
	c.rows[0].name = "half at most";
	c.rows[0].class = "p50";
	c.rows[0].values = row_of(v, half, true);
	c.rows[1].name = "95 % at most";
	c.rows[1].class = "p95";
	c.rows[1].values = row_of(v, most, true);
	c.top = ms_text(v->page.req->a, most_of(v, most));
	page_chart_lines(&v->page, &c);
}

static void
add_table(struct view *v)
{
	static const char *const heads[] = { "From (UTC)", ">Runs",
		">Succeeded", ">Failed", ">Cancelled", ">Half took", ">95 % took",
		">Half waited", ">95 % waited" };
	struct page *p = &v->page;
	struct arena *a = p->req->a;

	html_markup(p->out, "<details class=\"as-table\" id=\"numbers\">"
	    "<summary>The numbers as a table</summary>"
	    "<div class=\"frame\">");
	page_table_begin(p, "Runs by the time of their end", heads,
	    ARRAY_LEN(heads));
	for (size_t i = v->in.n; i-- > 0;) {
		const struct insight *b = &v->in.buckets[i];

		page_row(p);
		page_cell(p);
		html_text(p->out, part_text(v, b));
		page_cell(p);
		str_addf(p->out, "%" PRId64, b->total);
		page_cell(p);
		str_addf(p->out, "%" PRId64, b->succeeded);
		page_cell(p);
		str_addf(p->out, "%" PRId64, b->failed);
		page_cell(p);
		str_addf(p->out, "%" PRId64, b->other);
		page_cell(p);
		html_text(p->out, ms_text(a, b->p50_ms));
		page_cell(p);
		html_text(p->out, ms_text(a, b->p95_ms));
		page_cell(p);
		html_text(p->out, ms_text(a, b->wait_p50_ms));
		page_cell(p);
		html_text(p->out, ms_text(a, b->wait_p95_ms));
	}
	page_table_end(p);
	html_markup(p->out, "</div></details>\n");
}

/* --- jobs ------------------------------------------------------------------------- */

static int
compare_slow(const void *a, const void *b)
{
	const struct insight_job *x = a, *y = b;

	return x->avg_ms > y->avg_ms ? -1 : x->avg_ms < y->avg_ms;
}

static int
compare_flaky(const void *a, const void *b)
{
	const struct insight_job *x = a, *y = b;

	if (x->flaky != y->flaky)
		return x->flaky > y->flaky ? -1 : 1;
	return x->failed > y->failed ? -1 : x->failed < y->failed;
}

static void
add_job(struct view *v, const struct insight_job *j)
{
	struct page *p = &v->page;

	page_row(p);
	page_cell(p);
	html_markup(p->out, "<strong><bdi>");
	html_text(p->out, j->title);
	html_markup(p->out, "</bdi></strong> <span class=\"quiet\"><bdi>");
	html_text(p->out, j->workflow);
	html_markup(p->out, "</bdi></span>");
	page_cell(p);
	page_repo_link(p, j->owner, j->name);
	page_cell(p);
	str_addf(p->out, "%" PRId64, j->ended);
	page_cell(p);
	str_addf(p->out, "%" PRId64, j->failed);
	page_cell(p);
	str_addf(p->out, "%" PRId64, j->flaky);
	page_cell(p);
	html_text(p->out, ms_text(p->req->a, j->avg_ms));
	page_cell(p);
	html_text(p->out, ms_text(p->req->a, j->max_ms));
}

static void
add_jobs(struct view *v, const char *id, const char *title,
    int (*order)(const void *, const void *))
{
	static const char *const heads[] = { "Job", "Repository", ">Ended",
		">Failed", ">Passed on retry", ">Average", ">Longest" };
	struct page *p = &v->page;

	if (v->n_jobs == 0)
		return;
	qsort(v->jobs, v->n_jobs, sizeof(v->jobs[0]), order);
	html_markup(p->out, "<section");
	page_attr(p, "aria-labelledby", id);
	html_markup(p->out, "><h2");
	page_attr(p, "id", id);
	html_markup(p->out, ">");
	html_text(p->out, title);
	html_markup(p->out, "</h2>\n<div class=\"frame\">");
	page_table_begin(p, title, heads, ARRAY_LEN(heads));
	for (size_t i = 0; i < v->n_jobs && i < JOBS_SHOWN; i++)
		add_job(v, &v->jobs[i]);
	page_table_end(p);
	html_markup(p->out, "</div></section>\n");
}

/* --- the page --------------------------------------------------------------------- */

static void
add_all(struct view *v)
{
	struct page *p = &v->page;

	if (v->in.sum.total == 0) {
		page_empty_begin(p, "Nothing ended in this time");
		html_markup(p->out, "<p>Take a longer period; or push "
		    "something.</p>");
		page_empty_end(p);
		return;
	}
	make_labels(v);
	add_sums(v);
	html_markup(p->out, "<div class=\"charts\">");
	add_runs_chart(v);
	add_lines(v, "Duration", "How long runs took over time; the table "
	    "below has the numbers", offsetof(struct insight, p50_ms),
	    offsetof(struct insight, p95_ms));
	add_lines(v, "Waiting", "How long runs waited for their first job "
	    "over time; the table below has the numbers",
	    offsetof(struct insight, wait_p50_ms),
	    offsetof(struct insight, wait_p95_ms));
	html_markup(p->out, "</div>\n");
	add_table(v);
	add_jobs(v, "slow", "Slowest jobs", compare_slow);
	add_jobs(v, "flaky", "Least reliable jobs", compare_flaky);
}

int
page_insights(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct view v = { .page = { .w = w, .req = req,
	    .title = "Insights" } };
	struct store *st = web_store(w, err);
	struct page *p = &v.page;
	const char *address = "insights";

	if (st == NULL || find_repo(st, req, &v.repo, err) == -1 ||
	    read_period(&v, err) == -1 || read_view(st, &v, err) == -1)
		return -1;
	if (v.repo.id != 0) {
		address = page_repo_at(p, v.repo.owner, v.repo.name,
		    "insights");
		page_repo_begin(p, v.repo.owner, v.repo.name, "insights",
		    res);
	} else {
		page_begin(p, res);
	}
	page_headline_begin(p, "Insights");
	page_headline_end(p);
	add_form(&v, address);
	add_all(&v);
	page_end(p);
	return 0;
}
