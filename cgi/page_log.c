/*
 * page_log.c - see page_log.h.
 *
 * A small log is on the page whole, in its steps. Of a larger one the step
 * that matters is open, with its last lines; every other place is a link
 * with a line's number ("?from="), and all of that comes from a file that is
 * read at that place alone.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/page_log.h"

#include <inttypes.h>
#include <string.h>

#include "cgi/log_lines.h"
#include "lib/base/layout.h"
#include "lib/base/size.h"

#define WHOLE_LINES 1000   /* a log up to here is on the page whole */
#define WHOLE_BYTES 131072
#define OPEN_LINES 500     /* up to here all steps are open */
#define LAST_LINES 100     /* of a larger one, of the step that matters */
#define PAGE_LINES 1000    /* behind ?from= */
#define PAGE_BYTES 262144
#define MAX_PARTS 200

int
page_log_open(struct page_log *l, struct page *p, struct arena *a,
    struct err *err)
{
	struct err e = { 0 };

	layout_public_file(&l->path, p->w->config->state_dir, l->log);
	if (log_file_open(&l->f, l->path.s, &e) == 0)
		return log_marks_read(l->f, l->path.s, a, &l->marks, err);
	l->f = NULL;
	if (e.code != ERR_NOT_FOUND)
		return err_set(err, e.code, "%s", e.text);
	return 0;
}

void
page_log_close(struct page_log *l)
{
	log_file_close(l->f);
	str_release(&l->path);
}

static const struct step *
step_of(const struct page_log *l, int number)
{
	for (size_t i = 0; i < l->n_steps; i++)
		if (l->steps[i].number == number)
			return &l->steps[i];
	return NULL;
}

/* The step that a reader wants to see first: 0, that is the last part of the
 * log, when none has failed. */
static int
open_step(const struct page_log *l)
{
	for (size_t i = 0; i < l->marks.n_spans; i++) {
		const struct step *step = step_of(l, l->marks.spans[i].step);

		if (step != NULL && step->state == STEP_FAILED)
			return step->number;
	}
	return 0;
}

static bool
is_small(const struct page_log *l)
{
	return l->marks.lines <= WHOLE_LINES && l->marks.size <= WHOLE_BYTES;
}

static void
add_from(struct page_log *l, struct page *p, int64_t line)
{
	html_markup(p->out, "<a href=\"?");
	if (l->query[0] != '\0') {
		html_attr(p->out, l->query);
		html_markup(p->out, "&amp;");
	}
	str_addf(p->out, "from=%" PRId64 "#L%" PRId64 "\">", line, line);
}

/* The head of a part: its step, with its state and time. */
static void
add_summary(struct page_log *l, struct page *p, const struct log_span *span)
{
	const struct step *step = step_of(l, span->step);

	html_markup(p->out, "<summary>");
	if (step == NULL) {
		html_markup(p->out, span->step == 0 && span->line > 1 ?
		    "<span class=\"title\">Pawl</span>" :
		    "<span class=\"title\">Log</span>");
	} else {
		page_state(p, look_step(step->state), NULL);
		html_markup(p->out, "<span class=\"title\"><bdi>");
		html_text(p->out, step->title);
		html_markup(p->out, "</bdi></span>");
		page_duration(p, step->started_at_ms, step->finished_at_ms);
	}
	html_markup(p->out, "</summary>\n");
}

/* The lines of a part: all, or its last ones and where the others are. */
static int
add_part_lines(struct page_log *l, struct page *p, const struct log_span *s,
    int64_t end, bool whole, struct log_room *room, struct err *err)
{
	int64_t from = s->line, next;

	if (!whole && end - from > LAST_LINES)
		from = end - LAST_LINES;
	if (from > s->line) {
		html_markup(p->out, "<p class=\"log-more\">");
		add_from(l, p, s->line);
		str_addf(p->out, "%" PRId64 " lines before</a></p>\n",
		    from - s->line);
	}
	if (log_lines_html(p->out, l->f, l->path.s, from, end, room, &next,
	    err) == -1)
		return -1;
	if (next < end) {
		html_markup(p->out, "<p class=\"log-more\">");
		add_from(l, p, next);
		str_addf(p->out, "%" PRId64 " more lines</a></p>\n",
		    end - next);
	}
	return 0;
}

static int
add_part(struct page_log *l, struct page *p, size_t i, int open,
    struct log_room *room, struct err *err)
{
	const struct log_span *s = &l->marks.spans[i];
	bool last = i + 1 == l->marks.n_spans;
	int64_t end = last ? l->marks.lines + 1 : s[1].line;
	bool shown = open == s->step || (open == 0 && (last ||
	    l->marks.lines <= OPEN_LINES));
	bool whole = is_small(l);

	str_addf(p->out, "<details class=\"part\"%s>\n", shown ? " open" :
	    "");
	add_summary(l, p, s);
	if (whole || shown) {
		if (add_part_lines(l, p, s, end, whole, room, err) == -1)
			return -1;
	} else {
		html_markup(p->out, "<p class=\"log-more\">");
		add_from(l, p, s->line);
		str_addf(p->out, "%" PRId64 " lines</a></p>\n",
		    end - s->line);
	}
	html_markup(p->out, "</details>\n");
	return 0;
}

static int
add_parts(struct page_log *l, struct page *p, struct err *err)
{
	struct log_room room = { WHOLE_BYTES, WHOLE_LINES };
	size_t n = l->marks.n_spans < MAX_PARTS ? l->marks.n_spans :
	    MAX_PARTS;
	int open = open_step(l);

	for (size_t i = 0; i < n; i++)
		if (add_part(l, p, i, open, &room, err) == -1)
			return -1;
	if (n == l->marks.n_spans)
		return 0;
	html_markup(p->out, "<p class=\"log-more\">");
	add_from(l, p, l->marks.spans[n].line);
	html_markup(p->out, "The rest</a></p>\n");
	return 0;
}

/* A stretch of lines that was asked for. */
static int
add_stretch(struct page_log *l, struct page *p, struct err *err)
{
	struct log_room room = { PAGE_BYTES, PAGE_LINES };
	int64_t next, before = l->from > PAGE_LINES ? l->from - PAGE_LINES :
	    1;
	struct str links = STR_INIT, *out = p->out;
	int rc;

	html_markup(p->out, "<div class=\"part\">\n");
	if (l->from > 1) {
		html_markup(p->out, "<p class=\"log-more\">");
		add_from(l, p, before);
		html_markup(p->out, "Lines before</a></p>\n");
	}
	rc = log_lines_html(p->out, l->f, l->path.s, l->from,
	    l->marks.lines + 1, &room, &next, err);
	if (rc == 0 && next <= l->marks.lines) {
		p->out = &links;
		add_from(l, p, next);
		p->out = out;
		str_addf(p->out, "<p class=\"log-more\">%s%" PRId64
		    " more lines</a></p>\n", links.s, l->marks.lines + 1 -
		    next);
	}
	html_markup(p->out, "</div>\n");
	str_release(&links);
	return rc;
}

/* What is shown by script alone. */
static void
add_tools_of_script(struct page *p)
{
	html_markup(p->out, "<form id=\"find\" class=\"find\" role=\"search\" "
	    "hidden><input type=\"search\" id=\"q\" maxlength=\"200\" "
	    "aria-label=\"Search in this log\" placeholder=\"Search\" "
	    "autocomplete=\"off\" spellcheck=\"false\">"
	    "<span id=\"found\" role=\"status\"></span>"
	    "<button type=\"button\" id=\"prev\" title=\"Previous\" "
	    "aria-label=\"Previous match\">\342\206\221</button>"
	    "<button type=\"submit\" id=\"next\" title=\"Next\" "
	    "aria-label=\"Next match\">\342\206\223</button></form>"
	    "<span class=\"switches\" id=\"switches\" hidden>"
	    "<button type=\"button\" id=\"mistakes\" hidden></button>"
	    "<button type=\"button\" id=\"times\" aria-pressed=\"false\">"
	    "Times</button>"
	    "<button type=\"button\" id=\"wrap\" aria-pressed=\"false\">"
	    "Wrap</button>"
	    "<button type=\"button\" id=\"follow\" aria-pressed=\"false\" "
	    "hidden>Follow</button>"
	    "<button type=\"button\" id=\"copy\" title=\"Copy the "
	    "lines\" hidden>Copy</button>"
	    "<button type=\"button\" id=\"share\" title=\"Copy "
	    "their address\" hidden>Link</button>"
	    "</span>");
}

static void
add_bar(struct page_log *l, struct page *p)
{
	char size[SIZE_TEXT_SIZE];

	html_markup(p->out, "<div class=\"bar\"><h2>Log</h2>"
	    "<span id=\"size\" class=\"quiet\">");
	str_addf(p->out, "%" PRId64 " line%s, ", l->marks.lines,
	    l->marks.lines == 1 ? "" : "s");
	html_text(p->out, size_text(l->marks.size, size));
	html_markup(p->out, "</span>");
	add_tools_of_script(p);
	html_markup(p->out, "<span class=\"files\"><a href=\"");
	page_address(p, l->log);
	html_markup(p->out, "\">Raw</a> <a download href=\"");
	page_address(p, l->log);
	html_markup(p->out, "\">Download</a></span></div>\n");
}

/* Where htdocs/log.js finds everything. */
static void
add_data(struct page_log *l, struct page *p)
{
	struct str at = STR_INIT;

	str_add(&at, "api/v1/repos/");
	html_url_path(&at, l->run->owner);
	str_add_char(&at, '/');
	html_url_path(&at, l->run->name);
	str_addf(&at, "/runs/%" PRId64 "/attempts/%d/jobs/", l->run->number,
	    l->run->attempt);
	html_url_path(&at, l->job->key);
	str_add(&at, "/logs");
	html_markup(p->out, "<section id=\"log\" class=\"log\" "
	    "aria-label=\"Log\" data-url=\"");
	page_address(p, l->log);
	html_markup(p->out, "\" data-api=\"");
	page_address(p, at.s);
	html_markup(p->out, "\" data-query=\"");
	html_attr(p->out, l->query);
	str_addf(p->out, "\" data-size=\"%" PRId64 "\" data-lines=\"%" PRId64
	    "\" data-from=\"%" PRId64 "\" data-open=\"%d\" "
	    "data-attempt=\"%d\">\n", l->marks.size, l->marks.lines, l->from,
	    open_step(l), l->job->attempt);
	str_release(&at);
}

int
page_log(struct page_log *l, struct page *p, struct err *err)
{
	int rc;

	add_data(l, p);
	add_bar(l, p);
	html_markup(p->out, "<div id=\"text\" class=\"text\">\n");
	rc = l->from > 0 ? add_stretch(l, p, err) : add_parts(l, p, err);
	html_markup(p->out, "</div>\n</section>\n");
	return rc;
}
