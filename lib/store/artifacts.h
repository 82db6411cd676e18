/*
 * artifacts.h - what jobs of a run have kept.
 *
 * A row says where files are; they stand there before it does, and go before
 * it says so. Names are unique in a run, but for those of earlier attempts of
 * the same job, which stay beside the newest.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_ARTIFACTS_H
#define PAWL_STORE_ARTIFACTS_H

#include <stdbool.h>
#include "lib/store/store.h"

struct artifact_row {
	int64_t id, run, job;
	int run_attempt;    /* of the run that made it */
	const char *job_key;
	int attempt;        /* of the job */
	const char *name;
	const char *path;   /* of its folder, below public/ */
	int64_t files, bytes;
	const char *digest; /* SHA-256 of its manifest */
	bool remote;        /* it is to have a second copy */
	int64_t stored_at_ms; /* 0: it has none yet */
	int store_tries;
	int64_t created_at_ms, expires_at_ms;
	int64_t removed_at_ms; /* 0: its files are there */
};

/* May this attempt have one of this name? ERR_EXISTS says whose it is. *bytes
 * is what the run's have together. */
int
artifact_check(struct store *st, int64_t job, int attempt, const char *name,
    bool overwrite, int64_t *bytes, struct err *err);

/*
 * Make it known, once its files are in their place: id, run and created_at_ms
 * of `row` are filled. Others of its name are marked as removed, with
 * overwrite; else ERR_EXISTS. Appends the event "artifact.created".
 */
int
artifact_add(struct store *st, struct artifact_row *row, bool overwrite,
    struct err *err);

/* All of a run, the removed ones, too. */
int
artifact_list(struct store *st, int64_t run, struct arena *a,
    struct artifact_row **out, size_t *n, struct err *err);

/* The newest of each name that is there. */
int
artifact_list_live(struct store *st, int64_t run, struct arena *a,
    struct artifact_row **out, size_t *n, struct err *err);

/* The run that made one: 1, 0 when there is none, -1. */
int
artifact_run(struct store *st, int64_t id, int64_t *run, struct err *err);

/* Let the time of one of a run be over: 1, or 0 when it is not there. */
int
artifact_expire(struct store *st, int64_t run, int64_t id, struct err *err);

/* Whose time is over; that need their second copy now. */
int
artifact_expired(struct store *st, int limit, struct arena *a,
    struct artifact_row **out, size_t *n, struct err *err);
int
artifact_to_store(struct store *st, int limit, struct arena *a,
    struct artifact_row **out, size_t *n, struct err *err);

/* When the next one is to be tried: 1, 0 when none is owed. */
int
artifact_next_store(struct store *st, int64_t *at_ms, struct err *err);

/* The second copy is complete; or could not be made: again after pause_ms. */
int
artifact_stored(struct store *st, int64_t id, struct err *err);
int
artifact_not_stored(struct store *st, int64_t id, int64_t pause_ms,
    struct err *err);

/* Its files have gone. Appends the event "artifact.expired". */
int
artifact_removed(struct store *st, const struct artifact_row *row,
    struct err *err);

/* Is a folder below public/ that of a living one? 1, 0. */
int
artifact_owns(struct store *st, int64_t run, const char *path,
    struct err *err);

/* The newest run of a branch that ended well and has artifacts: 1, 0. */
int
artifact_green_run(struct store *st, int64_t repo, const char *branch,
    int64_t *run, struct err *err);

#endif
