/*
 * http_head.h - the little of an answer's head that is looked at: for
 * source*.c.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CLI_HTTP_HEAD_H
#define PAWL_CLI_HTTP_HEAD_H

#include "cli/source.h"

/* Take one header, "Name: value" of `len` bytes without its line end. */
void
http_header(const char *line, size_t len, struct answer *a);

/* Take an answer apart that is in CGI's form. */
int
http_read_cgi(const struct str *text, struct answer *a, struct err *err);

/* Is it the address of this very machine, which no network carries:
 * "localhost", 127.0.0.0/8 or [::1], of an http:// or https:// URL? */
bool
http_is_loopback(const char *url);

#endif
