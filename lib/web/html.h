/*
 * html.h - HTML by functions that are named after the place they write to.
 * Choosing the function chooses the escaping, so a forgotten one can be seen:
 * a variable given to html_markup() is a mistake.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_WEB_HTML_H
#define PAWL_WEB_HTML_H

#include <stddef.h>
#include "lib/base/str.h"

/* Our own markup, as it is. Only string literals. */
void
html_markup(struct str *out, const char *literal);

/* Text between tags. NULL writes nothing. Control characters other than tab
 * and newline, and bytes that are not UTF-8, become U+FFFD; so do the
 * characters that reorder text, with which a name could lie. */
void
html_text(struct str *out, const char *text);
void
html_text_len(struct str *out, const char *text, size_t len);

/* The value of an attribute, between the double quotes of the markup. Not
 * for addresses, which can be scripts: those are built with the next two. */
void
html_attr(struct str *out, const char *text);

/* One segment of a path, and the value of a query argument, percent-encoded
 * (RFC 3986, section 2.3: only unreserved characters stand for themselves),
 * so that they can stand in an attribute as they are. */
void
html_url_path(struct str *out, const char *segment);
void
html_url_arg(struct str *out, const char *value);

/* An address of several segments, "logs/o/r/1/a.log": slashes stay. */
void
html_url_path_list(struct str *out, const char *path);

#endif
