/*
 * logs_api.h - the log of a job for programs, and for htdocs/log.js.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CGI_LOGS_API_H
#define PAWL_CGI_LOGS_API_H

#include "lib/web/serve.h"

int
api_log_text(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_log_lines(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_log_marks(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_log_times(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_log_search(struct web *w, struct request *req, struct response *res,
    struct err *err);

/* In the logs of many runs. */
int
api_logs_search(struct web *w, struct request *req, struct response *res,
    struct err *err);

#endif
