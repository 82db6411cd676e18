/*
 * kept.h - workspaces of failed jobs that are kept for a while, so that people
 * can look into them.
 *
 * Each is a folder STATE/kept/JOB-ATTEMPT: what the job left in its workspace,
 * without what holds a secret, and a file "about.json" that says how its
 * container was made. It appears whole, by a rename. Who uses it holds a lock
 * on that file; what nobody holds goes when its time is over, or when room is
 * needed for another.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RUN_KEPT_H
#define PAWL_RUN_KEPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/base/arena.h"
#include "lib/base/conf.h"
#include "lib/base/err.h"

#define KEPT_ABOUT "about.json"
#define KEPT_FOLDER "kept" /* in the state directory */

/* A step as it was started. */
struct kept_step {
	int number;
	const char *title, *cwd;
	const char *const *env; /* NAME=VALUE, without secrets; ends in NULL */
};

struct kept {
	const char *path;    /* of the folder */
	int64_t job;
	int attempt;
	const char *run, *key; /* "OWNER/NAME#N", of the job */
	const char *engine, *image; /* image NULL: none */
	int64_t until_ms;    /* by the clock */
	int64_t bytes;
	int failed_step;     /* number; 0: it was none's fault */
	struct kept_step *steps;
	size_t n_steps;
	const char **dropped; /* names of variables that held a secret */
	size_t n_dropped;
};

/* Write and read about.json of k->path. What is read lives in `a`. */
int
kept_write(const struct kept *k, struct err *err);
int
kept_read(const char *path, struct arena *a, struct kept *out,
    struct err *err);

/*
 * Lock one, so that it stays. Returns a descriptor to close at the end;
 * ERR_CONFLICT when somebody else has it, ERR_NOT_FOUND when it is gone.
 */
int
kept_lock(const char *path, struct err *err);
bool
kept_is_locked(const char *path);

/* All of a state directory that can be read, the oldest first. */
int
kept_list(const char *state_dir, struct arena *a, struct kept **out,
    size_t *n, struct err *err);

/* Told of each that was removed. */
typedef void (*kept_removed_fn)(void *ctx, int64_t job, int attempt);

/*
 * Remove those whose time is over, those that cannot be read, and the oldest
 * until the others have at most `max_bytes`. What is locked stays.
 */
int
kept_sweep(const struct config *config, int64_t max_bytes, kept_removed_fn fn,
    void *ctx, struct err *err);

#endif
