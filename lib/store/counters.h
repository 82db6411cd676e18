/*
 * counters.h - counting what happens, in the transaction in which it does.
 *
 * A change costs one upsert of a hot row, whatever was counted before. What is
 * counted of a run's events hangs on one table here; event_append() asks it.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_COUNTERS_H
#define PAWL_STORE_COUNTERS_H

#include <stdint.h>

#include "lib/store/move.h"
#include "lib/store/numbers.h"

/* Values of labels in the order of the number's row; NULL is "". */
#define COUNTER_LABELS(...) ((const char *const[NUMBER_MAX_LABELS]) \
	{ __VA_ARGS__ })

/* `n` more. */
int
counter_add(struct store *st, enum number number, const char *const *labels,
    int64_t n, struct err *err);

/* A value of a histogram. A negative one, of a clock that was set, is 0. */
int
counter_observe(struct store *st, enum number number,
    const char *const *labels, int64_t ms, struct err *err);

/* A delivery of this id has got a state that is its last for now. */
int
counter_settled(struct store *st, const char *delivery, const char *state,
    struct err *err);

/* What follows from an event of a run. */
int
counter_follow(struct store *st, int64_t run, const char *type,
    const char *from, const char *to, const struct event_facts *facts,
    struct err *err);

#endif
