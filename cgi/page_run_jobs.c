/*
 * page_run_jobs.c - the jobs of a run as a list on one axis of time: when each
 * waited and ran, what it is doing, and its steps.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/page_run_parts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cgi/page_attempts.h"
#include "cgi/page_steps.h"
#include "lib/base/mem.h"

/* With more jobs than this, only those that people look for are open. */
#define ALL_OPEN_MAX 4

/* --- which --------------------------------------------------------------- */

void
page_run_choose(struct run_page *r)
{
	const size_t n = r->v.n_jobs;
	const bool paged = n > VIEW_JOBS_MAX;
	const size_t from = paged ? (size_t)(r->f.page - 1) * VIEW_PAGE_JOBS :
	    0;

	r->shown = arena_alloc(r->p.req->a, (n + 1) * sizeof(*r->shown));
	for (size_t i = 0; i < n; i++) {
		if (!view_filter_fits(&r->f, &r->v, i))
			continue;
		if (r->n_fits >= from && (!paged ||
		    r->n_shown < VIEW_PAGE_JOBS))
			r->shown[r->n_shown++] = i;
		r->n_fits++;
	}
}

static int
compare_step(const void *key, const void *item)
{
	const struct job *j = key;
	const struct step *s = item;

	return (j->id > s->job) - (j->id < s->job);
}

const struct step *
page_run_steps(const struct run_page *r, const struct job *job, size_t *n)
{
	const struct step *s = r->n_steps == 0 ? NULL :
	    bsearch(job, r->steps, r->n_steps, sizeof(*r->steps),
	    compare_step);

	*n = 0;
	if (s == NULL)
		return NULL;
	while (s > r->steps && s[-1].job == job->id)
		s--;
	while (s + *n < r->steps + r->n_steps && s[*n].job == job->id)
		++*n;
	return s;
}

/* --- the filter ---------------------------------------------------------- */

/* The address of this page with another filter. */
static void
add_query(struct run_page *r, const char *state, long long page)
{
	struct page *p = &r->p;
	struct str at = STR_INIT;

	page_run_at(p, &r->v.run, NULL, &at);
	page_address(p, at.s);
	str_release(&at);
	str_addf(p->out, "?page=%lld", page);
	if (state != NULL)
		str_addf(p->out, "&amp;state=%s", state);
	if (r->f.text != NULL) {
		html_markup(p->out, "&amp;job=");
		html_url_arg(p->out, r->f.text);
	}
	if (r->f.stage != 0)
		str_addf(p->out, "&amp;stage=%lld", r->f.stage);
	html_markup(p->out, "#jobs");
}

/* "3 failed", as links that narrow the list. */
static void
add_counts(struct run_page *r)
{
	static const enum look order[] = { LOOK_FAILED, LOOK_RUNNING,
		LOOK_PENDING, LOOK_SUCCEEDED, LOOK_CANCELLED, LOOK_SKIPPED };
	struct page *p = &r->p;

	html_markup(p->out, "<p class=\"counts\">");
	for (size_t i = 0; i < ARRAY_LEN(order); i++) {
		const char *word = look_word(order[i]);

		if (r->v.looks[order[i]] == 0)
			continue;
		html_markup(p->out, "<a href=\"");
		add_query(r, word, 1);
		html_markup(p->out, r->f.state != NULL &&
		    strcmp(r->f.state, word) == 0 ?
		    "\" aria-current=\"true\">" : "\">");
		page_state(p, order[i], arena_printf(p->req->a, "%zu %s",
		    r->v.looks[order[i]], word));
		html_markup(p->out, "</a> ");
	}
	html_markup(p->out, "</p>\n");
}

static void
add_filter(struct run_page *r)
{
	struct page *p = &r->p;
	struct str at = STR_INIT;

	page_run_at(p, &r->v.run, NULL, &at);
	html_markup(p->out, "<form class=\"filter\" role=\"search\" action=\"");
	page_address(p, at.s);
	html_markup(p->out, "#jobs\"><label class=\"grow\">Job<input "
	    "type=\"search\" name=\"job\" value=\"");
	html_attr(p->out, r->f.text != NULL ? r->f.text : "");
	html_markup(p->out, "\"></label><label>State<select name=\"state\">"
	    "<option value=\"\">any</option>");
	for (int i = 0; i < LOOK_N; i++) {
		const char *word = look_word((enum look)i);

		html_markup(p->out, r->f.state != NULL &&
		    strcmp(r->f.state, word) == 0 ?
		    "<option selected>" : "<option>");
		html_text(p->out, word);
		html_markup(p->out, "</option>");
	}
	html_markup(p->out, "</select></label>");
	if (r->f.stage != 0)
		str_addf(p->out, "<label>Stage<input type=\"number\" min=\"1\" "
		    "name=\"stage\" value=\"%lld\"></label>", r->f.stage);
	html_markup(p->out, "<button>Show</button>");
	if (r->f.any) {
		html_markup(p->out, " <a class=\"button\" href=\"");
		page_address(p, at.s);
		html_markup(p->out, "#jobs\">All jobs</a>");
	}
	html_markup(p->out, "</form>\n");
	str_release(&at);
}

static void
add_paging(struct run_page *r)
{
	struct page *p = &r->p;
	const long long pages = ((long long)r->n_fits + VIEW_PAGE_JOBS - 1) /
	    VIEW_PAGE_JOBS;

	if (r->v.n_jobs <= VIEW_JOBS_MAX || pages < 2)
		return;
	html_markup(p->out, "<nav class=\"paging\" aria-label=\"Jobs\">");
	if (r->f.page > 1) {
		html_markup(p->out, "<a rel=\"prev\" href=\"");
		add_query(r, r->f.state, r->f.page - 1);
		html_markup(p->out, "\">Before</a>");
	}
	str_addf(p->out, "<span class=\"quiet\">page %lld of %lld</span>",
	    r->f.page, pages);
	if (r->f.page < pages) {
		html_markup(p->out, "<a rel=\"next\" href=\"");
		add_query(r, r->f.state, r->f.page + 1);
		html_markup(p->out, "\">More</a>");
	}
	html_markup(p->out, "</nav>\n");
}

/* --- one job ------------------------------------------------------------- */

static bool
opens(const struct run_page *r, const struct job *job)
{
	enum look look = look_job(job->state);

	return r->v.n_jobs <= ALL_OPEN_MAX || look == LOOK_RUNNING ||
	    (look == LOOK_FAILED && r->n_shown <= VIEW_PAGE_JOBS &&
	    r->v.looks[LOOK_FAILED] <= 10);
}

/* Engine, image, worker, services, environment: where it runs. */
static void
add_place(struct run_page *r, size_t i)
{
	const struct job *job = &r->v.jobs[i];
	const struct job_place *at = &r->places[i];
	struct page *p = &r->p;

	html_markup(p->out, "<p class=\"facts\">");
	if (job->engine != NULL) {
		html_markup(p->out, "<span>engine ");
		html_text(p->out, job->engine);
		html_markup(p->out, "</span> ");
	}
	if (at->image != NULL) {
		html_markup(p->out, "<span>image <bdi>");
		html_text(p->out, at->image);
		html_markup(p->out, "</bdi></span> ");
	}
	if (job->worker != NULL) {
		html_markup(p->out, "<span>worker <bdi>");
		html_text(p->out, job->worker);
		html_markup(p->out, "</bdi></span> ");
	}
	for (size_t k = 0; k < r->n_services; k++)
		if (r->services[k].job == job->id) {
			html_markup(p->out, "<span>service <bdi>");
			html_text(p->out, r->services[k].name);
			html_markup(p->out, "</bdi></span> ");
		}
	if (at->environment != NULL) {
		html_markup(p->out, "<span>environment <bdi>");
		html_text(p->out, at->environment);
		html_markup(p->out, "</bdi></span> ");
	}
	if (job->queued_at_ms != 0 && job->started_at_ms >
	    job->queued_at_ms) {
		html_markup(p->out, "<span>waited ");
		page_duration(p, job->queued_at_ms, job->started_at_ms);
		html_markup(p->out, "</span> ");
	}
	page_ran_in(p, &r->v.run, job);
	html_markup(p->out, "</p>\n");
	if (at->outputs != NULL && strcmp(at->outputs, "{}") != 0) {
		html_markup(p->out, "<details class=\"outputs\"><summary>"
		    "Outputs</summary><pre tabindex=\"0\">");
		html_text(p->out, at->outputs);
		html_markup(p->out, "</pre></details>\n");
	}
}

static void
add_bar(struct run_page *r, const struct job *job)
{
	html_markup(r->p.out, "<span class=\"lane\">");
	timeline_bar_svg(&r->t, job->queued_at_ms != 0 ? job->queued_at_ms :
	    0, job->ran_in == 0 ? job->started_at_ms : 0, job->finished_at_ms,
	    timeline_class(job), r->p.out);
	html_markup(r->p.out, "</span>");
}

/* Beside the summary, for what opens something may hold no link. */
static void
add_way_in(struct page *p, const char *at, const struct job *job)
{
	html_markup(p->out, "<a class=\"way-in\" href=\"");
	page_address(p, at);
	html_markup(p->out, job->log != NULL ?
	    "\">Log<span class=\"vh\"> of " :
	    "\">Why<span class=\"vh\"> of ");
	html_text(p->out, job->title);
	html_markup(p->out, "</span></a>");
}

static void
add_job(struct run_page *r, size_t i)
{
	const struct job *job = &r->v.jobs[i];
	struct page *p = &r->p;
	const bool told = job->started_at_ms == 0 && job->reason != NULL;
	struct str at = STR_INIT;
	const struct step *steps;
	size_t n_steps;

	page_run_at(p, &r->v.run, job->key, &at);
	html_markup(p->out, "<li><details id=\"job-");
	html_url_path(p->out, job->key);
	html_markup(p->out, opens(r, job) ? "\" open><summary>" :
	    "\"><summary>");
	page_state(p, look_job(job->state),
	    machine_state_name(MACHINE_JOB, (int)job->state));
	html_markup(p->out, "<span class=\"title\"><bdi>");
	html_text(p->out, job->title);
	html_markup(p->out, "</bdi>");
	if (r->v.critical[i] && r->v.n_jobs > 2 && !p->live)
		html_markup(p->out, " <span class=\"chip\" title=\"The run "
		    "took as long as this job and what it needs\">critical"
		    "</span>");
	if (job->attempt > 1)
		str_addf(p->out, " <span class=\"chip wait\">attempt %d"
		    "</span>", job->attempt);
	/* Why it waits, or was left out, is all that there is to see. */
	if (told) {
		html_markup(p->out, "<small class=\"reason\">");
		html_text(p->out, job->reason);
		html_markup(p->out, "</small>");
	}
	html_markup(p->out, "</span>");
	add_bar(r, job);
	page_duration(p, job->started_at_ms, job->finished_at_ms);
	html_markup(p->out, "</summary>\n");
	if (!told)
		page_job_reason(p, job);
	steps = page_run_steps(r, job, &n_steps);
	page_steps_timed(p, job, steps, n_steps, &r->t);
	add_place(r, i);
	html_markup(p->out, "</details>");
	add_way_in(p, at.s, job);
	html_markup(p->out, "</li>\n");
	str_release(&at);
}

void
page_run_jobs(struct run_page *r)
{
	struct page *p = &r->p;

	if (r->v.n_jobs == 0)
		return;
	html_markup(p->out, "<section id=\"jobs\"><h2>Jobs</h2>\n");
	if (r->v.n_jobs > 1)
		add_counts(r);
	if (r->v.n_jobs > VIEW_JOBS_MAX || r->f.any)
		add_filter(r);
	if (r->n_shown == 0)
		html_markup(p->out, "<p class=\"quiet\">No job is like that."
		    "</p>\n");
	else
		html_markup(p->out, "<div class=\"list axisrow\">");
	if (r->n_shown > 0) {
		html_markup(p->out, "<span class=\"lane\">");
		timeline_axis_svg(&r->t, p->out);
		html_markup(p->out, "</span></div>\n<ol class=\"list jobs\">"
		    "\n");
	}
	for (size_t i = 0; i < r->n_shown; i++)
		add_job(r, r->shown[i]);
	html_markup(p->out, r->n_shown > 0 ? "</ol>\n" : "");
	add_paging(r);
	html_markup(p->out, "</section>\n");
}
