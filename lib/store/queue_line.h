/*
 * queue_line.h - who waits in the queue, in which place, and why.
 *
 * The order is that of the claims if nobody ended meanwhile; who may not have
 * another job now stands behind all others and has no place. Reading it costs
 * what waits, whatever was.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_QUEUE_LINE_H
#define PAWL_STORE_QUEUE_LINE_H

#include "lib/store/queue.h"

struct queue_entry {
	int64_t job, run;
	const char *owner, *name; /* of the repository */
	int64_t number;           /* of the run */
	const char *key, *title;  /* of the job */
	int priority;
	int attempt;              /* the last one; 0: none yet */
	int64_t queued_at_ms;
	int64_t not_before_ms;    /* in a pause until then; 0: in none */
	const char *labels;       /* one in a line */
	int64_t place;            /* from 1; 0: it is held back */
	const char *held;         /* the word for what holds it back: "later",
	                             "owner-paused", "repo-paused",
	                             "owner-limit", "repo-limit", "label-limit",
	                             "drain", "pause"; "": nothing */
	const char *reason;       /* a sentence for people */
	/* What it is made of. */
	int64_t running, max_running;     /* of the repository; 0: no limit */
	int64_t owner_running, owner_max; /* of its owner */
	const char *label;        /* that has its limit; or NULL */
	int64_t label_max;
	const char *by, *paused_reason;   /* of the pause; or NULL */
	const char *text;         /* how the attempt before ended; or NULL */
};

#define QUEUE_LINE_MAX 1000

/* Which of them: 0 is any. */
struct queue_query {
	const char *sees; /* sees.h; places are those among all */
	int64_t run, job;
	int64_t skip;  /* that stand before */
	int64_t limit; /* 1 to QUEUE_LINE_MAX */
};

/* Two or three statements, however many there are. The limits are those of
 * queue_claim(), in which host must be set. */
int
queue_line(struct store *st, const struct queue_query *q,
    const struct queue_limits *limits, struct arena *a,
    struct queue_entry **out, size_t *n, struct err *err);

/* Why a pending job waits, in `*reason`: 1, or 0 when it does not wait. */
int
queue_reason(struct store *st, int64_t job, const struct config *config,
    struct arena *a, const char **reason, struct err *err);

/* Put the reasons of those that are pending into jobs of one run. */
int
queue_explain(struct store *st, struct job *jobs, size_t n,
    const struct config *config, struct arena *a, struct err *err);

/* Jobs that are waiting for longer than `for_ms` and of which that has not
 * been said: at most `max`, marked as said. */
int
queue_say_late(struct store *st, int64_t for_ms, size_t max, struct arena *a,
    int64_t **out, size_t *n, struct err *err);
/* When the next one will have, in the time of clock_now_ms(); 0: none. */
int
queue_late_next(struct store *st, int64_t for_ms, int64_t *at_ms,
    struct err *err);

#endif
