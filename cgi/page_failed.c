/*
 * page_failed.c - what failed first: the jobs that nothing before them made
 * fail, with their steps, the end of what those printed, and what they said of
 * files. Mistakes in the pipeline and what is no fault of the author's look
 * different.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/page_run_parts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/layout.h"
#include "lib/base/log_file.h"
#include "lib/web/log_line.h"

#define JOBS_SHOWN 5
#define LINES_SHOWN 10
#define ANNOTATIONS_SHOWN_HERE 3
#define END_BYTES 8192 /* of a log, that are looked at */

enum fault { FAULT_OWN, FAULT_PIPELINE, FAULT_INFRA };

/* --- the end of what a step printed -------------------------------------- */

struct ending {
	struct str text;
	int64_t line; /* number of its first line; 0: not known */
};

/* Where the step's output ends: where the next one's begins. */
static int64_t
end_of(const struct step *steps, size_t n, const struct step *step,
    int64_t size)
{
	int64_t end = size;

	for (size_t i = 0; i < n; i++)
		if (steps[i].log_offset > step->log_offset &&
		    steps[i].log_offset < end && steps[i].started_at_ms != 0)
			end = steps[i].log_offset;
	return end;
}

/* The place of the last lines in `text`. */
static size_t
last_lines(const char *text, size_t len, size_t lines)
{
	size_t at = len;

	while (at > 0 && text[at - 1] == '\n')
		at--;
	for (; at > 0; at--)
		if (text[at - 1] == '\n' && --lines == 0)
			break;
	return at;
}

/* What cannot be read is not shown: the page is about more than its log. */
static void
ending_read(struct ending *e, const char *path, const struct step *steps,
    size_t n, const struct step *step)
{
	struct log_file *f = NULL;
	struct err err = { 0 };
	char buf[END_BYTES];
	int64_t end, from;
	size_t at, len;
	ssize_t got;

	if (log_file_open(&f, path, &err) == -1)
		return;
	end = end_of(steps, n, step, log_file_size(f));
	from = end - END_BYTES > step->log_offset ? end - END_BYTES :
	    step->log_offset;
	if (from > end)
		goto out;
	got = log_file_read(f, from, buf, (size_t)(end - from), &err);
	if (got <= 0)
		goto out;
	len = (size_t)got;
	while (len > 0 && buf[len - 1] == '\n')
		len--;
	at = last_lines(buf, len, LINES_SHOWN);
	str_add_len(&e->text, buf + at, len - at);
	if (log_file_number(f, from + (int64_t)at, &e->line, &err) == -1)
		e->line = 0;
out:
	log_file_close(f);
}

/* Lines with their numbers, which lead to them in the log. */
static void
add_lines(struct page *p, const char *at, const struct ending *e)
{
	const char *s = e->text.s;
	struct ansi state = ANSI_INIT;
	int64_t line = e->line;

	html_markup(p->out, "<pre class=\"ending\" tabindex=\"0\" role=\""
	    "region\" aria-label=\"End of the log\">");
	while (*s != '\0') {
		size_t len = strcspn(s, "\n");

		if (line > 0) {
			html_markup(p->out, "<a class=\"ln\" href=\"");
			page_address(p, at);
			str_addf(p->out, "#L%" PRId64 "\">%" PRId64 "</a>",
			    line, line);
			line++;
		}
		log_line_html(p->out, &state, s, len, len);
		html_markup(p->out, "\n");
		s += len + (s[len] == '\n');
	}
	html_markup(p->out, "</pre>\n");
}

/* --- one job ------------------------------------------------------------- */

static enum fault
fault_of(const struct run_page *r, const struct job *job)
{
	const char *cause = "";

	for (size_t i = 0; i < r->n_causes; i++)
		if (r->causes[i].job == job->id)
			cause = r->causes[i].cause;
	return strcmp(cause, "infra") == 0 ? FAULT_INFRA :
	    strcmp(cause, "pipeline") == 0 ? FAULT_PIPELINE : FAULT_OWN;
}

static const struct step *
failed_step(const struct step *steps, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (steps[i].state == STEP_FAILED)
			return &steps[i];
	return NULL;
}

static void
add_annotations(struct run_page *r, const struct job *job)
{
	struct page *p = &r->p;
	size_t shown = 0;

	for (size_t i = 0; i < r->reports.n_annotations; i++) {
		const struct annotation *a = &r->reports.annotations[i];

		if (a->job != job->id || strcmp(a->level, "error") != 0 ||
		    shown == ANNOTATIONS_SHOWN_HERE)
			continue;
		html_markup(p->out, shown++ == 0 ? "<ul class=\"said\"><li>" :
		    "<li>");
		if (a->file != NULL) {
			page_file_place(p, &r->forge, r->v.run.sha, a->file,
			    a->line, a->col);
			html_markup(p->out, " ");
		}
		html_markup(p->out, "<bdi>");
		html_text_len(p->out, a->message,
		    strcspn(a->message, "\n"));
		html_markup(p->out, "</bdi></li>\n");
	}
	html_markup(p->out, shown > 0 ? "</ul>\n" : "");
}

/* "Step 2 Compile failed: exit code 2", with a link to the line. */
static void
add_step(struct page *p, const char *at, const struct step *step,
    const struct ending *e)
{
	html_markup(p->out, "<p>");
	str_addf(p->out, "Step %d <strong><bdi>", step->number);
	html_text(p->out, step->title);
	html_markup(p->out, "</bdi></strong> ");
	if (step->reason != NULL)
		html_text(p->out, step->reason);
	else if (step->exit_code > 0)
		str_addf(p->out, "failed with exit code %d", step->exit_code);
	else
		html_markup(p->out, "failed");
	html_markup(p->out, " <a class=\"tolog\" href=\"");
	page_address(p, at);
	if (e->line > 0) {
		int64_t last = e->line;

		for (const char *s = e->text.s; (s = strchr(s, '\n')) != NULL;
		    s++)
			last++;
		str_addf(p->out, "#L%" PRId64, last);
	}
	html_markup(p->out, "\">Open the log here</a></p>\n");
}

static void
add_job(struct run_page *r, const struct job *job)
{
	static const char *const classes[] = {
		[FAULT_OWN] = "cause",
		[FAULT_PIPELINE] = "cause pipeline",
		[FAULT_INFRA] = "cause infra",
	};
	const enum fault fault = fault_of(r, job);
	struct ending e = { .text = STR_INIT };
	struct str at = STR_INIT, path = STR_INIT;
	struct page *p = &r->p;
	const struct step *steps, *step;
	size_t n;

	steps = page_run_steps(r, job, &n);
	step = failed_step(steps, n);
	page_run_at(p, &r->v.run, job->key, &at);
	if (job->log != NULL && step != NULL) {
		layout_public_file(&path, p->w->config->state_dir, job->log);
		ending_read(&e, path.s, steps, n, step);
	}
	html_markup(p->out, "<article class=\"");
	html_attr(p->out, classes[fault]);
	html_markup(p->out, "\"><h3>");
	page_link(p, at.s, job->title);
	html_markup(p->out, "</h3>\n");
	if (fault == FAULT_INFRA)
		html_markup(p->out, "<p><strong>This is no fault of the "
		    "pipeline or the commit.</strong> The machine or an "
		    "engine failed; the job can be run again.</p>\n");
	if (job->reason != NULL && (step == NULL || fault != FAULT_OWN)) {
		html_markup(p->out, "<p>");
		html_text(p->out, job->reason);
		html_markup(p->out, "</p>\n");
	}
	if (step != NULL)
		add_step(p, at.s, step, &e);
	add_annotations(r, job);
	if (e.text.len > 0)
		add_lines(p, at.s, &e);
	html_markup(p->out, "</article>\n");
	str_release(&at);
	str_release(&path);
	str_release(&e.text);
}

/* --- a pipeline that cannot be run --------------------------------------- */

/* "FILE:LINE:COL: " at the start of the text: a link to the place. */
static void
add_problem_place(struct run_page *r, const char *text)
{
	const char *colon = strchr(text, ':');
	struct page *p = &r->p;
	char *end;
	long line, col;

	if (colon == NULL || colon == text ||
	    memchr(text, '\n', (size_t)(colon - text)) != NULL)
		return;
	line = strtol(colon + 1, &end, 10);
	if (line < 1 || line > 10000000 || *end != ':')
		return;
	col = strtol(end + 1, &end, 10);
	if (col < 0 || col > 10000000 || *end != ':')
		return;
	html_markup(p->out, "<p>First at ");
	page_file_place(p, &r->forge, r->v.run.sha, arena_strndup(p->req->a,
	    text, (size_t)(colon - text)), (int)line, (int)col);
	html_markup(p->out, "</p>\n");
}

static void
add_problems(struct run_page *r)
{
	const struct run *run = &r->v.run;
	struct page *p = &r->p;
	bool failed;

	if (run->problems == NULL)
		return;
	failed = strstr(run->problems, ": error: ") != NULL ||
	    (run->state == RUN_FAILED &&
	    strstr(run->problems, ": warning: ") == NULL);
	html_markup(p->out, failed ? "<section class=\"problems error\" "
	    "id=\"problems\">" : "<section class=\"problems warning\" "
	    "id=\"problems\">");
	html_markup(p->out, "<h2>");
	html_text(p->out, failed ? "This pipeline cannot be run" :
	    "Warnings about this pipeline");
	html_markup(p->out, "</h2>\n");
	add_problem_place(r, run->problems);
	html_markup(p->out, "<pre tabindex=\"0\">");
	html_text(p->out, run->problems);
	html_markup(p->out, "</pre></section>\n");
}

int
page_run_failed(struct run_page *r, struct err *err)
{
	struct page *p = &r->p;
	size_t n = 0, left = 0;

	add_problems(r);
	for (size_t i = 0; i < r->v.n_jobs; i++)
		left += r->v.first_failed[i];
	if (left > 0 && detail_causes(r->st, r->v.run.id, p->req->a,
	    &r->causes, &r->n_causes, err) == -1)
		return -1;
	if (left == 0)
		return 0;
	html_markup(p->out, "<section id=\"failed\" class=\"failures\"><h2>"
	    "What failed first</h2>\n");
	for (size_t i = 0; i < r->v.n_jobs && n < JOBS_SHOWN; i++)
		if (r->v.first_failed[i]) {
			add_job(r, &r->v.jobs[i]);
			n++;
		}
	if (left > n)
		str_addf(p->out, "<p class=\"quiet\">and %zu more, see "
		    "<a href=\"?state=failed#jobs\">all that failed</a></p>\n",
		    left - n);
	html_markup(p->out, "</section>\n");
	return 0;
}
