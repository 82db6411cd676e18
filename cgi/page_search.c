/*
 * page_search.c - the page that searches in logs.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "cgi/logs_query.h"
#include "cgi/page.h"
#include "lib/base/layout.h"
#include "lib/base/mem.h"
#include "lib/base/size.h"

static const struct { const char *name, *label, *hint; } fields[] = {
	{ "q", "Text", "in a line" },
	{ "repo", "Repository", "owner/name" },
	{ "branch", "Branch", "" },
	{ "job", "Job", "" },
	{ "step", "Step", "number or title" },
	{ "status", "Status of the run", "" },
	{ "since", "Since", "2026-11-21" },
};

static void
add_status(struct page *p, const char *value)
{
	html_markup(p->out, "<select name=\"status\"><option value=\"\">any"
	    "</option>");
	for (int i = 0; i < machine_n_states(MACHINE_RUN); i++) {
		const char *word = machine_state_name(MACHINE_RUN, i);

		html_markup(p->out, str_equal(value, word) ?
		    "<option selected>" : "<option>");
		html_text(p->out, word);
		html_markup(p->out, "</option>");
	}
	html_markup(p->out, "</select></label>");
}

static void
add_form(struct page *p)
{
	html_markup(p->out, "<form class=\"filter\" method=\"get\" "
	    "role=\"search\"><input type=\"hidden\" name=\"in\" "
	    "value=\"logs\">");
	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		const char *value = request_arg(p->req, fields[i].name);

		html_markup(p->out, i == 0 ? "<label class=\"grow\">" :
		    "<label>");
		html_text(p->out, fields[i].label);
		html_markup(p->out, " ");
		if (strcmp(fields[i].name, "status") == 0) {
			add_status(p, value);
			continue;
		}
		html_markup(p->out, i == 0 ? "<input type=\"search\" "
		    "required" : "<input");
		page_attr(p, "name", fields[i].name);
		page_attr(p, "value", value != NULL ? value : "");
		page_attr(p, "placeholder", fields[i].hint);
		html_markup(p->out, " maxlength=\"200\"></label>");
	}
	html_markup(p->out, "<button class=\"main\">Search</button>"
	    "</form>\n");
}

/* A run's job and the lines of it that were found. */
static void
add_head(struct page *p, const struct logs_hit *h, const char *at)
{
	struct str repo = STR_INIT;

	str_addf(&repo, "%s/%s #%" PRId64, h->run->owner, h->run->name,
	    h->run->number);
	html_markup(p->out, "<h2 class=\"hits\">");
	page_state(p, look_job(h->job->state), NULL);
	html_markup(p->out, " <a href=\"");
	page_address(p, at);
	html_markup(p->out, "\"><bdi>");
	html_text(p->out, repo.s);
	html_markup(p->out, "</bdi> <bdi>");
	html_text(p->out, h->job->title);
	html_markup(p->out, "</bdi></a> <span class=\"facts\">");
	page_ref(p, h->run);
	page_time(p, h->run->created_at_ms);
	html_markup(p->out, "</span></h2>\n");
	str_release(&repo);
}

static void
add_hits(struct page *p, const struct logs_found *found)
{
	const struct job *job = NULL;
	struct str at = STR_INIT;

	for (size_t i = 0; i < found->n; i++) {
		const struct logs_hit *h = &found->hits[i];

		if (h->job != job) {
			html_markup(p->out, job != NULL ? "</div>\n" : "");
			str_clear(&at);
			layout_page_job(&at, h->run->owner, h->run->name,
			    h->run->number, h->job->key);
			add_head(p, h, at.s);
			html_markup(p->out, "<div class=\"text found\">\n");
			job = h->job;
		}
		html_markup(p->out, "<div class=\"row\"><a class=\"no\" "
		    "href=\"");
		page_address(p, at.s);
		str_addf(p->out, "#L%" PRId64 "\">%" PRId64 "</a><code>",
		    h->line, h->line);
		html_text(p->out, h->text);
		html_markup(p->out, "</code></div>\n");
	}
	html_markup(p->out, job != NULL ? "</div>\n" : "");
	str_release(&at);
}

/* How far it has looked, and the way on. */
static void
add_reach(struct page *p, const struct logs_found *found)
{
	char size[SIZE_TEXT_SIZE];

	html_markup(p->out, "<p class=\"lead quiet\" role=\"status\">");
	str_addf(p->out, "%zu line%s in %" PRId64 " log%s of %" PRId64
	    " run%s, ", found->n, found->n == 1 ? "" : "s", found->logs,
	    found->logs == 1 ? "" : "s", found->runs,
	    found->runs == 1 ? "" : "s");
	html_text(p->out, size_text(found->bytes, size));
	html_markup(p->out, " looked through, the newest first");
	if (found->since_ms > 0) {
		html_markup(p->out, ", back to ");
		page_time(p, found->since_ms);
	}
	html_markup(p->out, found->next == NULL ? ". That is all there is."
	    "</p>\n" : ".</p>\n");
}

static void
add_next(struct page *p, const struct logs_found *found)
{
	if (found->next == NULL)
		return;
	html_markup(p->out, "<nav class=\"paging\" aria-label=\"Pages\">"
	    "<a class=\"button\" rel=\"next\" href=\"?in=logs");
	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		const char *value = request_arg(p->req, fields[i].name);

		if (value == NULL || *value == '\0')
			continue;
		html_markup(p->out, "&amp;");
		html_markup(p->out, fields[i].name);
		html_markup(p->out, "=");
		html_url_arg(p->out, value);
	}
	html_markup(p->out, "&amp;after=");
	html_url_arg(p->out, found->next);
	html_markup(p->out, "\">Look further back</a></nav>\n");
}

int
page_search(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct page p = { .w = w, .req = req, .title = "Search in logs" };
	const char *text = request_arg(req, "q");
	bool asked = text != NULL && *text != '\0';
	struct logs_query q;
	struct logs_found found;

	if (asked && logs_query_run(w, req, &q, &found, err) == -1)
		return -1;
	page_begin(&p, res);
	page_headline_begin(&p, "Search in logs");
	page_headline_end(&p);
	add_form(&p);
	if (asked) {
		add_reach(&p, &found);
		add_hits(&p, &found);
		add_next(&p, &found);
	}
	page_end(&p);
	return 0;
}
