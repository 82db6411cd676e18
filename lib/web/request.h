/*
 * request.h - one request, from the variables that FastCGI and CGI give alike
 * (RFC 3875) and a body.
 *
 * Routing looks at REQUEST_URI alone: front ends differ in SCRIPT_NAME and
 * PATH_INFO. The path is cut at its slashes first and each segment is
 * percent-decoded once, so an encoded slash stays inside its segment.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_WEB_REQUEST_H
#define PAWL_WEB_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/str.h"

#define REQUEST_MAX_URI 8192
#define REQUEST_MAX_SEGMENTS 16

enum method {
	METHOD_GET, METHOD_HEAD, METHOD_POST, METHOD_PUT, METHOD_PATCH,
	METHOD_DELETE, METHOD_OPTIONS,
	METHOD_OTHER,
};

struct actor;
struct json_t;
struct route;

/* An argument or a field that is not as it must be. */
struct wrong {
	const char *argument; /* its name; NULL: it is a field */
	const char *pointer;  /* of the field, in the body (RFC 6901) */
	const char *text;
};

/* All strings live in `a`, or in the variables, as long as the request. */
struct request {
	struct arena *a;
	const char *const *env;
	enum method method;
	const char *uri;         /* as sent: for logs and problems */
	const char *query;       /* behind the "?", or "" */
	const char *segments[REQUEST_MAX_SEGMENTS]; /* below the base path */
	size_t n_segments;
	const char *id;          /* correlation id: the sender's or ours */
	const char *remote_addr;
	struct str body;         /* released by request_release() */
	const struct route *route; /* that matched, for request_param() */
	const struct actor *actor; /* who asks (auth.h); NULL: somebody */
	const char *sees;        /* the repositories that a list may name, for
	                            :sees (lib/store/sees.h); NULL: all */
	struct json_t *fields;   /* of the body, or NULL: body.h owns them */
	struct wrong *wrong;     /* what arguments.h found, for a problem */
	size_t n_wrong;
};

/*
 * Read the variables ("NAME=value", ends in NULL; borrowed). `base_path` is
 * "" or "/ci". On failure the request still has its id, uri, method and
 * remote_addr. ERR_INVALID: encoding, control characters, too long.
 * ERR_NOT_FOUND: not below the base path.
 */
int
request_init(struct request *req, const char *const *env, const char *base_path,
    struct arena *a, struct err *err);
void
request_release(struct request *req);

/* The word of a method, "GET". METHOD_OTHER gives "other". */
const char *
method_name(enum method m);

/* A variable, or NULL. */
const char *
request_env(const struct request *req, const char *name);

/* A header by its name as written in HTTP, or NULL when absent or empty. */
const char *
request_header(const struct request *req, const char *name);

/* The value of {name} in the route's path; NULL when it has none. */
const char *
request_param(const struct request *req, const char *name);

/* The first value of a query argument, decoded: "" without one; or NULL. */
const char *
request_arg(const struct request *req, const char *name);

/* The first cookie of this name, or NULL. */
const char *
request_cookie(const struct request *req, const char *name);

/* Does the method only read (RFC 9110, section 9.2.1)? */
bool
request_reads(const struct request *req);

/* The media type without parameters, in lower case; "" when absent. */
const char *
request_content_type(const struct request *req);

#endif
