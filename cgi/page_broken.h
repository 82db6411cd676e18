/*
 * page_broken.h - what is broken: which job of which workflow, what it said,
 * and since which commit.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CGI_PAGE_BROKEN_H
#define PAWL_CGI_PAGE_BROKEN_H

#include "cgi/page.h"
#include "lib/store/board.h"

/* The title of each leads to the job that failed, so that from a red badge it
 * is two clicks to its log. */
void
page_broken(struct page *p, const struct board_broken *list, size_t n,
    bool with_repo);

#endif
