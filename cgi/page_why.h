/*
 * page_why.h - why a job is as it is, on its page.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CGI_PAGE_WHY_H
#define PAWL_CGI_PAGE_WHY_H

#include "cgi/page.h"
#include "lib/render/why.h"

/* The answer, and behind it what led to it. */
void
page_why(struct page *p, const struct why *why);

#endif
