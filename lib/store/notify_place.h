/*
 * notify_place.h - what a rule or an alert counts for, as people say it:
 * "OWNER/NAME", an owner, or "all".
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_NOTIFY_PLACE_H
#define PAWL_STORE_NOTIFY_PLACE_H

#include <stdint.h>

#include "lib/store/store.h"

struct notify_place {
	const char *key;   /* as the store has it: "all", "owner:OWNER",
	                      "repo:ID" */
	const char *owner; /* in lower case, when it is one; or NULL */
	int64_t repo;      /* when it is one; 0 */
};

/* Strings live in `a`. ERR_NOT_FOUND: the repository. */
int
notify_place_find(struct store *st, const char *word, struct arena *a,
    struct notify_place *out, struct err *err);

/* And back, of a place's key and its repository (0: none). */
const char *
notify_place_text(struct store *st, const char *key, int64_t repo,
    struct arena *a);

#endif
