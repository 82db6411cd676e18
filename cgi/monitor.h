/*
 * monitor.h - what monitoring asks: is it well, and its numbers.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CGI_MONITOR_H
#define PAWL_CGI_MONITOR_H

#include "lib/web/serve.h"

int
api_healthz(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_readyz(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_metrics(struct web *w, struct request *req, struct response *res,
    struct err *err);

#endif
