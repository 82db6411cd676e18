/*
 * page_storage.h - artifacts and caches on the pages of runs and jobs.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CGI_PAGE_STORAGE_H
#define PAWL_CGI_PAGE_STORAGE_H

#include "cgi/page.h"

/* A section with a run's artifacts, those of one job when `job` is not 0;
 * nothing when there are none. */
int
page_artifacts(struct page *p, struct store *st, int64_t run, int64_t job,
    struct arena *a, struct err *err);

/* What a job looked for in the cache; nothing when it did not. */
int
page_caches(struct page *p, struct store *st, int64_t job, struct arena *a,
    struct err *err);

#endif
