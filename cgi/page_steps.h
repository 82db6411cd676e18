/*
 * page_steps.h - what the page of a run and that of a job both show of a job.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CGI_PAGE_STEPS_H
#define PAWL_CGI_PAGE_STEPS_H

#include "cgi/page.h"
#include "lib/render/timeline.h"

/* The steps of this job among `steps`. */
void
page_steps(struct page *p, const struct job *job, const struct step *steps,
    size_t n_steps);

/* Why it ended or waits, when there is something to say. */
void
page_job_reason(struct page *p, const struct job *job);

/* The same with bars on an axis of time (NULL: without). */
void
page_steps_timed(struct page *p, const struct job *job,
    const struct step *steps, size_t n_steps, const struct timeline *t);

#endif
