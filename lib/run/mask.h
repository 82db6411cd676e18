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
 * (tools print them one by one, or with other line ends), and what programs
 * make of it: mask_variants.h.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RUN_MASK_H
#define PAWL_RUN_MASK_H

#include <stddef.h>
#include "lib/base/str.h"

/* Shorter values would mask half of any log. */
#define MASK_MIN_BYTES 4
/* The largest file of GitHub's secrets, with room. */
#define MASK_MAX_BYTES (1024 * 1024)
/* Of both automata, 24 bytes each: as many as about 200 kB of secrets take.
 * A job may ask for masks as often as it likes. */
#define MASK_MAX_NODES (8 * 1024 * 1024)

struct mask;
struct mask_stream;

struct mask *
mask_new(void);
void
mask_free(struct mask *m); /* after its streams */

/* What a value cannot be masked for, for people who store it as a secret; NULL:
 * it will be. */
const char *
mask_check(const char *value, size_t len);

/*
 * Add a secret value. One that is too short is not masked, so that the caller
 * can warn; one that there is no room for must not be printed. Works while
 * streams are in use: what they hold back is looked at again.
 */
enum mask_added { MASK_ADDED, MASK_TOO_SHORT, MASK_FULL };
enum mask_added
mask_add(struct mask *m, const char *value, size_t len);

struct mask_stream *
mask_stream_new(struct mask *m);
void
mask_stream_free(struct mask_stream *s);

/* Feed bytes; what is certain is appended to `out`. */
void
mask_write(struct mask_stream *s, const char *data, size_t len,
    struct str *out);

/* Does it hide nothing at all? */
bool
mask_is_empty(const struct mask *m);

/* Has anything been hidden in the stream, or would be by mask_flush()? */
bool
mask_stream_found(const struct mask_stream *s);

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
