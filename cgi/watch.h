/*
 * watch.h - what watches: alerts, hooks, and Pawl's own tasks.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CGI_WATCH_H
#define PAWL_CGI_WATCH_H

#include "lib/web/serve.h"

/* GET api/v1/alerts, POST api/v1/alerts, DELETE api/v1/alerts/{name} */
int
api_alerts(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_alert_add(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_alert_remove(struct web *w, struct request *req, struct response *res,
    struct err *err);

/* GET api/v1/hooks, api/v1/tasks */
int
api_hooks(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_tasks(struct web *w, struct request *req, struct response *res,
    struct err *err);

#endif
