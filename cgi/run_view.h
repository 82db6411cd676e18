/*
 * run_view.h - all that is asked of the database for the page of a run and
 * for what the API says of its shape: read in a number of statements that does
 * not depend on the number of jobs.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CGI_RUN_VIEW_H
#define PAWL_CGI_RUN_VIEW_H

#include <stdbool.h>
#include "lib/forge/links.h"
#include "lib/render/dag.h"
#include "lib/store/artifacts.h"
#include "lib/store/deployments.h"
#include "lib/store/details.h"
#include "lib/store/gates.h"
#include "lib/store/reports.h"
#include "lib/store/repos.h"
#include "lib/store/runs.h"
#include "lib/store/services.h"
#include "lib/web/serve.h"

/* With more jobs than this, a page shows them in parts. */
#define VIEW_JOBS_MAX 60
#define VIEW_PAGE_JOBS 50

/* What the list of jobs is narrowed to, from the query of the address. */
struct view_filter {
	const char *state; /* a word of look_word(); NULL: any */
	const char *text;  /* part of a key or title; NULL: any */
	long long stage;   /* from 1; 0: any */
	long long page;    /* from 1 */
	bool any;          /* something is asked for */
};

/* Everything lives in the request's arena. Lists with a place for each job
 * are in the order of `jobs`. */
struct run_view {
	struct run run;
	struct job *jobs;
	size_t n_jobs;
	struct dag_job *nodes; /* one for each job */
	struct dag dag;        /* with DAG_JOBS */
	bool *critical, *first_failed; /* one for each job */
	size_t *layer;         /* one for each job */
	size_t looks[LOOK_N];
};

/* The run that the address names, its jobs, and their graph. */
int
run_view_read(struct run_view *v, struct web *w, struct store *st,
    struct request *req, struct err *err);

/* The words of the query; ERR_INVALID. */
int
view_filter_read(struct view_filter *f, const struct request *req,
    struct err *err);
bool
view_filter_fits(const struct view_filter *f, const struct run_view *v,
    size_t job);

/* Does a text have a part, without regard to the case of ASCII? */
bool
view_has_text(const char *text, const char *part);

/* --- run_api.c ----------------------------------------------------------- */

/* The graph, the timeline, and two runs beside each other, as JSON. */
int
api_run_graph(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_run_timeline(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_compare(struct web *w, struct request *req, struct response *res,
    struct err *err);

#endif
