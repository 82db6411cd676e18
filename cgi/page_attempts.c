/*
 * page_attempts.c - see page_attempts.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/page_attempts.h"

#include "cgi/page_account.h"
#include "lib/store/rerun.h"

static void
add_attempt(struct page *p, const struct run *run, bool here)
{
	const struct layout_run place = run_layout(run);
	struct str at = STR_INIT;

	layout_page_attempt(&at, &place);
	html_markup(p->out, here ? "<li aria-current=\"page\">" : "<li>");
	page_state(p, look_run(run->state), NULL);
	html_markup(p->out, " <a href=\"");
	page_address(p, at.s);
	str_addf(p->out, "\">Attempt %d</a> <span class=\"quiet\">",
	    run->attempt);
	html_text(p->out, run->rerun);
	html_markup(p->out, "</span> ");
	page_time(p, run->created_at_ms);
	html_markup(p->out, "</li>\n");
	str_release(&at);
}

void
page_attempts(struct page *p, const struct run *run,
    const struct run *attempts, size_t n)
{
	if (n < 2)
		return;
	html_markup(p->out, "<nav class=\"attempts\" aria-label=\"Attempts\">"
	    "<ol reversed>\n");
	for (size_t i = 0; i < n; i++)
		add_attempt(p, &attempts[i], attempts[i].id == run->id);
	html_markup(p->out, "</ol></nav>\n");
}

bool
page_may_rerun(const struct page *p, const struct run *run)
{
	return machine_terminal(MACHINE_RUN, (int)run->state) &&
	    run->config != NULL && run->attempt < RUN_ATTEMPTS_MAX &&
	    page_may(p, ROLE_WRITER, run->owner, run->name);
}

static void
begin_form(struct page *p, const struct run *run, const char *job)
{
	struct str at = STR_INIT;

	if (job != NULL)
		layout_page_job(&at, run->owner, run->name, run->number, job);
	else
		layout_page_run(&at, run->owner, run->name, run->number);
	str_add(&at, "/rerun");
	page_form_begin(p, at.s, "act");
	str_release(&at);
}

static void
end_form(struct page *p)
{
	html_markup(p->out, " <label><input type=\"checkbox\" name=\"debug\"> "
	    "with debug messages</label>");
	page_form_end(p);
}

void
page_rerun(struct page *p, const struct run *run, const struct job *jobs,
    size_t n_jobs)
{
	bool failed = false;

	if (!page_may_rerun(p, run))
		return;
	for (size_t i = 0; i < n_jobs; i++)
		failed = failed || jobs[i].state == JOB_FAILED ||
		    jobs[i].state == JOB_CANCELLED;
	begin_form(p, run, NULL);
	html_markup(p->out, "<button>Run all jobs again</button>");
	if (failed)
		html_markup(p->out, " <button name=\"failed\" value=\"true\">"
		    "Run failed jobs again</button>");
	end_form(p);
}

void
page_rerun_job(struct page *p, const struct run *run, const struct job *job)
{
	if (!page_may_rerun(p, run))
		return;
	begin_form(p, run, job->key);
	html_markup(p->out, "<button>Run this job again</button>");
	end_form(p);
}

void
page_ran_in(struct page *p, const struct run *run, const struct job *job)
{
	struct layout_run place = run_layout(run);
	struct str at = STR_INIT;

	if (job->ran_in == 0)
		return;
	place.attempt = job->ran_in;
	layout_page_attempt(&at, &place);
	str_add(&at, "/jobs/");
	html_url_path(&at, job->key);
	html_markup(p->out, " <a class=\"quiet\" href=\"");
	page_address(p, at.s);
	str_addf(p->out, "\">ran in attempt %d</a>", job->ran_in);
	str_release(&at);
}
