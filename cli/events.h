/*
 * events.h - a stream of server-sent events, only to know that there is news:
 * for source_http.c.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CLI_EVENTS_H
#define PAWL_CLI_EVENTS_H

#include <curl/curl.h>

struct events;

/* Of a server; texts are borrowed. */
struct events *
events_new(const char *base_url, const char *token);
void
events_free(struct events *e); /* NULL is fine */

/* Wait until an event of the stream `path` comes, or for timeout_ms. A stream
 * that ends or is none is tried again later; meanwhile it is the time. */
void
events_wait(struct events *e, const char *path, int timeout_ms);

/* source_http.c: what all requests have in common. */
void
http_prepare(CURL *c, const char *url);
struct curl_slist *
http_headers(const char *token, const char *accept);

#endif
