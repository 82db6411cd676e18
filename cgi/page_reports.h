/*
 * page_reports.h - what the jobs of a run have to say: annotations, summaries.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CGI_PAGE_REPORTS_H
#define PAWL_CGI_PAGE_REPORTS_H

#include "cgi/page.h"
#include "lib/forge/links.h"
#include "lib/store/reports.h"

/* Everything that is shown of it, read before the page begins. */
struct page_reports {
	struct annotation *annotations;
	struct summary *summaries;
	const char **html; /* of each summary; NULL: too much for this page */
	size_t n_annotations, n_summaries;
};

int
page_reports_read(struct store *st, int64_t run, struct arena *a,
    struct page_reports *out, struct err *err);
void
page_reports(struct page *p, const struct run *run,
    const struct forge_place *forge, const struct page_reports *r);

#endif
