/*
 * response.h - an answer, built whole and then written: status, headers,
 * body. Answers are small; what is large is a file, and nginx serves it.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_WEB_RESPONSE_H
#define PAWL_WEB_RESPONSE_H

#include <stdbool.h>
#include <stdint.h>
#include "lib/base/err.h"
#include "lib/base/str.h"
#include "lib/web/request.h"

/* Where a stream goes; -1 when the client is gone. */
typedef int response_put_fn(void *to, const char *data, size_t len);

struct response {
	int status;         /* 200 from response_init() */
	struct str headers; /* "Name: value\r\n" each */
	struct str body;
	const char *type;   /* Content-Type; a literal */
	bool revalidate;    /* Cache-Control: no-cache, with an ETag of the
	                       body, so an unchanged answer is a 304. Else
	                       Cache-Control: no-store */
	bool own_style;     /* a picture with a style sheet in it, that may do
	                       nothing else */
	/* Instead of a body: what is too large for memory, and no file that
	 * nginx could send. Exactly so many bytes. */
	int64_t stream_bytes;
	int (*stream)(void *ctx, response_put_fn *put, void *to,
	    struct err *err);
	void *stream_ctx;
	bool endless;       /* the body is sent by whoever asked for the head,
	                       as long as it lasts */
};

void
response_init(struct response *res);
void
response_release(struct response *res);

/* Forget what was built, as if fresh. */
void
response_reset(struct response *res);

/* Add a header. Control characters in the value, which could begin another
 * header, become blanks. */
void
response_header(struct response *res, const char *name, const char *value);

/* The answer to a form: look there (303). `path` begins with a slash. */
void
response_see_other(struct response *res, const char *path);

/* The header Location that was added, or NULL. */
const char *
response_location(const struct response *res, struct arena *a);

/* The entity tag of a body, in its quotes. */
#define RESPONSE_ETAG 36
void
response_etag(const struct str *body, char etag[RESPONSE_ETAG]);

/* "Not Found"; "" for one that Pawl does not use. */
const char *
status_text(int status);

/*
 * Append the whole answer in CGI's form ("Status: 200 OK", headers, empty
 * line, body) to `out`: with the headers that every answer carries, without
 * body for HEAD, and as 304 when If-None-Match names the ETag.
 */
void
response_write(const struct response *res, const struct request *req,
    struct str *out);

#endif
