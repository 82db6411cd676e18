/*
 * markdown.h - Markdown of a stranger as HTML for our pages.
 *
 * GitHub's dialect without HTML: what looks like a tag is text. Addresses of
 * links are http, https or mailto, or there is no link; pictures are their
 * texts, because a page asks no third party. Headings begin below those of the
 * page. Links say nofollow and tell nobody where they stood.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_WEB_MARKDOWN_H
#define PAWL_WEB_MARKDOWN_H

#include <stddef.h>
#include "lib/base/err.h"
#include "lib/base/str.h"

/* Append at most about `max` bytes. ERR_TOO_LARGE: it would be more, and `out`
 * is as it was. Hostile text may take long: call it where that can be
 * ended. */
int
markdown_html(const char *text, size_t len, size_t max, struct str *out,
    struct err *err);

#endif
