/*
 * advance.h - a run goes on: what is known of it is read, run_decide() is
 * asked outside of any transaction, and what it says is stored in one.
 *
 * For whoever ended a job of it, and for the planner. It may be done by two at
 * once or be killed at any moment: deciding is pure, storing begins with the
 * question whether anything has changed since, and a run with facts that
 * nobody decided stays marked.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_WORKERD_ADVANCE_H
#define PAWL_WORKERD_ADVANCE_H

#include "lib/base/conf.h"
#include "lib/store/store.h"

/* Titles that lists show are cut to this. */
#define TITLE_MAX_BYTES 400

/*
 * Decide the run until nothing is left to decide. A run that is no more, or
 * has ended, is no error. One that cannot be decided, or was tried too often,
 * ends as failed, with the reason among its problems.
 */
int
run_advance(struct store *st, const struct config *config, int64_t run,
    struct err *err);

#endif
