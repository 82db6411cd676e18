/*
 * answer.h - what an answer to something that was sent means: done, to be
 * tried again, or refused. Pure. Headers come from strangers.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_FORGE_ANSWER_H
#define PAWL_FORGE_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/base/arena.h"
#include "lib/base/err.h"

#define ANSWER_MAX_BYTES (1024 * 1024) /* of a body: the rest is dropped */
#define ANSWER_MAX_PAUSE_MS (6 * 3600 * INT64_C(1000)) /* that may be asked
                                                          for */

struct answer {
	long status;            /* of HTTP */
	int64_t retry_after_s;  /* Retry-After, as seconds from now; -1: none */
	const char *rate_left;  /* x-ratelimit-remaining, or NULL */
	const char *rate_reset; /* x-ratelimit-reset, or NULL */
	const char *location;   /* of a redirect, or NULL */
	const char *body;
	size_t body_len;
};

enum answer_means {
	ANSWER_DONE,
	ANSWER_LATER,   /* the other side's trouble: try again */
	ANSWER_REFUSED, /* it says no, and will again */
};

struct answer_judgement {
	enum answer_means means;
	int64_t pause_until_ms; /* the host asks to be left alone; 0: not */
};

/* What it means, with the reason in `err` unless it is done: ERR_UNAVAILABLE
 * or ERR_DENIED. */
struct answer_judgement
answer_judge(const struct answer *answer, int64_t now_ms, struct err *err);

/* What the body of an answer says is wrong, as forges write it, in one line
 * of at most 200 bytes; NULL when it says nothing. */
const char *
answer_reason(const char *body, size_t len, struct arena *a);

/* The "id" of the object that the body is, as text; NULL: none. */
const char *
answer_id(const char *body, size_t len, struct arena *a);

#endif
