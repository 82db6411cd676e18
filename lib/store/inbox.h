/*
 * inbox.h - deliveries as people look at them: lists, and planning one once
 * more; how many there may be, and for how long.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_INBOX_H
#define PAWL_STORE_INBOX_H

#include <stdbool.h>
#include "lib/store/deliveries.h"

/* What a list is of; 0 or NULL: any. */
struct inbox_query {
	const char *sees;   /* without a repo: see sees.h */
	int64_t repo;
	const char *state;  /* a word of the machine */
	const char *event;  /* the forge's word */
	const char *before; /* id of the last one seen; unknown: nothing is
	                       older */
	int limit;
};

/* "received, planned, ignored or failed" are the states: is it one? */
bool
inbox_state_valid(const char *word);

/* Newest first, without bodies. */
int
inbox_list(struct store *st, const struct inbox_query *q, struct arena *a,
    struct delivery **out, size_t *n, struct err *err);

/*
 * Have a delivery planned once more. One that failed waits again, under its
 * own id and with attempts counted from 0. Of one that was planned or ignored
 * there is a copy, which says of what; its runs are new ones. `made` is the id
 * that is planned. ERR_NOT_FOUND; ERR_CONFLICT while it waits.
 */
int
inbox_replay(struct store *st, const char *id, const char *by, char made[37],
    struct err *err);

/* The same of failed ones, the newest 1,000 at most, of a repository or (0) of
 * all. Returns how many. */
int
inbox_replay_failed(struct store *st, int64_t repo, const char *by,
    struct err *err);

/* Note who had a delivery made or planned; in the caller's transaction. */
int
inbox_note_origin(struct store *st, const char *id, const char *origin,
    const char *replay_of, const char *by, struct err *err);

/* Would one more of the repository be too many? Of all that are not planned
 * there may be `max` (0: any number), of one repository half of that, so that
 * it leaves room for the others. 1, 0, -1. */
int
inbox_is_full(struct store *st, int64_t repo, int64_t max, struct err *err);

/* Remove settled ones that came before a time, `max` at most; their runs stay.
 * Returns how many. */
int
inbox_remove(struct store *st, int64_t before_ms, int max, struct err *err);

#endif
