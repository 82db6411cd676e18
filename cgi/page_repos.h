/*
 * page_repos.h - repositories with how they do, those used last first: of all
 * and of one owner.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CGI_PAGE_REPOS_H
#define PAWL_CGI_PAGE_REPOS_H

#include "cgi/page.h"
#include "lib/store/board.h"

struct page_repos {
	struct board_repo *list;
	struct board_bar *bars;
	size_t n, n_bars;
	int64_t skip; /* repositories before these */
	bool any_run; /* one of them has ever run something */
};

/* Those of a page, as `skip` of the address says; owner NULL: of all. */
int
page_repos_read(struct store *st, const struct request *req,
    const char *owner, struct page_repos *out, struct err *err);

/* The section, on the page with this address. */
void
page_repos(struct page *p, const struct page_repos *repos,
    const char *address);

#endif
