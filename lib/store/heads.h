/*
 * heads.h - branches and tags as they were planned last, and comparing them
 * with the forge's.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_HEADS_H
#define PAWL_STORE_HEADS_H

#include <stddef.h>
#include <stdint.h>
#include "lib/store/store.h"

struct head {
	const char *ref;   /* in full */
	const char *sha;   /* of the last push that was planned */
	const char *found; /* by a reconcile, before its webhook; or NULL */
};

/* All of a repository. */
int
head_list(struct store *st, int64_t repo, struct arena *a, struct head **out,
    size_t *n, struct err *err);

/* A push is planned; or (`sha` NULL) the ref is no more. In the caller's
 * transaction. */
int
head_put(struct store *st, int64_t repo, const char *ref, const char *sha,
    struct err *err);

/* A reconcile has made a delivery for it; in the caller's transaction. */
int
head_put_found(struct store *st, int64_t repo, const char *ref,
    const char *sha, struct err *err);

/* The webhook of a push has come: 1 when a reconcile was faster, so that it is
 * planned already; 0. In the caller's transaction. */
int
head_take_found(struct store *st, int64_t repo, const char *ref,
    const char *sha, struct err *err);

/* Comparing a repository. */
struct reconcile {
	int64_t repo;
	int64_t wanted_at_ms; /* not before; 0: it is not wanted */
	const char *wanted_by;
	int tries;            /* that failed */
	int64_t done_at_ms;   /* 0: never */
	int64_t found;
	const char *problem;  /* of the last one; or NULL */
};

/* Ask for it: of one repository or (0) of all that have not been compared,
 * and are registered, since `before_ms`. Returns how many. */
int
reconcile_want(struct store *st, int64_t repo, int64_t before_ms,
    const char *by, struct err *err);

/* Repositories that may be compared now; *next is when there may be more, 0:
 * not by itself. Those of which a delivery waits come when that is planned. */
int
reconcile_due(struct store *st, size_t max, struct arena *a, int64_t **repos,
    size_t *n, int64_t *next, struct err *err);

/* 1, 0 when it was never asked for, -1. */
int
reconcile_read(struct store *st, int64_t repo, struct arena *a,
    struct reconcile *out, struct err *err);

/* Does a delivery of it wait for planning? 1, 0, -1. */
int
reconcile_must_wait(struct store *st, int64_t repo, struct err *err);

/* How it ended; in the caller's transaction the first. `again_ms` 0: it is not
 * tried again. */
int
reconcile_done(struct store *st, int64_t repo, int64_t found,
    struct err *err);
int
reconcile_failed(struct store *st, int64_t repo, int64_t again_ms,
    const char *problem, struct err *err);

#endif
