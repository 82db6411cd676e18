/*
 * log_find.h - which log of a job an address means: that of its newest
 * attempt, of an earlier one ("?attempt=1"), or of a service ("?service=db").
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CGI_LOG_FIND_H
#define PAWL_CGI_LOG_FIND_H

#include "lib/base/log_file.h"
#include "lib/store/runs.h"
#include "lib/web/request.h"
#include "lib/web/serve.h"

struct log_place {
	int attempt;         /* of the job */
	const char *service; /* or NULL */
	const char *log;     /* below public/, and below the base URL */
	const char *query;   /* as above, or "" */
};

/* Everything lives in the request's arena. The job must have a log. */
int
log_place(struct request *req, const struct run *run, const struct job *job,
    struct log_place *out, struct err *err);

/* "?from=LINE": 0 when there is none, or it is no number. */
int64_t
log_from_line(const struct request *req);

/* The log of {owner}, {repo}, {run}, {attempt} and {job}, open, with its
 * path. ERR_NOT_FOUND. The caller closes and releases. */
int
log_find(struct web *w, struct request *req, struct log_file **f,
    struct str *path, struct err *err);

#endif
