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

#define MAX_CRUMBS 4

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
};

/* The pages: each answers one address (see the table in web.c). */
int
page_runs(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
page_repo(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
page_run(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
page_job(struct web *w, struct request *req, struct response *res,
    struct err *err);

int
page_badge(struct web *w, struct request *req, struct response *res,
    struct err *err);

/* An error as a page; the `refuse` of struct web_app. */
void
page_error(struct web *w, struct request *req, struct response *res,
    int status, const char *code, const char *detail);

/* Begin a page for a response: type, caching, everything up to <main>. The
 * fields of `p` but `out` and `now_ms` are filled by the caller. */
void
page_begin(struct page *p, struct response *res);
void
page_end(struct page *p);

/* The address of something below the base URL, fit for an attribute. */
void
page_address(struct page *p, const char *relative);

/* <a> to a page of ours with a text. */
void
page_link(struct page *p, const char *relative, const char *text);

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
