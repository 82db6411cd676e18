/*
 * why_api.h - why a run or a job is as it is, for programs.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CGI_WHY_API_H
#define PAWL_CGI_WHY_API_H

#include "lib/web/serve.h"

int
api_why_run(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_why_job(struct web *w, struct request *req, struct response *res,
    struct err *err);

#endif
