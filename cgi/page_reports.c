/*
 * page_reports.c - what the jobs of a run have to say: annotations, summaries.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "cgi/page_reports.h"
#include "cgi/page_run_parts.h"
#include "lib/base/layout.h"

/* Of the summaries of a page together. */
#define HTML_MAX_BYTES (2 * 1024 * 1024)

int
page_reports_read(struct store *st, int64_t run, struct arena *a,
    struct page_reports *out, struct err *err)
{
	int64_t left = HTML_MAX_BYTES;

	if (annotation_list(st, run, a, &out->annotations,
		&out->n_annotations, err) == -1 ||
	    summary_list(st, run, a, &out->summaries, &out->n_summaries,
		err) == -1)
		return -1;
	out->html = arena_alloc(a, (out->n_summaries + 1) *
	    sizeof(*out->html));
	for (size_t i = 0; i < out->n_summaries; i++) {
		const struct summary *s = &out->summaries[i];

		if (s->bytes > left)
			continue;
		left -= s->bytes;
		if (summary_html(st, s->id, a, &out->html[i], err) == -1)
			return -1;
	}
	return 0;
}

static void
add_place(struct page *p, const struct run *run,
    const struct forge_place *forge, const struct annotation *a)
{
	if (a->file == NULL)
		return;
	html_markup(p->out, " ");
	page_file_place(p, forge, run->sha, a->file, a->line, a->col);
}

static void
add_job(struct page *p, const struct run *run, const char *key,
    const char *title)
{
	struct str at = STR_INIT;

	page_run_at(p, run, key, &at);
	html_markup(p->out, "<a href=\"");
	page_address(p, at.s);
	html_markup(p->out, "\"><bdi>");
	html_text(p->out, title);
	html_markup(p->out, "</bdi></a>");
	str_release(&at);
}

static void
add_annotation(struct page *p, const struct run *run,
    const struct forge_place *forge, const struct annotation *a)
{
	html_markup(p->out, "<li class=\"");
	html_attr(p->out, a->level);
	html_markup(p->out, "\"><p><strong>");
	html_text(p->out, a->level);
	html_markup(p->out, "</strong> ");
	if (a->title != NULL) {
		html_text(p->out, a->title);
		html_markup(p->out, " ");
	}
	add_job(p, run, a->key, a->job_title);
	add_place(p, run, forge, a);
	html_markup(p->out, "</p><pre tabindex=\"0\">");
	html_text(p->out, a->message);
	html_markup(p->out, "</pre></li>\n");
}

/* The HTML was made of tags of ours alone when it was stored. */
static void
add_summary(struct page *p, const struct run *run, const struct summary *s,
    const char *html)
{
	str_addf(p->out, "<details class=\"summary\" id=\"summary-%" PRId64
	    "-%d\" open><summary>", s->job, s->step);
	html_text(p->out, s->title);
	html_markup(p->out, "</summary>\n<p class=\"quiet\">");
	add_job(p, run, s->key, s->job_title);
	html_markup(p->out, "</p>\n");
	if (html != NULL)
		str_add(p->out, html);
	else
		html_markup(p->out, "<p class=\"quiet\">It is too long to be "
		    "shown here.</p>\n");
	html_markup(p->out, "</details>\n");
}

void
page_reports(struct page *p, const struct run *run,
    const struct forge_place *forge, const struct page_reports *r)
{
	if (r->n_annotations > 0) {
		html_markup(p->out, "<section id=\"annotations\">"
		    "<h2>Annotations</h2>\n<ul class=\"annotations\">\n");
		for (size_t i = 0; i < r->n_annotations; i++)
			add_annotation(p, run, forge, &r->annotations[i]);
		html_markup(p->out, "</ul></section>\n");
	}
	if (r->n_summaries > 0) {
		html_markup(p->out, "<section id=\"summaries\">"
		    "<h2>Summaries</h2>\n");
		for (size_t i = 0; i < r->n_summaries; i++)
			add_summary(p, run, &r->summaries[i], r->html[i]);
		html_markup(p->out, "</section>\n");
	}
}
