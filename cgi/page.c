/*
 * page.c - see page.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/page.h"
#include "cgi/page_account.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/web/problem.h"

#define MINUTE_MS INT64_C(60000)
#define HOUR_MS (60 * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)
#define SHORT_SHA 8
#define REFRESH_S "5" /* without script */

void
page_address(struct page *p, const char *relative)
{
	html_attr(p->out, p->w->base_path);
	html_markup(p->out, "/");
	html_attr(p->out, relative);
}

void
page_link(struct page *p, const char *relative, const char *text)
{
	html_markup(p->out, "<a href=\"");
	page_address(p, relative);
	html_markup(p->out, "\">");
	html_text(p->out, text);
	html_markup(p->out, "</a>");
}

/* A new version has new addresses, so none mixes with an old one that a
 * browser has kept. */
static void
add_asset(struct page *p, const char *before, const char *name,
    const char *after)
{
	html_markup(p->out, before);
	page_address(p, "static/");
	html_url_path(p->out, name);
	html_markup(p->out, "?v=");
	html_url_arg(p->out, PACKAGE_VERSION);
	html_markup(p->out, after);
}

static const char *const icons_of_page[] = {
	[PAGE_ICON_PLAIN] = "favicon.svg",
	[PAGE_ICON_RUNNING] = "favicon-running.svg",
	[PAGE_ICON_PASSED] = "favicon-passed.svg",
	[PAGE_ICON_FAILED] = "favicon-failed.svg",
};

static void
add_head(struct page *p)
{
	html_markup(p->out, "<!doctype html>\n<html lang=\"en\">\n<head>\n"
	    "<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
	    "content=\"width=device-width, initial-scale=1\">\n"
	    "<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
	html_text(p->out, p->title);
	html_markup(p->out, " - ");
	html_text(p->out, p->w->config->site_name);
	html_markup(p->out, "</title>\n");
	add_asset(p, "<script src=\"", "theme.js", "\"></script>\n");
	add_asset(p, "<link rel=\"stylesheet\" href=\"", "pawl.css", "\">\n");
	add_asset(p, "<link rel=\"icon\" id=\"icon\" type=\"image/svg+xml\" "
	    "href=\"", icons_of_page[p->icon], "\">\n");
	if (p->events != NULL)
		add_asset(p, "<script src=\"", "live.js",
		    "\" defer></script>\n");
	add_asset(p, "<script src=\"", "pawl.js", "\" defer></script>\n");
	if (p->script != NULL)
		add_asset(p, "<script src=\"", p->script,
		    "\" defer></script>\n");
	if (p->live)
		html_markup(p->out, "<noscript><meta http-equiv=\"refresh\" "
		    "content=\"" REFRESH_S "\"></noscript>\n");
	html_markup(p->out, "</head>\n");
}

static void
add_crumbs(struct page *p)
{
	html_markup(p->out, "<nav aria-label=\"Path\"><ol class=\"crumbs\">");
	for (size_t i = 0; i < p->n_crumbs; i++) {
		const struct crumb *c = &p->crumbs[i];

		if (c->address != NULL) {
			html_markup(p->out, "<li>");
			page_link(p, c->address, c->text);
		} else {
			html_markup(p->out, "<li aria-current=\"page\">");
			html_text(p->out, c->text);
		}
		html_markup(p->out, "</li>");
	}
	html_markup(p->out, "</ol></nav>\n");
}

/* What needs script is shown by it. */
static void
add_tools(struct page *p)
{
	html_markup(p->out, "<div class=\"tools\"><a class=\"tool\" href=\"");
	page_address(p, "search");
	html_markup(p->out, "\" title=\"Search\" aria-label=\"Search\">");
	page_glyph(p, GLYPH_SEARCH);
	html_markup(p->out, "</a><button class=\"tool\" id=\"theme\" "
	    "hidden>");
	page_glyph(p, GLYPH_THEME);
	html_markup(p->out, "</button><button class=\"tool\" id=\"keys\" "
	    "title=\"Keys\" aria-label=\"Keys\" hidden>");
	page_glyph(p, GLYPH_KEYS);
	html_markup(p->out, "</button>");
	page_account(p);
	html_markup(p->out, "</div>");
}

void
page_begin(struct page *p, struct response *res)
{
	res->type = "text/html; charset=utf-8";
	res->revalidate = true;
	p->out = &res->body;
	p->now_ms = clock_now_ms();
	add_head(p);
	html_markup(p->out, "<body>\n<a class=\"skip\" href=\"#main\">Skip to "
	    "content</a>\n<header class=\"top\"><a class=\"brand\" href=\"");
	page_address(p, "");
	add_asset(p, "\"><img src=\"", "favicon.svg",
	    "\" alt=\"\" width=\"22\" height=\"22\"> ");
	html_text(p->out, p->w->config->site_name);
	html_markup(p->out, "</a>");
	page_nav(p);
	add_tools(p);
	html_markup(p->out, "</header>\n<main id=\"main\">\n");
	/* A page that stands in the frame's table is its own way. */
	if (p->n_crumbs > 1 ||
	    (p->n_crumbs == 1 && p->crumbs[0].address != NULL))
		add_crumbs(p);
}

void
page_end(struct page *p)
{
	html_markup(p->out, "</main>\n<footer><span>Pawl ");
	html_text(p->out, PACKAGE_VERSION);
	html_markup(p->out, "</span> <span id=\"link\" role=\"status\"></span>"
	    "</footer>\n</body>\n</html>\n");
}

enum page_icon
page_icon_of(enum look look)
{
	switch (look) {
	case LOOK_PENDING:
	case LOOK_RUNNING:
		return PAGE_ICON_RUNNING;
	case LOOK_SUCCEEDED:
		return PAGE_ICON_PASSED;
	case LOOK_FAILED:
		return PAGE_ICON_FAILED;
	case LOOK_CANCELLED:
	case LOOK_SKIPPED:
		return PAGE_ICON_PLAIN;
	}
	return PAGE_ICON_PLAIN;
}

void
page_state(struct page *p, enum look look, const char *word)
{
	html_markup(p->out, "<span class=\"state ");
	html_attr(p->out, look_word(look));
	html_markup(p->out, "\"><svg viewBox=\"0 0 16 16\" width=\"16\" "
	    "height=\"16\" aria-hidden=\"true\">");
	html_markup(p->out, look_icon(look));
	html_markup(p->out, "</svg><span class=\"word\">");
	html_text(p->out, word != NULL ? word : look_word(look));
	html_markup(p->out, "</span></span>");
}

static void
ago_text(int64_t age_ms, const char *exact, char *buf, size_t size)
{
	if (age_ms < MINUTE_MS)
		snprintf(buf, size, "just now");
	else if (age_ms < HOUR_MS)
		snprintf(buf, size, "%" PRId64 " min ago", age_ms / MINUTE_MS);
	else if (age_ms < DAY_MS)
		snprintf(buf, size, "%" PRId64 " h ago", age_ms / HOUR_MS);
	else if (age_ms < 30 * DAY_MS)
		snprintf(buf, size, "%" PRId64 " d ago", age_ms / DAY_MS);
	else
		snprintf(buf, size, "%.10s", exact);
}

void
page_time(struct page *p, int64_t at_ms)
{
	char exact[CLOCK_TEXT_SIZE], ago[CLOCK_TEXT_SIZE];

	if (at_ms == 0)
		return;
	clock_rfc3339(at_ms, exact);
	ago_text(p->now_ms - at_ms, exact, ago, sizeof(ago));
	html_markup(p->out, "<time datetime=\"");
	html_attr(p->out, exact);
	html_markup(p->out, "\" title=\"");
	html_attr(p->out, exact);
	html_markup(p->out, "\">");
	html_text(p->out, ago);
	html_markup(p->out, "</time>");
}

void
page_duration(struct page *p, int64_t started_at_ms, int64_t finished_at_ms)
{
	int64_t end_ms = finished_at_ms != 0 ? finished_at_ms : p->now_ms;
	char buf[CLOCK_TEXT_SIZE];

	if (started_at_ms == 0)
		return;
	if (end_ms < started_at_ms)
		end_ms = started_at_ms;
	/* Of what still runs, whole seconds are news enough. */
	if (finished_at_ms == 0)
		end_ms -= (end_ms - started_at_ms) % 1000;
	if (finished_at_ms != 0)
		html_markup(p->out, "<span class=\"duration\">");
	else
		str_addf(p->out, "<span class=\"duration\" data-s=\"%" PRId64
		    "\">", (end_ms - started_at_ms) / 1000);
	html_text(p->out, clock_duration(end_ms - started_at_ms, buf));
	html_markup(p->out, "</span>");
}

void
page_ref(struct page *p, const struct run *run)
{
	bool tag = strncmp(run->ref, "refs/tags/", 10) == 0;

	html_markup(p->out, tag ? "<span class=\"ref tag\" title=\"tag\">" :
	    "<span class=\"ref\" title=\"branch\">");
	html_markup(p->out, "<bdi>");
	html_text(p->out, run->branch);
	html_markup(p->out, "</bdi></span>");
}

void
page_sha(struct page *p, const char *sha)
{
	html_markup(p->out, "<code class=\"sha\" title=\"");
	html_attr(p->out, sha);
	html_markup(p->out, "\">");
	html_text_len(p->out, sha, strnlen(sha, SHORT_SHA));
	html_markup(p->out, "</code>");
}

void
page_run_at(const struct page *p, const struct run *run, const char *job,
    struct str *out)
{
	struct layout_run place = run_layout(run);

	if (request_param(p->req, "attempt") == NULL)
		place.attempt = 0;
	layout_page_attempt(out, &place);
	if (job != NULL) {
		str_add(out, "/jobs/");
		html_url_path(out, job);
	}
}

const char *
page_run_number(const struct page *p, const struct run *run)
{
	return request_param(p->req, "attempt") == NULL ?
	    arena_printf(p->req->a, "#%" PRId64, run->number) :
	    arena_printf(p->req->a, "#%" PRId64 ", attempt %d", run->number,
	    run->attempt);
}

const char *
page_run_title(const struct run *run)
{
	return run->title != NULL && run->title[0] != '\0' ?
	    run->title : "(no title)";
}

/* What to do about it, for those that a person meets. */
static const struct {
	int status;
	const char *help;
} errors[] = {
	{ 401, "What you asked for is not open to "
	    "everybody." },
	{ 403, "Somebody who administers this server "
	    "can give you the role that it needs." },
	{ 404, "It may have been removed, its address "
	    "may be misspelt, or it is private and you have not signed in." },
	{ 405, "Go back and try it from "
	    "the page that led here." },
	{ 413, "Send less." },
	{ 429, "Wait a moment, then try again." },
	{ 500, "It is in the server's log under "
	    "the correlation id below." },
	{ 503, "Something that this page needs does not answer. "
	    "Logs, badges and artifacts are still served." },
};

static void
add_help(struct page *p, int status)
{
	for (size_t i = 0; i < ARRAY_LEN(errors); i++) {
		if (errors[i].status != status)
			continue;
		html_markup(p->out, "<p class=\"lead\">");
		html_text(p->out, errors[i].help);
		html_markup(p->out, "</p>\n");
	}
}

static void
add_ways_on(struct page *p, int status)
{
	html_markup(p->out, "<p class=\"paging\">");
	if (status == 401 || (status == 404 && p->req->actor == NULL))
		page_sign_in_link(p);
	page_link(p, "", "Home");
	page_link(p, "runs", "Runs");
	html_markup(p->out, "</p>\n");
}

void
page_error(struct web *w, struct request *req, struct response *res,
    int status, const char *code, const char *detail)
{
	char title[80];
	struct page p = { .w = w, .req = req, .title = title };

	(void)code;
	snprintf(title, sizeof(title), "%d %s", status, status_text(status));
	res->status = status;
	if (status == 503)
		response_header(res, "Retry-After", RETRY_AFTER_S);
	page_begin(&p, res);
	html_markup(p.out, "<section class=\"notice\"><h1>");
	html_text(p.out, title);
	html_markup(p.out, "</h1>\n<p><bdi>");
	html_text(p.out, detail);
	html_markup(p.out, "</bdi></p>\n");
	add_help(&p, status);
	add_ways_on(&p, status);
	html_markup(p.out, "<p class=\"quiet\">Correlation id <code>");
	html_text(p.out, req->id);
	html_markup(p.out, "</code></p>\n</section>\n");
	page_end(&p);
	res->revalidate = false;
}
