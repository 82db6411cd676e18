/*
 * page_log.h - the log on the page of a job: as much of it as says what
 * happened, complete without script, and what htdocs/log.js needs to show all
 * of it.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CGI_PAGE_LOG_H
#define PAWL_CGI_PAGE_LOG_H

#include "cgi/page.h"
#include "lib/base/log_file.h"
#include "lib/render/log_marks.h"

struct page_log {
	const struct run *run;
	const struct job *job;
	const struct step *steps;
	size_t n_steps;
	const char *log;     /* address below the base URL of the log */
	const char *query;   /* "attempt=1", "service=db": another log of the
	                        job than its newest; or "" */
	struct str path;     /* its file */
	struct log_file *f;  /* NULL: there is none any more */
	struct log_marks marks;
	int64_t from;        /* the line that was asked for; 0: none */
};

/* Open the log and read what stands where. */
int
page_log_open(struct page_log *l, struct page *p, struct arena *a,
    struct err *err);
void
page_log_close(struct page_log *l);

int
page_log(struct page_log *l, struct page *p, struct err *err);


#endif
