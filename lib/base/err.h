/*
 * err.h - the one error type.
 *
 * A function that can fail returns 0 or a positive number on success and -1
 * on failure, and takes `struct err *err` last. It leaves `err` alone on
 * success and sets it exactly once on failure; callers on the way up put in
 * front what they were doing (err_wrap). Nothing below cgi/, workerd/ and
 * cli/ prints an error or ends the process: the edge decides its form.
 *
 * A message says what was wrong, where, and what to do; it starts in lower
 * case, has no full stop, and quotes names "like this".
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_BASE_ERR_H
#define PAWL_BASE_ERR_H

#include <stdarg.h>

/* Whose fault it is. Decides retry, HTTP class and where the text is shown. */
enum err_kind {
	ERR_KIND_USER,  /* bad input: 4xx, never retried */
	ERR_KIND_INFRA, /* disk, network, engine: 503, retried */
	ERR_KIND_BUG,   /* our own: 500, logged with its place */
};

/* What went wrong, as far as a caller may want to act on it. */
enum err_code {
	ERR_NONE = 0,
	ERR_INVALID,     /* user: malformed or not allowed */
	ERR_NOT_FOUND,   /* user: names nothing that exists */
	ERR_EXISTS,      /* user: already there */
	ERR_TOO_LARGE,   /* user: over a limit, which the text names */
	ERR_DENIED,      /* user: not permitted, or a signature is wrong */
	ERR_CONFLICT,    /* user: the thing is not in a state that allows it */
	ERR_UNSUPPORTED, /* user: known, but not possible in this build or host */
	ERR_BUSY,        /* infra: locked; try again */
	ERR_TIMEOUT,     /* infra: a limit of time was reached */
	ERR_UNAVAILABLE, /* infra: a service does not answer */
	ERR_IO,          /* infra: the system refused: disk, rights, resources */
	ERR_CORRUPT,     /* bug: stored data breaks its own rules */
	ERR_BUG,         /* bug: cannot happen */
};

/*
 * An error. Zeroed means "none". Lives on the caller's stack; owns nothing.
 * A text too long for `text` is cut with "..." at its end.
 */
struct err {
	enum err_code code;
	char text[1024];
};

/* Fill `err` (may be NULL) from a printf format. Always returns -1. */
int
err_set(struct err *err, enum err_code code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* As err_set(), with ": " and strerror(errno) behind the text. errno is
 * read before anything else. ENOENT, EEXIST, EACCES and so on choose the
 * code; all others give ERR_IO. */
int
err_errno(struct err *err, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Put "<text>: " in front of an error that is already set; keeps its code.
 * Always returns -1. */
int
err_wrap(struct err *err, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Forget the error, so that `err` can be used again. NULL is fine. */
void
err_clear(struct err *err);

/* The kind that a code belongs to. */
enum err_kind
err_kind(enum err_code code);

/* The word for a kind in logs and JSON: "user", "infrastructure", "bug". */
const char *
err_kind_name(enum err_kind kind);

#endif
