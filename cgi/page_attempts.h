/*
 * page_attempts.h - attempts of a run side by side, and running it again.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CGI_PAGE_ATTEMPTS_H
#define PAWL_CGI_PAGE_ATTEMPTS_H

#include "cgi/page.h"

/* May who looks at the page run it again? */
bool
page_may_rerun(const struct page *p, const struct run *run);

/* All attempts, when there is more than one; `run` is the one of the page. */
void
page_attempts(struct page *p, const struct run *run,
    const struct run *attempts, size_t n);

/* Buttons to run it again, when it has ended and who looks may. */
void
page_rerun(struct page *p, const struct run *run, const struct job *jobs,
    size_t n_jobs);
void
page_rerun_job(struct page *p, const struct run *run, const struct job *job);

/* In which attempt a job did its work, when it was not this one. */
void
page_ran_in(struct page *p, const struct run *run, const struct job *job);

#endif
