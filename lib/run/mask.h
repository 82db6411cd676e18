/*
 * mask.h - keep secrets out of what a job prints.
 *
 * A mask knows the secret values; a stream of a mask is one descriptor's
 * output, which arrives in pieces cut anywhere. Every occurrence of a value
 * is replaced by "***", occurrences that overlap by one. Only bytes that may
 * still become a secret are held back; everything else passes at once and
 * unchanged, whatever it is (NUL bytes, no newlines, no UTF-8).
 *
 * What counts as the value: all of it, each of its lines when it has several
 * (tools print them one by one, or with other line ends), and its base64
 * text at any of the three alignments, in both alphabets.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RUN_MASK_H
#define PAWL_RUN_MASK_H

#include <stdbool.h>
#include <stddef.h>
#include "lib/base/str.h"

/* Shorter values would mask half of any log. */
#define MASK_MIN_BYTES 4

struct mask;
struct mask_stream;

struct mask *
mask_new(void);
void
mask_free(struct mask *m); /* after its streams */

/*
 * Add a secret value. Returns false when it is too short to be masked, so
 * that the caller can warn. Works while streams are in use: what they hold
 * back is looked at again.
 */
bool
mask_add(struct mask *m, const char *value, size_t len);

struct mask_stream *
mask_stream_new(struct mask *m);
void
mask_stream_free(struct mask_stream *s);

/* Feed bytes; what is certain is appended to `out`. */
void
mask_write(struct mask_stream *s, const char *data, size_t len,
    struct str *out);

/* Nothing more follows for now: append what was held back. */
void
mask_flush(struct mask_stream *s, struct str *out);

/*
 * The whole of a message of ours, which may quote what the pipeline's author
 * wrote. Messages that are too long are cut and end in "..." (err.h): what
 * stands there is hidden even when it is only the start of a secret, from
 * MASK_MIN_BYTES on.
 */
void
mask_message(struct mask *m, const char *text, size_t len, struct str *out);

#endif
