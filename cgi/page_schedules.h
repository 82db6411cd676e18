/*
 * page_schedules.h - what starts by the clock, as a table.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CGI_PAGE_SCHEDULES_H
#define PAWL_CGI_PAGE_SCHEDULES_H

#include "cgi/page.h"
#include "lib/store/schedules.h"

/* With buttons for who may write in the repository; and with its name. */
void
page_schedule_table(struct page *p, const struct schedule *list, size_t n,
    bool with_repo);

/* GET schedules */
int
page_schedules(struct web *w, struct request *req, struct response *res,
    struct err *err);

#endif
