/*
 * reporting.h - how forges are told of runs: the token and the address of
 * their API, and what they are told. A repository has its own, or its
 * forge's.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_REPORTING_H
#define PAWL_STORE_REPORTING_H

#include <stdbool.h>
#include "lib/store/repos.h"
#include "lib/store/store.h"

/* What is set at a place. */
struct reporting {
	const char *api_url;  /* NULL: found by the clone URL */
	const char *statuses; /* "workflow", "job", "off"; NULL: not set */
	int ignored;          /* 1, 0; -1: not set */
	int comments;
	bool has_token;
};
#define REPORTING_NONE { NULL, NULL, -1, -1, false }

/* The places: of a repository, of a forge. */
const char *
reporting_place_repo(int64_t repo, struct arena *a);
const char *
reporting_place_forge(const char *forge, struct arena *a);

/* What is set there. 1, 0: nothing, -1. */
int
reporting_find(struct store *st, const char *place, struct arena *a,
    struct reporting *out, struct err *err);

/* Set what `r` says and leave the rest; `token` NULL leaves it, too. `repo` is
 * that of the place, or 0. */
int
reporting_set(struct store *st, const char *place, int64_t repo,
    const struct reporting *r, const char *token, struct err *err);

/* Forget a place. ERR_NOT_FOUND. */
int
reporting_forget(struct store *st, const char *place, struct err *err);

/* What counts for a repository: its own, then its forge's, then the standard
 * (a status for each workflow, none when nothing matched, no comments). */
int
reporting_of(struct store *st, const struct repo *repo, struct arena *a,
    struct reporting *out, struct err *err);

/* The token that counts, opened; lives in `a`. 1, 0: there is none, -1. Only
 * pawl-notifier may read the key. */
int
reporting_token(struct store *st, const struct repo *repo, struct arena *a,
    const char **token, struct err *err);

/* The newest run of the same commit, workflow and event, and the commit that
 * the forge is told of. 1, 0: the run is gone, -1. */
int
reporting_newest(struct store *st, int64_t run, struct arena *a,
    int64_t *newest, const char **sha, struct err *err);

/* --- pull requests: reporting_pulls.c ------------------------------------- */

/* The problems of the files of a run's commit, the newest runs first; one for
 * each file. */
struct file_problems {
	int64_t number; /* of the run */
	const char *file;
	const char *event;
	const char *problems; /* as printed */
};
int
reporting_problems(struct store *st, int64_t run, struct arena *a,
    struct file_problems **out, size_t *n, struct err *err);

/* The comment of a pull request, the forge's id of it: 1, 0, -1. */
int
reporting_comment(struct store *st, int64_t repo, int64_t pull,
    struct arena *a, const char **id, struct err *err);
int
reporting_commented(struct store *st, int64_t repo, int64_t pull,
    const char *id, struct err *err);

/* Seal what goes out, under the key that is made when it is first needed;
 * `about` says where it belongs. Inside a transaction. */
int
reporting_seal(struct store *st, const char *about, const char *text,
    struct arena *a, unsigned char **out, size_t *len, struct err *err);

#endif
