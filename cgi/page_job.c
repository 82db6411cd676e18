/*
 * page_job.c - one job: its state, its steps, its log, and the way to its
 * neighbours.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "cgi/approve.h"
#include "cgi/find_run.h"
#include "cgi/log_find.h"
#include "cgi/page.h"
#include "cgi/page_account.h"
#include "cgi/page_attempts.h"
#include "cgi/page_log.h"
#include "cgi/page_steps.h"
#include "cgi/page_storage.h"
#include "cgi/page_why.h"
#include "lib/base/layout.h"
#include "lib/store/queue_line.h"
#include "lib/store/services.h"

#define MAX_ATTEMPT_LINKS 9

/* What the page is about. */
struct shown {
	struct run run;
	struct job job;
	struct job *jobs; /* of the run */
	size_t n_jobs;
	struct step *steps;
	size_t n_steps;
	struct job_service *services; /* of all jobs of the run */
	size_t n_services;
	struct log_place place; /* which log is shown */
	bool newest; /* of the run's attempts */
	struct why why;
};

/* --- ways to other places ------------------------------------------------------ */

/* Another log of this job. */
static void
add_other_log(struct page *p, const char *query, bool here, const char *text)
{
	html_markup(p->out, here ? "<li aria-current=\"page\"><a href=\"?" :
	    "<li><a href=\"?");
	html_attr(p->out, query);
	html_markup(p->out, "\"><bdi>");
	html_text(p->out, text);
	html_markup(p->out, "</bdi></a></li>");
}

static const char *
service_query(const char *name, struct arena *a)
{
	struct str query = STR_INIT;
	const char *kept;

	str_add(&query, "service=");
	html_url_arg(&query, name);
	kept = arena_strdup(a, query.s);
	str_release(&query);
	return kept;
}

/* Attempts that were lost, and services, have logs of their own. */
static void
add_logs(struct page *p, const struct shown *s, struct arena *a)
{
	const struct job *job = &s->job;
	int first = job->attempt > MAX_ATTEMPT_LINKS ?
	    job->attempt - MAX_ATTEMPT_LINKS : 1;
	bool any = job->attempt > 1;

	for (size_t i = 0; i < s->n_services; i++)
		any = any || s->services[i].job == job->id;
	if (!any || job->log == NULL)
		return;
	html_markup(p->out, "<nav aria-label=\"Logs of this job\">"
	    "<ul class=\"logs\">");
	for (int i = first; i <= job->attempt; i++)
		add_other_log(p, i == job->attempt ? "" :
		    arena_printf(a, "attempt=%d", i), s->place.service ==
		    NULL && s->place.attempt == i,
		    job->attempt == 1 ? "Job" :
		    arena_printf(a, "Attempt %d", i));
	for (size_t i = 0; i < s->n_services; i++) {
		const char *name = s->services[i].name;

		if (s->services[i].job == job->id)
			add_other_log(p, service_query(name, a),
			    str_equal(s->place.service, name),
			    arena_printf(a, "Service %s", name));
	}
	html_markup(p->out, "</ul></nav>\n");
}

static void
add_neighbour(struct page *p, const struct run *run, const struct job *job,
    const char *rel, const char *arrow)
{
	struct str at = STR_INIT;

	page_run_at(p, run, job->key, &at);
	html_markup(p->out, "<a class=\"button\" rel=\"");
	html_attr(p->out, rel);
	html_markup(p->out, "\" title=\"");
	html_attr(p->out, job->title);
	html_markup(p->out, "\" href=\"");
	page_address(p, at.s);
	html_markup(p->out, "\">");
	html_text(p->out, arrow);
	html_markup(p->out, "</a>");
	str_release(&at);
}

/* The jobs in front of this one and behind it. */
static void
add_neighbours(struct page *p, const struct shown *s)
{
	size_t i = 0;

	while (i < s->n_jobs && s->jobs[i].id != s->job.id)
		i++;
	if (i == s->n_jobs || s->n_jobs < 2)
		return;
	html_markup(p->out, "<nav class=\"neighbours\" aria-label=\"Jobs of "
	    "this run\">");
	if (i > 0)
		add_neighbour(p, &s->run, &s->jobs[i - 1], "prev",
		    "\342\206\220 Previous job");
	str_addf(p->out, "<span class=\"quiet\">%zu of %zu</span>", i + 1,
	    s->n_jobs);
	if (i + 1 < s->n_jobs)
		add_neighbour(p, &s->run, &s->jobs[i + 1], "next",
		    "Next job \342\206\222");
	html_markup(p->out, "</nav>\n");
}

/* --- what is known of it -------------------------------------------------------- */

static void
add_facts(struct page *p, const struct shown *s)
{
	const struct job *job = &s->job;

	html_markup(p->out, "<p class=\"facts\">");
	page_state(p, look_job(job->state),
	    machine_state_name(MACHINE_JOB, (int)job->state));
	page_ref(p, &s->run);
	html_markup(p->out, " ");
	page_sha(p, s->run.sha);
	html_markup(p->out, " ");
	page_time(p, job->started_at_ms);
	html_markup(p->out, " ");
	page_duration(p, job->started_at_ms, job->finished_at_ms);
	if (job->queued_at_ms > 0 && job->started_at_ms > 0) {
		html_markup(p->out, " <span>waited ");
		page_duration(p, job->queued_at_ms, job->started_at_ms);
		html_markup(p->out, "</span>");
	}
	if (job->exit_code > 0)
		str_addf(p->out, " <span class=\"exit\">exit code %d</span>",
		    job->exit_code);
	if (job->engine != NULL) {
		html_markup(p->out, " <span>engine ");
		html_text(p->out, job->engine);
		html_markup(p->out, "</span>");
	}
	if (job->worker != NULL) {
		html_markup(p->out, " <span>worker ");
		html_text(p->out, job->worker);
		html_markup(p->out, "</span>");
	}
	html_markup(p->out, "</p>\n");
}

static void
add_step(struct page *p, const struct step *step)
{
	bool began = step->started_at_ms > 0;

	str_addf(p->out, "<li data-step=\"%d\">", step->number);
	page_state(p, look_step(step->state), NULL);
	if (began)
		str_addf(p->out, "<a class=\"title\" href=\"#step-%d\"><bdi>",
		    step->number);
	else
		html_markup(p->out, "<span class=\"title\"><bdi>");
	html_text(p->out, step->title);
	html_markup(p->out, began ? "</bdi></a>" : "</bdi></span>");
	page_duration(p, step->started_at_ms, step->finished_at_ms);
	if (step->reason != NULL || step->exit_code > 0) {
		html_markup(p->out, "<span class=\"reason ");
		html_attr(p->out, look_word(look_step(step->state)));
		html_markup(p->out, "\">");
		html_text(p->out, step->reason);
		if (step->reason == NULL)
			str_addf(p->out, "exit code %d", step->exit_code);
		html_markup(p->out, "</span>");
	}
	html_markup(p->out, "</li>\n");
}

/* The steps, with ways to their places in the log. */
static void
add_outline(struct page *p, const struct shown *s)
{
	if (s->n_steps == 0)
		return;
	html_markup(p->out, "<nav class=\"outline\" aria-label=\"Steps\">"
	    "<ol>\n");
	for (size_t i = 0; i < s->n_steps; i++)
		add_step(p, &s->steps[i]);
	html_markup(p->out, "</ol></nav>\n");
}

/* Why it ended, where everybody sees it; with the way to the place. */
static void
add_reason(struct page *p, const struct shown *s)
{
	if (s->job.state != JOB_FAILED || s->job.reason == NULL) {
		page_job_reason(p, &s->job);
		return;
	}
	page_banner_begin(p, BANNER_ERROR, NULL);
	html_markup(p->out, "<strong>");
	html_text(p->out, s->job.reason);
	html_markup(p->out, "</strong>");
	if (s->job.attempt > 1)
		str_addf(p->out, " <span class=\"quiet\">attempt %d</span>",
		    s->job.attempt);
	for (size_t i = 0; i < s->n_steps; i++) {
		if (s->steps[i].state != STEP_FAILED)
			continue;
		str_addf(p->out, " <a href=\"#step-%d\">see the step</a>",
		    s->steps[i].number);
		break;
	}
	page_banner_end(p);
}

static void
add_head(struct page *p, const struct shown *s, bool has_log)
{
	const struct job *job = &s->job;

	page_live_begin(p, "job");
	html_markup(p->out, "<div class=\"about\"");
	if (has_log) { /* log.js looks: it may be another one now */
		html_markup(p->out, " data-log=\"");
		page_address(p, job->log);
		html_markup(p->out, "\"");
	}
	html_markup(p->out, ">\n");
	page_headline_begin(p, job->title);
	if (p->live)
		page_run_button(p, &s->run, job->key, "cancel",
		    "Cancel this job");
	else if (s->newest)
		page_rerun_job(p, &s->run, job);
	page_headline_end(p);
	add_facts(p, s);
	page_ran_in(p, &s->run, job);
	add_reason(p, s);
	page_why(p, &s->why);
	html_markup(p->out, "</div>\n");
	add_outline(p, s);
	page_live_end(p);
}

static void
name_page(struct page *p, struct arena *a, const struct run *run,
    const struct job *job, struct str *repo_at, struct str *run_at)
{
	layout_page_repo(repo_at, run->owner, run->name);
	page_run_at(p, run, NULL, run_at);
	p->title = arena_printf(a, "%s: %s, %s/%s #%" PRId64,
	    machine_state_name(MACHINE_JOB, (int)job->state), job->title,
	    run->owner, run->name, run->number);
	p->crumbs[p->n_crumbs++] = (struct crumb){
		arena_printf(a, "%s/%s", run->owner, run->name), repo_at->s };
	p->crumbs[p->n_crumbs++] = (struct crumb){
		page_run_number(p, run), run_at->s };
	p->crumbs[p->n_crumbs++] = (struct crumb){ job->title, NULL };
	p->live = !machine_terminal(MACHINE_JOB, (int)job->state);
	p->icon = page_icon_of(look_job(job->state));
	p->script = "log.js";
	if (p->live)
		p->events = arena_printf(a, "api/v1/repos/%s", page_repo_at(p,
		    run->owner, run->name, arena_printf(a, "runs/%" PRId64
		    "/events", run->number)));
}

static int
read_all(struct web *w, struct store *st, struct request *req,
    struct shown *s, struct err *err)
{
	struct run *attempts;
	size_t n;

	if (find_run(st, req, &s->run, err) == -1 ||
	    find_job(st, req, &s->run, &s->job, err) == -1 ||
	    job_list(st, s->run.id, req->a, &s->jobs, &s->n_jobs, err) ==
	    -1 || queue_explain(st, &s->job, 1, w->config, req->a, err) ==
	    -1 || step_list(st, s->job.id, req->a, &s->steps, &s->n_steps,
	    err) == -1 || service_list_run(st, s->run.id, req->a,
	    &s->services, &s->n_services, err) == -1 ||
	    run_list_attempts(st, &s->run, req->a, &attempts, &n, err) ==
	    -1 || why_job(st, w->config, &s->run, &s->job, req->a, &s->why,
	    err) == -1)
		return -1;
	s->newest = n > 0 && attempts[0].id == s->run.id;
	return s->job.log != NULL ? log_place(req, &s->run, &s->job,
	    &s->place, err) : 0;
}

static int
add_log(struct page *p, struct shown *s, struct page_log *log,
    struct err *err)
{
	if (log->f != NULL)
		return page_log(log, p, err);
	html_markup(p->out, s->job.log != NULL ? p->live ?
	    "<p id=\"log\" class=\"quiet\">The log has no lines yet.</p>\n" :
	    "<p id=\"log\" class=\"quiet\">The log was removed.</p>\n" :
	    p->live ? "<p id=\"log\" class=\"quiet\">The log begins when the "
	    "job is started.</p>\n" : "<p id=\"log\" class=\"quiet\">It was "
	    "not started, so there is no log.</p>\n");
	return 0;
}

static int
write_page(struct page *p, struct store *st, struct shown *s,
    struct page_log *log, struct response *res, struct err *err)
{
	struct arena *a = p->req->a;

	page_begin(p, res);
	html_markup(p->out, "<div class=\"job\">\n");
	add_head(p, s, log->f != NULL);
	if (page_gates(p, st, &s->run, s->job.id, err) == -1)
		return -1;
	html_markup(p->out, "<div class=\"shown\">\n");
	add_logs(p, s, a);
	if (add_log(p, s, log, err) == -1)
		return -1;
	add_neighbours(p, s);
	html_markup(p->out, "</div>\n</div>\n");
	if (page_artifacts(p, st, s->run.id, s->job.id, a, err) == -1 ||
	    page_caches(p, st, s->job.id, a, err) == -1)
		return -1;
	page_end(p);
	return 0;
}

int
page_job(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct page p = { .w = w, .req = req };
	struct str repo_at = STR_INIT, run_at = STR_INIT;
	struct page_log log = { .path = STR_INIT };
	struct shown s = { .place = { .attempt = 0 } };
	int rc = -1;

	if (st == NULL || read_all(w, st, req, &s, err) == -1)
		goto out;
	name_page(&p, req->a, &s.run, &s.job, &repo_at, &run_at);
	if (s.job.log != NULL) {
		log.run = &s.run;
		log.job = &s.job;
		log.log = s.place.log;
		log.query = s.place.query;
		log.from = log_from_line(req);
		if (s.place.attempt == s.job.attempt &&
		    s.place.service == NULL) {
			log.steps = s.steps;
			log.n_steps = s.n_steps;
		}
		if (page_log_open(&log, &p, req->a, err) == -1)
			goto out;
	}
	rc = write_page(&p, st, &s, &log, res, err);
out:
	str_release(&repo_at);
	str_release(&run_at);
	page_log_close(&log);
	return rc;
}
