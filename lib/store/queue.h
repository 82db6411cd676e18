/*
 * queue.h - the job queue: claim, renew, give back.
 *
 * A claim is one statement, so two claimers cannot get the same job, and a
 * claimer that dies loses its job when the lease ends, or at once when its
 * death is seen. Nothing here knows containers; lib/run does.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_QUEUE_H
#define PAWL_STORE_QUEUE_H

#include "lib/base/conf.h"
#include "lib/store/runs.h"

/* A waiting job gains one point of priority in this time, continuously; so
 * a job of priority 1 stands behind newer ones of priority 10 for at most
 * nine times as long. */
#define QUEUE_AGE_STEP_MS 60000

/* How many jobs may run at once: of the host, of an owner and of a repository
 * that have no limit of their own. 0: any number. */
struct queue_limits {
	int64_t host, owner, repo;
};
struct queue_limits
queue_limits_of(const struct config *config);

/*
 * Claim the next pending job and lease it. Owners share the host evenly, and
 * the repositories of an owner what is his; in a repository the order is
 * priority, raised by one for each QUEUE_AGE_STEP_MS of waiting so that
 * nothing starves, then age. Waiting counts from the moment when all needs
 * were met; a job that is given back keeps its place. Nobody has more than his
 * limits, and nobody waits behind one who has reached his. doc/queue.md has
 * the whole. The job's attempt is counted up; from the second on, the steps
 * are created anew.
 *
 * limits  NULL: none but those in the database
 *
 * Returns 1 with `job` filled (strings in `a`), 0 when none may be claimed.
 */
int
queue_claim(struct store *st, const char *worker, int64_t lease_ms,
    const struct queue_limits *limits, struct arena *a, struct job *job,
    struct err *err);

/* Record the process of a claimed job, for a supervisor that did not start
 * it. ERR_CONFLICT: the job is another attempt's, or has ended. */
int
queue_assign_process(struct store *st, int64_t job, int attempt, int64_t pid,
    int64_t pid_started, struct err *err);

/* Prolong the lease. Returns 1 when cancelling was asked for meanwhile, 0
 * when not. ERR_CONFLICT when the job is no longer this attempt's: stop. */
int
queue_renew(struct store *st, int64_t job, int attempt, int64_t lease_ms,
    struct err *err);

/*
 * The process of a claimed job is gone, its lease has ended, or what it runs
 * on has failed: back to pending, or failed when `max_attempts` were made;
 * running steps become failed with the reason. A job that was being cancelled
 * becomes cancelled. Returns 1 when it was put back, 0 when it ended.
 *
 * pause_ms  it is not claimed again before; queue_pause_ms() is the usual
 */
int
queue_lose(struct store *st, int64_t job, int attempt, int64_t max_attempts,
    int64_t pause_ms, const char *reason, struct err *err);

/* The attempt has failed, and `retry` of the job asks for another: back to
 * pending, not to be claimed before `pause_ms` are over, with the event
 * "retry.attempted". Returns as queue_lose(). */
int
queue_retry(struct store *st, int64_t job, int attempt, int64_t pause_ms,
    const char *reason, const char *cause, struct err *err);

/* The pause after the loss of an attempt: 2 s, and five times as long after
 * each further one, up to 5 min; so that a service that is restarted does not
 * cost a job all of its attempts. */
int64_t
queue_pause_ms(int attempt);

/* How an attempt ended, by its event: 1, or 0 when it has not. */
struct attempt_end {
	const char *type;   /* "job.requeued", "job.failed", ... */
	const char *reason; /* "": none */
};
int
queue_attempt_end(struct store *st, int64_t run, int64_t job, int attempt,
    struct arena *a, struct attempt_end *out, struct err *err);

/* When the next pause ends, in the time of clock_now_ms(); 0: none lasts. */
int
queue_next(struct store *st, int64_t *at_ms, struct err *err);

/* The clock was ahead when some were put off: none waits for longer than any
 * pause is. */
int
queue_recall(struct store *st, struct err *err);

/* Jobs that are assigned, running or completing, with their processes. */
int
queue_active(struct store *st, struct arena *a, struct job **out, size_t *n,
    struct err *err);

/* For pages: how many wait and run. */
struct queue_stats {
	int64_t pending, active;
};
int
queue_stats(struct store *st, struct queue_stats *out, struct err *err);

#endif
