/*
 * run_search.h - runs that fit a description, newest first, page by page.
 *
 * What fits may be rare among very many, so one search looks at a window of
 * RUN_SEARCH_WINDOW runs; the next page goes on where it ended.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_RUN_SEARCH_H
#define PAWL_STORE_RUN_SEARCH_H

#include "lib/store/runs.h"

#define RUN_SEARCH_WINDOW 5000

/* NULL, or 0: anything. */
struct run_query {
	const char *sees;     /* without a repo: see sees.h */
	int64_t repo;
	const char *branch;
	const char *workflow; /* its name or its file */
	const char *state;    /* a word of MACHINE_RUN */
	const char *event;
	const char *actor;
	const char *text;     /* part of the title, the branch or the actor, in
	                         any case of ASCII; or the beginning of the
	                         commit */
	int64_t since_ms;     /* made then or later; a rerun is of the time of */
	int64_t until_ms;     /* its run; made then or before */
	int64_t before;       /* behind this origin */
	int64_t skip;         /* how many to leave out */
	int limit;
};

/*
 * The newest attempts. *next is the `before` of the following page, 0 when
 * this is the last one; a page may hold less than its limit, even nothing,
 * and not be the last.
 */
int
run_search(struct store *st, const struct run_query *q, struct arena *a,
    struct run **out, size_t *n, int64_t *next, struct err *err);

#endif
