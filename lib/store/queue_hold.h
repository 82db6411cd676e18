/*
 * queue_hold.h - what keeps jobs from being claimed: pauses, the draining of
 * the host, limits; and what everybody has of the host.
 *
 * All of it is asked in the claim itself, so it holds from the next claim on,
 * over restarts, until somebody takes it back. What runs is left alone.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_QUEUE_HOLD_H
#define PAWL_STORE_QUEUE_HOLD_H

#include <stdbool.h>
#include "lib/base/arena.h"
#include "lib/store/store.h"

/* What a pause or a limit is about. */
enum queue_what {
	QUEUE_HOST,  /* it is drained; no name */
	QUEUE_ALL,   /* the queue; no name */
	QUEUE_OWNER, /* name */
	QUEUE_REPO,  /* id */
	QUEUE_LABEL, /* name; for limits alone */
};

struct queue_scope {
	enum queue_what what;
	const char *name;
	int64_t repo;
};

#define QUEUE_MAX_TEXT 500 /* bytes of a reason, a label */
#define QUEUE_MAX_LIMIT 100000

/*
 * Nothing of this scope is claimed from now on. reason NULL: none is given.
 * 1, or 0 when it was so already, with what was said then. ERR_NOT_FOUND: no
 * repository has that owner. ERR_INVALID: the reason is too long.
 */
int
queue_pause(struct store *st, const struct queue_scope *scope, const char *by,
    const char *reason, struct err *err);

/* The end of that: 1, or 0 when there was none. */
int
queue_resume(struct store *st, const struct queue_scope *scope,
    struct err *err);

/* At most `max` jobs of an owner, of a repository or with a label run at once;
 * 0: none; -1: as the configuration says. ERR_NOT_FOUND, ERR_INVALID. */
int
queue_limit(struct store *st, const struct queue_scope *scope, int64_t max,
    struct err *err);

/* Pauses of the host and the queue: two at most, the host's first. */
struct queue_stop {
	bool drain; /* of the host; else the queue is paused */
	int64_t at_ms;
	const char *by;
	const char *reason; /* or NULL */
};
int
queue_stops(struct store *st, struct arena *a, struct queue_stop **out,
    size_t *n, struct err *err);

/* Jobs that hold a slot. */
int
queue_running(struct store *st, int64_t *out, struct err *err);

/* What a repository and its owner have of the host. */
struct queue_share {
	const char *owner, *name;
	int64_t ready, running; /* jobs */
	int64_t used_ms;        /* that they held a slot */
	int64_t max_running;    /* its own limit; -1: none */
	int64_t paused_at_ms;   /* 0: it is not */
	const char *paused_by, *paused_reason;
	/* The same of the owner, over all repositories. */
	int64_t owner_ready, owner_running, owner_used_ms, owner_max,
	    owner_paused_at_ms;
	const char *owner_paused_by, *owner_paused_reason;
};

/* Those that wait, run, or have a limit or a pause, by name; at most `max`, of
 * those that somebody `sees` (sees.h). */
int
queue_shares(struct store *st, const char *sees, size_t max, struct arena *a,
    struct queue_share **out, size_t *n, struct err *err);

struct queue_label {
	const char *label;
	int64_t max_running, running;
};
int
queue_labels(struct store *st, struct arena *a, struct queue_label **out,
    size_t *n, struct err *err);

/* Remove what the queue no longer needs. Returns the number of rows. */
int
queue_sweep(struct store *st, struct err *err);

/* Count again what triggers count of lanes, repositories and owners: a number
 * that is too large would keep an owner from its slots for ever. Returns how
 * many rows were wrong: none, unless somebody has changed the tables by
 * hand. */
int
queue_recount(struct store *st, struct err *err);

#endif
