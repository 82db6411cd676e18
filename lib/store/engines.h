/*
 * engines.h - how the engines did when somebody asked them last, for those who
 * only look.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_ENGINES_H
#define PAWL_STORE_ENGINES_H

#include <stddef.h>
#include <stdint.h>
#include "lib/store/store.h"

struct engine_state {
	const char *name;
	const char *error; /* why it cannot be used; NULL: it can */
	int64_t at_ms;
};

/* It was asked now. */
int
engine_state_set(struct store *st, const char *name, const char *error,
    struct err *err);

/* It runs a job; writes only when it was thought not to. */
int
engine_state_works(struct store *st, const char *name, struct err *err);

int
engine_state_list(struct store *st, struct arena *a,
    struct engine_state **out, size_t *n, struct err *err);

#endif
