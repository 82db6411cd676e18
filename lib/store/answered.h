/*
 * answered.h - answers to requests that are to count once.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_ANSWERED_H
#define PAWL_STORE_ANSWERED_H

#include "lib/store/store.h"

#define ANSWERED_HASH 32           /* bytes */
#define ANSWERED_S (24 * 3600)     /* how long one is kept */

struct answered {
	unsigned char body_hash[ANSWERED_HASH]; /* of the request */
	int status;
	const char *location; /* or NULL */
	const char *type;
	const char *body;     /* text */
};

/* What was answered to the request of this key: 1, 0 nothing yet, -1. Strings
 * live in `a`. */
int
answered_find(struct store *st, const unsigned char key[ANSWERED_HASH],
    struct arena *a, struct answered *out, struct err *err);

/* Keep an answer for ANSWERED_S, within the transaction that it tells of; some
 * that have expired go. */
int
answered_keep(struct store *st, const unsigned char key[ANSWERED_HASH],
    const struct answered *answer, struct err *err);

#endif
