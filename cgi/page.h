/*
 * page.h - what all pages have in common: the frame, and small pieces that
 * show one thing in one way.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CGI_PAGE_H
#define PAWL_CGI_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/render/look.h"
#include "lib/store/runs.h"
#include "lib/web/html.h"
#include "lib/web/serve.h"

/* A step on the way from the first page to this one. */
struct crumb {
	const char *text;
	const char *address; /* below the base URL; NULL: this page */
};

#define MAX_CRUMBS 5

/* What the icon of the page in the browser's tab says. */
enum page_icon {
	PAGE_ICON_PLAIN, PAGE_ICON_RUNNING, PAGE_ICON_PASSED, PAGE_ICON_FAILED,
};

struct page {
	struct web *w;
	const struct request *req;
	struct str *out;   /* the answer's body */
	int64_t now_ms;    /* for "3 min ago": one moment for the page */
	const char *title; /* plain text */
	struct crumb crumbs[MAX_CRUMBS]; /* behind the site's name */
	size_t n_crumbs;
	bool live;         /* something on it is still under way: without
	                      script it loads itself again */
	enum page_icon icon;
	const char *script; /* of htdocs/, besides pawl.js; or NULL */
	const char *events; /* the stream that tells when something on it has
	                       changed, below the base URL; or NULL */
	/* The table that is being written (page_parts.c). */
	const char *const *heads;
	size_t n_heads, at_cell;
};

/* The pages: each answers one address (see the table in web.c). */
int
page_home(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
page_runs(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
page_insights(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
page_owner(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
page_repo(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
page_run(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
page_compare(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
page_graph_svg(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
page_job(struct web *w, struct request *req, struct response *res,
    struct err *err);

/* "search": in the text of logs. */
int
page_search(struct web *w, struct request *req, struct response *res,
    struct err *err);

int
page_badge(struct web *w, struct request *req, struct response *res,
    struct err *err);

/* An error as a page; the `refuse` of struct web_app. */
void
page_error(struct web *w, struct request *req, struct response *res,
    int status, const char *code, const char *detail);

/*
 * Begin a page for a response: type, caching, everything up to <main> and the
 * path to the page. The fields of `p` that the caller wants are filled
 * before; a title must be. What comes between is made of the pieces below and
 * of these classes of htdocs/pawl.css:
 *
 *	lead               a sentence or two below the title
 *	quiet, vh          less important; for screen readers alone
 *	cards, card        boxes beside each other
 *	sums               a <dl> of few large numbers
 *	list               <ol> of things, one below the other; "list runs" has
 *	                   state, title with facts, time
 *	fields             a form with its labels above
 *	filter             a form in one row, "grow" takes what is left
 *	act                a form that is a button, and perhaps a field
 *	button             a link that looks like one; "main" is the one thing
 *	                   to do here, "risky" cannot be undone
 *	chip               a word in a frame; "chip bad", "chip wait"
 *	state, ref, sha    page_state(), page_ref(), page_sha()
 *
 * No style and no script stands in the markup. What may be wider than a phone
 * stands in <div class="wide" tabindex="0" role="region" aria-label="...">.
 */
void
page_begin(struct page *p, struct response *res);
void
page_end(struct page *p);

/* --- the frame: page_nav.c ---------------------------------------------------- */

/* The pages that are always in reach, with what waits there; page_begin()
 * writes it. */
void
page_nav(struct page *p);

/* The pages of one repository, of which the one below its address named by
 * `here` ("" is the repository itself, "runs", "settings") is shown. */
void
page_repo_tabs(struct page *p, const char *owner, const char *name,
    const char *here);

/* Begin a page of a repository: the way to it, and these tabs. The title, if
 * there is none, is that of the tab. The headline is the caller's. */
void
page_repo_begin(struct page *p, const char *owner, const char *name,
    const char *here, struct response *res);

/* Below the base URL: "OWNER/NAME", or "OWNER/NAME/rest". */
const char *
page_repo_at(const struct page *p, const char *owner, const char *name,
    const char *rest);

/* What happens in it, for p->events. */
const char *
page_repo_events(const struct page *p, const char *owner, const char *name);

/* Pages beside each other; one of them is `here`. */
struct page_tab {
	const char *text;
	const char *address; /* below the base URL */
	bool here;
};
void
page_tabs(struct page *p, const char *label, const struct page_tab *tabs,
    size_t n);

/* --- pieces: page_parts.c ------------------------------------------------------- */

/* <h1>; between the two stands what belongs beside it: chips, buttons. */
void
page_headline_begin(struct page *p, const char *text);
void
page_headline_end(struct page *p);

/*
 * A table, that on a phone becomes a card for each row. `caption` is said by
 * screen readers. A heading that begins with ">" is of numbers, "" of
 * buttons. page_row() ends the row before and page_cell() the cell.
 */
void
page_table_begin(struct page *p, const char *caption,
    const char *const *heads, size_t n);
void
page_row(struct page *p);
void
page_cell(struct page *p);
void
page_table_end(struct page *p);

/* Instead of a list that is empty: a title, and between the two paragraphs
 * that say what to do. */
void
page_empty_begin(struct page *p, const char *title);
void
page_empty_end(struct page *p);

/* What must be seen; between the two more text. `strong` may be NULL. */
enum banner { BANNER_INFO, BANNER_GOOD, BANNER_WARNING, BANNER_ERROR };
void
page_banner_begin(struct page *p, enum banner kind, const char *strong);
void
page_banner_end(struct page *p);

/* <dt> and <dd> in a <dl class="table">; nothing without a value. */
void
page_fact(struct page *p, const char *name, const char *value);

/* One number of <dl class="sums">; `unit` may be NULL. */
void
page_sum(struct page *p, const char *name, const char *value,
    const char *unit);

/* Links to the newest ones and to older ones: the queries of these pages as
 * they stand in an address ("" is none), or NULL where there is no such link
 * because this is the first page, or the last. */
void
page_paging(struct page *p, const char *address, const char *newest,
    const char *older);

/* What is exchanged when the page is looked at again, because something in it
 * is under way (p->live), or p->events has told of something. `id` is one
 * word. */
void
page_live_begin(struct page *p, const char *id);
void
page_live_end(struct page *p);

/* A drawing that says nothing by itself. */
enum glyph { GLYPH_SEARCH, GLYPH_THEME, GLYPH_KEYS, GLYPH_NOTE, GLYPH_ALERT,
    GLYPH_CHECK };
void
page_glyph(struct page *p, enum glyph glyph);

/* --- things ----------------------------------------------------------------------- */

/* The address of something below the base URL, fit for an attribute. */
void
page_address(struct page *p, const char *relative);

/* <a> to a page of ours with a text. */
void
page_link(struct page *p, const char *relative, const char *text);

/* name="value" in a tag, with a blank before. */
void
page_attr(struct page *p, const char *name, const char *value);

/* The icon of a page about something that looks so. */
enum page_icon
page_icon_of(enum look look);

/* Icon and word of a state. `word` NULL: the look's own. */
void
page_state(struct page *p, enum look look, const char *word);

/* "3 min ago" with the exact time behind it; nothing for 0. */
void
page_time(struct page *p, int64_t at_ms);

/* How long it took, or takes up to now; nothing when it has not begun. */
void
page_duration(struct page *p, int64_t started_at_ms, int64_t finished_at_ms);

/* The branch or tag of a run, and the short commit id. */
void
page_ref(struct page *p, const struct run *run);
void
page_sha(struct page *p, const char *sha);

/* Where the page of a run is, or with its key that of a job, below the base
 * URL: of this attempt on pages that are about one. */
void
page_run_at(const struct page *p, const struct run *run, const char *job,
    struct str *out);

/* "#7", or where the page is of one attempt "#7, attempt 2". */
const char *
page_run_number(const struct page *p, const struct run *run);

/* A title that may be absent. */
const char *
page_run_title(const struct run *run);

#endif
