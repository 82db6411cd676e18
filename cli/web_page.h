/*
 * web_page.h - --web: a page of the dashboard instead of text.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CLI_WEB_PAGE_H
#define PAWL_CLI_WEB_PAGE_H

#include "cli/cli.h"

/* Open the page (below the base URL, or a whole address) in a browser when
 * there is one and a terminal, and print its address in any case. */
int
web_page(struct cli *cli, const char *page, struct err *err);

#endif
