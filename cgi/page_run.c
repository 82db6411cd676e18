/*
 * page_run.c - one run with its jobs and their steps.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "cgi/approve.h"
#include "cgi/find_run.h"
#include "cgi/page.h"
#include "cgi/page_account.h"
#include "cgi/page_attempts.h"
#include "cgi/page_reports.h"
#include "cgi/page_steps.h"
#include "cgi/page_storage.h"
#include "lib/base/layout.h"
#include "lib/store/queue_line.h"

/* With more jobs than this, only those that people look for are open. */
#define ALL_OPEN_MAX 6

static void
add_fact(struct page *p, const char *name, const char *value)
{
	if (value == NULL || value[0] == '\0')
		return;
	html_markup(p->out, "<div><dt>");
	html_text(p->out, name);
	html_markup(p->out, "</dt><dd><bdi>");
	html_text(p->out, value);
	html_markup(p->out, "</bdi></dd></div>");
}

/* Who took its place in a concurrency group. */
static void
add_winner(struct page *p, const struct run *run)
{
	struct str at = STR_INIT, text = STR_INIT;

	if (run->superseded_by == 0)
		return;
	layout_page_run(&at, run->owner, run->name, run->superseded_by);
	str_addf(&text, "run #%" PRId64, run->superseded_by);
	html_markup(p->out, "<div><dt>Superseded by</dt><dd>");
	page_link(p, at.s, text.s);
	html_markup(p->out, "</dd></div>");
	str_release(&at);
	str_release(&text);
}

static void
add_head(struct page *p, const struct run *run)
{
	html_markup(p->out, "<div class=\"head\">");
	page_state(p, look_run(run->state), NULL);
	html_markup(p->out, "<h1><bdi>");
	html_text(p->out, page_run_title(run));
	html_markup(p->out, "</bdi></h1><p class=\"facts\">"
	    "<span class=\"number\">#");
	str_addf(p->out, "%" PRId64, run->number);
	html_markup(p->out, "</span> ");
	page_ref(p, run);
	html_markup(p->out, " ");
	page_sha(p, run->sha);
	html_markup(p->out, " ");
	page_time(p, run->created_at_ms);
	html_markup(p->out, " ");
	page_duration(p, run->started_at_ms, run->finished_at_ms);
	html_markup(p->out, "</p>\n<dl class=\"table\">");
	add_winner(p, run);
	add_fact(p, "Workflow", run->workflow);
	add_fact(p, "File", run->file);
	add_fact(p, "Pushed by", run->actor);
	add_fact(p, "Started because", run->why);
	if (run->rerun != NULL)
		add_fact(p, "Run again", arena_printf(p->req->a, "%s, asked "
		    "for by %s", run->rerun, run->rerun_by));
	html_markup(p->out, "</dl>");
	if (p->live)
		page_run_button(p, run, NULL, "cancel",
		    run->cancel_at_ms == 0 ? "Cancel this run" :
		    "Cancel all of its jobs");
	html_markup(p->out, "</div>\n");
}

static void
add_problems(struct page *p, const struct run *run)
{
	bool failed = strstr(run->problems, ": error: ") != NULL ||
	    (run->state == RUN_FAILED &&
	    strstr(run->problems, ": warning: ") == NULL);

	html_markup(p->out, failed ? "<section class=\"problems error\">" :
	    "<section class=\"problems warning\">");
	html_markup(p->out, "<h2>");
	html_text(p->out, failed ? "This pipeline cannot be run" :
	    "Warnings about this pipeline");
	html_markup(p->out, "</h2>\n<pre tabindex=\"0\">");
	html_text(p->out, run->problems);
	html_markup(p->out, "</pre></section>\n");
}

static bool
opens(const struct job *job, size_t n_jobs)
{
	enum look look = look_job(job->state);

	/* Why it waits, or was left out, is all that there is to see. */
	return n_jobs <= ALL_OPEN_MAX || look == LOOK_FAILED ||
	    look == LOOK_RUNNING || (job->started_at_ms == 0 &&
	    job->reason != NULL);
}

static void
add_job(struct page *p, const struct run *run, const struct job *job,
    size_t n_jobs, const struct step *steps, size_t n_steps)
{
	struct str at = STR_INIT;

	page_run_at(p, run, job->key, &at);
	html_markup(p->out, "<li><details id=\"job-");
	html_url_path(p->out, job->key);
	html_markup(p->out, opens(job, n_jobs) ? "\" open><summary>" :
	    "\"><summary>");
	page_state(p, look_job(job->state),
	    machine_state_name(MACHINE_JOB, (int)job->state));
	html_markup(p->out, "<span class=\"title\"><a href=\"");
	page_address(p, at.s);
	html_markup(p->out, "\"><bdi>");
	html_text(p->out, job->title);
	html_markup(p->out, "</bdi></a></span>");
	page_duration(p, job->started_at_ms, job->finished_at_ms);
	page_ran_in(p, run, job);
	html_markup(p->out, "</summary>\n");
	page_job_reason(p, job);
	page_steps(p, job, steps, n_steps);
	html_markup(p->out, "</details></li>\n");
	str_release(&at);
}

static void
add_jobs(struct page *p, const struct run *run, const struct job *jobs,
    size_t n_jobs, const struct step *steps, size_t n_steps)
{
	html_markup(p->out, "<h2>Jobs</h2>\n<ol class=\"list jobs\">\n");
	for (size_t i = 0; i < n_jobs; i++)
		add_job(p, run, &jobs[i], n_jobs, steps, n_steps);
	html_markup(p->out, "</ol>\n");
}

int
page_run(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct page p = { .w = w, .req = req };
	struct page_reports reports = { 0 };
	struct str repo = STR_INIT;
	struct run run;
	struct job *jobs;
	struct step *steps;
	struct run *attempts;
	size_t n_jobs, n_steps, n_attempts;

	if (st == NULL || find_run(st, req, &run, err) == -1 ||
	    job_list(st, run.id, req->a, &jobs, &n_jobs, err) == -1 ||
	    queue_explain(st, jobs, n_jobs, w->config, req->a, err) == -1 ||
	    step_list_run(st, run.id, req->a, &steps, &n_steps, err) == -1 ||
	    page_reports_read(st, run.id, req->a, &reports, err) == -1 ||
	    run_list_attempts(st, &run, req->a, &attempts, &n_attempts,
		err) == -1)
		return -1;
	layout_page_repo(&repo, run.owner, run.name);
	p.title = arena_printf(req->a, "%s #%" PRId64 ": %s/%s",
	    look_word(look_run(run.state)), run.number, run.owner, run.name);
	p.crumbs[p.n_crumbs++] = (struct crumb){
		arena_printf(req->a, "%s/%s", run.owner, run.name), repo.s };
	p.crumbs[p.n_crumbs++] = (struct crumb){
		page_run_number(&p, &run), NULL };
	p.live = !machine_terminal(MACHINE_RUN, (int)run.state);
	page_begin(&p, res);
	html_markup(p.out, "<div id=\"run\" data-live=\"");
	html_attr(p.out, p.live ? "yes" : "no");
	html_markup(p.out, "\">\n");
	add_head(&p, &run);
	page_attempts(&p, &run, attempts, n_attempts);
	if (n_attempts > 0 && attempts[0].id == run.id)
		page_rerun(&p, &run, jobs, n_jobs);
	if (page_gates(&p, st, &run, 0, err) == -1)
		return -1;
	if (run.problems != NULL)
		add_problems(&p, &run);
	if (n_jobs > 0)
		add_jobs(&p, &run, jobs, n_jobs, steps, n_steps);
	if (page_deployments(&p, st, &run, err) == -1)
		return -1;
	page_reports(&p, &run, &reports);
	if (page_artifacts(&p, st, run.id, 0, req->a, err) == -1)
		return -1;
	html_markup(p.out, "</div>\n");
	page_end(&p);
	str_release(&repo);
	return 0;
}
