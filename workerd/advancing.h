/*
 * advancing.h - one decision in the making, for the files advance*.c.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_WORKERD_ADVANCING_H
#define PAWL_WORKERD_ADVANCING_H

#include "lib/pipeline/decide.h"
#include "lib/pipeline/job_plan.h"
#include "lib/store/decisions.h"
#include "workerd/advance.h"
#include "workerd/context.h"

/* What a job that is frozen has to pass before it may start. */
struct job_before {
	const char *environment; /* its name; NULL: none */
	const struct job_gate *gates;
	size_t n_gates;
	bool alone; /* that is all that it does */
};

struct advance {
	struct store *st;
	struct arena a;
	struct decision_snapshot snap;
	struct run_context context;
	struct run_facts facts;
	struct diags diags; /* of the run's file */
	struct run_plan plan;
	struct err broken;   /* a file could not be looked up */
	const char *problem; /* printed; NULL: there is a plan */
	struct job_decision *jobs; /* one for each of the plan */
	struct job_before *before; /* the same */
	bool *held;                /* ready, but max-parallel holds it back */
};

/* advance_read.c: the facts, from the snapshot. -1: the infrastructure. */
int
advance_read(struct advance *v, struct err *err);
int
advance_fetch_workflow(void *ctx, const char *uses, struct arena *a,
    const char **text, size_t *len, struct err *err);
int
advance_fetch_action(void *ctx, const char *uses, struct arena *a,
    const char **text, size_t *len, struct err *err);

/* advance_make.c: what is to be stored of each job of the plan; those that
 * may start are frozen. */
void
advance_make(struct advance *v);
/* It could start, but something holds it back: the reason, and the place of
 * the rule ("FILE:LINE:COL") or NULL. */
void
advance_hold(struct job_decision *d, const char *reason, const char *place);

/* advance_gates.c: what a job waits for. 1, 0 with why it may never start, or
 * -1. Within the transaction that stores it. */
int
advance_gates(struct advance *v, size_t i, struct decision_gates *out,
    const char **refusal, struct err *err);

/* advance_store.c: store it. 1, or 0 when something has changed since. */
int
advance_store(struct advance *v, struct err *err);

#endif
