/*
 * problem.h - errors as application/problem+json (RFC 9457).
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_WEB_PROBLEM_H
#define PAWL_WEB_PROBLEM_H

#include "lib/base/err.h"
#include "lib/web/response.h"

#define RETRY_AFTER_S "5" /* seconds, said with every 503 */

/* Why a request is not answered as it was asked, found on the way to its
 * handler. */
struct denial {
	int status;
	const char *code;   /* as of problem_write() */
	const char *detail;
};

/* Fill it. Returns 0. */
int
denial_set(struct denial *r, int status, const char *code,
    const char *detail);

/* The HTTP status that an error's code stands for. */
int
problem_status(enum err_code code);

/*
 * Make `res` a problem document: type "about:blank", the status and its
 * text, what was wrong in words (`detail`), the address asked for, the
 * correlation id, and `code`, a short stable word for programs such as
 * "signature-wrong" (NULL: left out). Headers added before stay; 503 gets
 * Retry-After.
 */
void
problem_write(struct response *res, const struct request *req, int status,
    const char *code, const char *detail);

#endif
