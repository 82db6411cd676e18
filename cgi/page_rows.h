/*
 * page_rows.h - runs as people see them in lists and strips.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CGI_PAGE_ROWS_H
#define PAWL_CGI_PAGE_ROWS_H

#include "cgi/page.h"
#include "lib/store/board.h"

/* A list of runs, with their repositories or without. */
void
page_rows(struct page *p, const struct run *runs, size_t n, bool with_repo);

/* Is one of them under way? */
bool
page_rows_live(const struct run *runs, size_t n);

/*
 * The newest runs of a branch as bars, oldest first: higher ones took longer,
 * failed ones have a foot, so that colour is not all there is. Each says what
 * it is when pointed at; the whole is said in words to who does not see it.
 */
struct page_strip {
	int slots;    /* room for so many; fewer stand at the right */
	int bar, gap; /* widths */
	int height;
	bool names;   /* say the workflow and the commit of each, too */
};
void
page_strip(struct page *p, const struct board_bar *bars, size_t n,
    const struct page_strip *strip);

/* "OWNER/NAME" as a link to the repository. */
void
page_repo_link(struct page *p, const char *owner, const char *name);

#endif
