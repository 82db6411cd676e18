/*
 * page_account.h - who looks at a page, and the forms of those who may.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CGI_PAGE_ACCOUNT_H
#define PAWL_CGI_PAGE_ACCOUNT_H

#include "cgi/page.h"
#include "lib/store/grants.h"

/* Who looks at the page, and the way in or out; for its head. */
void
page_account(struct page *p);

/* A link to the form, which leads back to this page. */
void
page_sign_in_link(struct page *p);

/* May who looks at the page do this in a repository (NULL: in everything)? */
bool
page_may(const struct page *p, enum role role, const char *owner,
    const char *repo);

/* A form that is sent to an address below the base URL, with what shows that
 * it is ours. Fields and a button come between the two. */
void
page_form_begin(struct page *p, const char *address, const char *class);
void
page_form_end(struct page *p);

/* A button that does `what` ("cancel") with a run or, when `job` is its key,
 * one job; nothing for who may not. */
void
page_run_button(struct page *p, const struct run *run, const char *job,
    const char *what, const char *text);

#endif
