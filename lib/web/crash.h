/*
 * crash.h - the last words of a handler that is ended by its own fault.
 *
 * The log gets a line with the correlation id of the request that did it, and
 * the client a 500 with the same id. Where that cannot be said any more (the
 * answer has begun, the stack is used up) nginx says 503.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_WEB_CRASH_H
#define PAWL_WEB_CRASH_H

#include "lib/web/request.h"

/* Catch what only a fault of ours raises: SIGSEGV, SIGBUS, SIGFPE, SIGILL,
 * SIGABRT. The process still ends by the signal. */
void
crash_watch(const char *component);

#define CRASH_CGI (-1)

/* Where the answer goes from now on: a descriptor and the id of the request in
 * FastCGI, or CRASH_CGI. -1: nowhere, for it has begun. */
void
crash_answers(int fd, int id);

/* The request in hand from now on; NULL: none. */
void
crash_request(const struct request *req);

#endif
