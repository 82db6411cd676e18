/*
 * page_file.h - the question that nginx asks before it sends a file of a
 * private repository.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CGI_PAGE_FILE_H
#define PAWL_CGI_PAGE_FILE_H

#include "lib/web/serve.h"

/* 204: yes, 403: no, or there is no such repository. */
int
page_file(struct web *w, struct request *req, struct response *res,
    struct err *err);

#endif
