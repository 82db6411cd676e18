/*
 * page_chart.h - numbers over time as a picture, drawn without a script.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CGI_PAGE_CHART_H
#define PAWL_CGI_PAGE_CHART_H

#include "cgi/page.h"

#define CHART_MAX_ROWS 3

/* Columns beside each other, in each the values of all rows. */
struct chart {
	const char *title;
	const char *about;  /* one sentence for who does not see it */
	const char *top;    /* what the highest stands for: "30 min" */
	const char *first, *last; /* below the ends */
	size_t n;           /* columns */
	size_t n_rows;
	struct {
		const char *name, *class; /* "succeeded", of the style sheet */
		const int64_t *values;    /* one for each column; -1: none */
	} rows[CHART_MAX_ROWS];
	const char *const *labels; /* what is said of a column */
};

/* The rows on top of each other; or as lines. */
void
page_chart_bars(struct page *p, const struct chart *c);
void
page_chart_lines(struct page *p, const struct chart *c);

#endif
