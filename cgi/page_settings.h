/*
 * page_settings.h - pieces of the pages on which a repository is set up.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CGI_PAGE_SETTINGS_H
#define PAWL_CGI_PAGE_SETTINGS_H

#include "cgi/page.h"
#include "lib/store/repos.h"

/* The repository of the request, and a page of its settings begun: "settings",
 * "settings/secrets", "settings/environments". 0, or -1. */
int
page_settings_begin(struct page *p, struct response *res, const char *here,
    struct repo *repo, struct err *err);

/* Back to such a page. */
int
page_settings_back(struct web *w, struct response *res,
    const struct repo *repo, const char *here);

/* A choice: <select>. `values` ends in NULL; texts[i] is shown for it. */
void
page_choice(struct page *p, const char *label, const char *name,
    const char *const *values, const char *const *texts, const char *now);

#endif
