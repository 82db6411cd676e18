/*
 * gate_rows.h - what the files about gates share.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_GATE_ROWS_H
#define PAWL_STORE_GATE_ROWS_H

#include "lib/store/gates.h"
#include "lib/store/statement.h"

/* Gates of one run or commit that are looked at; there are fewer. */
#define GATE_LIST_MAX 10000

extern const struct shape gate_shape; /* of gate_view */

/* How a gate is decided. */
struct gate_end {
	const char *state; /* "approved" ... */
	const char *by, *comment; /* or NULL */
	/* When it did not pass: why its job failed. */
	const char *reason;
};

/* Those of a commit of a pull request, "refs/pull/7/merge" being the ref of a
 * run of it; the newest first. */
int
gate_list_commit(struct store *st, int64_t repo, const char *commit,
    const char *ref, struct arena *a, struct gate **out, size_t *n,
    struct err *err);

/*
 * Within a transaction: decide one gate, with its event, and what follows for
 * its job or run. 1, or 0 when it was decided before.
 */
int
gate_decide(struct store *st, const struct gate *g,
    const struct gate_end *end, struct err *err);

/* What a job still waits for, in words that live in `a`; NULL: nothing. */
int
gate_job_left(struct store *st, int64_t job, struct arena *a,
    const char **out, struct err *err);

#endif
