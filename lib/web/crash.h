/*
 * crash.h - the last words of a handler that is ended by its own fault.
 *
 * The client gets its 503 from nginx; the log gets a line with the
 * correlation id of the request that did it, so that nobody has to guess.
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

/* The request in hand from now on; NULL: none. */
void
crash_request(const struct request *req);

#endif
