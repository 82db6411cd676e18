/*
 * http_head.h - the head of an HTTP/1 request (RFC 9112), for a program that
 * the web server speaks to by HTTP, as the variables that FastCGI and CGI
 * give (RFC 3875): so that everything behind is the same.
 *
 * It comes from a web server that has read it already, on a socket of ours;
 * still, nothing in it is believed.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_WEB_HTTP_HEAD_H
#define PAWL_WEB_HTTP_HEAD_H

#include <stddef.h>
#include "lib/base/arena.h"
#include "lib/base/err.h"

#define HTTP_HEAD_MAX 16384 /* bytes */
#define HTTP_HEAD_FIELDS 100

/* In which the web server says whose request it is. */
#define HTTP_ADDRESS_FIELD "Pawl-Address"

/*
 * 1 when `data` begins with a whole head: *env are its variables
 * ("REQUEST_METHOD=GET", "HTTP_COOKIE=...", ends in NULL), in the arena.
 * 0: there is more to come. -1, ERR_INVALID: it is none.
 */
int
http_head_read(const char *data, size_t len, struct arena *a,
    const char *const **env, struct err *err);

#endif
