/*
 * page_badges.h - the badge of a branch, with what to copy into a README.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CGI_PAGE_BADGES_H
#define PAWL_CGI_PAGE_BADGES_H

#include "cgi/page.h"
#include "lib/store/repos.h"

void
page_badges(struct page *p, const struct repo *repo, const char *branch);

#endif
