/*
 * sse.h - server-sent events as text (HTML standard, section 9.2): what a
 * stream of them is made of.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_WEB_SSE_H
#define PAWL_WEB_SSE_H

#include "lib/base/str.h"

#define SSE_TYPE "text/event-stream"

/* A line that readers pass over: it shows that the stream lives. */
void
sse_comment(struct str *out, const char *text);

/*
 * One event. `id` is what the reader sends back to go on behind it, or NULL;
 * `type` a word; `data` any text without NUL. An id with a line's end in it
 * would begin another field, and is left out.
 */
void
sse_event(struct str *out, const char *id, const char *type,
    const char *data);

#endif
