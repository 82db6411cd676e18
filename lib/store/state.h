/*
 * state.h - the state machines of runs, jobs, steps, deliveries and messages,
 * each one table of legal moves (doc/design.md, section 4). Pure: the store
 * asks here before it writes.
 *
 * Stored as words, pinned by the tables.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_STATE_H
#define PAWL_STORE_STATE_H

#include <stdbool.h>

enum run_state {
	RUN_PENDING, RUN_RUNNING,
	RUN_SUCCEEDED, RUN_FAILED, RUN_CANCELLED, RUN_SKIPPED,
};

enum job_state {
	JOB_BLOCKED, JOB_WAITING, JOB_PENDING, JOB_ASSIGNED, JOB_RUNNING,
	JOB_COMPLETING,
	JOB_SUCCEEDED, JOB_FAILED, JOB_CANCELLED, JOB_SKIPPED,
};

enum step_state {
	STEP_QUEUED, STEP_RUNNING,
	STEP_SUCCEEDED, STEP_FAILED, STEP_SKIPPED, STEP_CANCELLED,
};

enum delivery_state {
	DELIVERY_RECEIVED,
	DELIVERY_PLANNED, DELIVERY_IGNORED, DELIVERY_FAILED,
};

enum message_state { MESSAGE_QUEUED, MESSAGE_SENT, MESSAGE_FAILED };

/* The machines, for tests and for printing. */
enum machine {
	MACHINE_RUN, MACHINE_JOB, MACHINE_STEP, MACHINE_DELIVERY,
	MACHINE_MESSAGE,
};

/* One legal move. `event` is the type written to the events table, such as
 * "job.started"; NULL for deliveries and messages, which are no part of a
 * run's history. */
struct move {
	int from;
	const char *on; /* what happens: "claim", "start", "lease-lost" */
	int to;
	const char *event;
};

/* The move for a state and what happens, or NULL: refused. */
const struct move *
machine_move(enum machine m, int from, const char *on);

/* All moves of a machine; `*n` is their number. */
const struct move *
machine_moves(enum machine m, int *n);

/* "run", "job", "step", "delivery", "message". */
const char *
machine_name(enum machine m);

/* The stored word of a state and back (-1: unknown word). */
const char *
machine_state_name(enum machine m, int state);
int
machine_state_parse(enum machine m, const char *word);
int
machine_n_states(enum machine m);

/* No move leaves it. */
bool
machine_terminal(enum machine m, int state);

#endif
