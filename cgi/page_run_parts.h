/*
 * page_run_parts.h - the page of a run: what its files share.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CGI_PAGE_RUN_PARTS_H
#define PAWL_CGI_PAGE_RUN_PARTS_H

#include "cgi/page.h"
#include "cgi/page_reports.h"
#include "cgi/run_view.h"
#include "lib/render/timeline.h"

struct run_page {
	struct page p;
	struct store *st;
	struct run_view v;
	struct view_filter f;
	struct repo repo;
	struct run_event event;
	struct forge_place forge;
	int64_t before, before_good; /* numbers of runs; 0: none */
	struct run *attempts;
	size_t n_attempts;
	struct job_service *services;
	size_t n_services;
	struct deployment *deployments;
	size_t n_deployments;
	struct job_place *places;  /* one for each job */
	struct job_cause *causes;
	size_t n_causes;
	struct page_reports reports;
	struct timeline t;
	size_t *shown;             /* jobs in the list */
	size_t n_shown, n_fits;
	struct step *steps;        /* of jobs that are shown or failed */
	size_t n_steps;
};

/* The first parts of the page, in this order. */
void
page_run_head(struct run_page *r);      /* page_run_head.c */
int
page_run_failed(struct run_page *r, struct err *err); /* page_failed.c */
void
page_run_graph(struct run_page *r);     /* page_graph.c */
void
page_run_jobs(struct run_page *r);      /* page_run_jobs.c */

/* Which jobs the list shows, in r->shown. */
void
page_run_choose(struct run_page *r);

/* Steps of a job: the first of them and their number. */
const struct step *
page_run_steps(const struct run_page *r, const struct job *job, size_t *n);

/* <a> to a page of the forge, when it has one; else the text alone. */
void
page_forge_link(struct page *p, bool known, const struct str *url,
    const char *text);

/* "src/x.c:12:3" with a link to the line in this commit. */
void
page_file_place(struct page *p, const struct forge_place *forge,
    const char *sha, const char *file, int line, int col);

#endif
