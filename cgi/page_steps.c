/*
 * page_steps.c - see page_steps.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/page_steps.h"

static void
add_step(struct page *p, const struct step *step, const struct timeline *t)
{
	html_markup(p->out, "<li>");
	page_state(p, look_step(step->state), NULL);
	html_markup(p->out, "<span class=\"title\" title=\"");
	html_attr(p->out, step->command != NULL ? step->command : "");
	html_markup(p->out, "\"><bdi>");
	html_text(p->out, step->title);
	html_markup(p->out, "</bdi>");
	if (step->reason == NULL && step->exit_code > 0)
		str_addf(p->out, " <span class=\"exit\">exit code %d</span>",
		    step->exit_code);
	if (step->reason != NULL) {
		html_markup(p->out, " <span class=\"reason ");
		html_attr(p->out, look_word(look_step(step->state)));
		html_markup(p->out, "\">");
		html_text(p->out, step->reason);
		html_markup(p->out, "</span>");
	}
	html_markup(p->out, "</span>");
	if (t != NULL) {
		html_markup(p->out, "<span class=\"lane\">");
		timeline_bar_svg(t, 0, step->started_at_ms,
		    step->finished_at_ms, look_word(look_step(step->state)),
		    p->out);
		html_markup(p->out, "</span>");
	}
	page_duration(p, step->started_at_ms, step->finished_at_ms);
	html_markup(p->out, "</li>\n");
}

void
page_steps(struct page *p, const struct job *job, const struct step *steps,
    size_t n_steps)
{
	page_steps_timed(p, job, steps, n_steps, NULL);
}

void
page_steps_timed(struct page *p, const struct job *job,
    const struct step *steps, size_t n_steps, const struct timeline *t)
{
	bool any = false;

	for (size_t i = 0; i < n_steps; i++) {
		if (steps[i].job != job->id)
			continue;
		html_markup(p->out, any ? "" : t != NULL ?
		    "<ol class=\"steps timed\">\n" :
		    "<ol class=\"steps\">\n");
		add_step(p, &steps[i], t);
		any = true;
	}
	html_markup(p->out, any ? "</ol>\n" : "");
}

void
page_job_reason(struct page *p, const struct job *job)
{
	bool cancelling = job->cancel_at_ms != 0 && job->finished_at_ms == 0;

	if (job->reason == NULL && job->attempt < 2 && !cancelling)
		return;
	html_markup(p->out, "<p class=\"reason ");
	html_attr(p->out, look_word(look_job(job->state)));
	html_markup(p->out, "\">");
	if (cancelling)
		html_markup(p->out, "is being cancelled ");
	html_text(p->out, job->reason);
	if (job->attempt > 1)
		str_addf(p->out, " <span class=\"quiet\">attempt %d</span>",
		    job->attempt);
	html_markup(p->out, "</p>\n");
}
