/*
 * environments.h - places that jobs deploy to, and what must hold before one
 * may: who approves, how long it waits, which branches and tags may.
 *
 * docs.github.com, "Managing environments for deployment", deployment
 * protection rules. An environment that was not set has no rules.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_ENVIRONMENTS_H
#define PAWL_STORE_ENVIRONMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/store/store.h"

#define ENVIRONMENT_MAX_NAME 255
/* As on GitHub. */
#define ENVIRONMENT_MAX_REVIEWERS 6
#define ENVIRONMENT_MAX_WAIT_MS (INT64_C(43200) * 60 * 1000)
/* Ours. */
#define ENVIRONMENT_MAX_REFS 100
#define ENVIRONMENTS_MAX 1000 /* of one repository */

struct environment_rules {
	int64_t id;
	int64_t repo;
	const char *name;
	const char *const *reviewers; /* see gates.h; one of them approves */
	size_t n_reviewers;           /* 0: nobody is asked */
	int64_t wait_ms;              /* from when a job is ready; 0: at once */
	const char *const *refs;      /* "branch:PATTERN", "tag:PATTERN" or
	                                 "ref:PATTERN" */
	size_t n_refs;                /* 0: all may */
	bool self_review;             /* who started the run may approve it */
	int64_t updated_at_ms;
};

/*
 * Store the rules of an environment, over those that it had; `id` and
 * updated_at_ms are ignored. ERR_INVALID says what is wrong, ERR_TOO_LARGE
 * that the repository has too many.
 */
int
environment_rules_set(struct store *st, const struct environment_rules *rules,
    struct err *err);

/* By its name, whose letters count without regard to ASCII case, as those of
 * its secrets do. 1, 0 when it has no rules. Lives in `a`. */
int
environment_rules_find(struct store *st, int64_t repo, const char *name,
    struct arena *a, struct environment_rules *out, struct err *err);

/* All of a repository, by name. */
int
environment_rules_list(struct store *st, int64_t repo, struct arena *a,
    struct environment_rules **out, size_t *n, struct err *err);

/* ERR_NOT_FOUND. Its secrets stay; jobs that wait for it go on waiting. */
int
environment_rules_remove(struct store *st, int64_t repo, const char *name,
    struct err *err);

/* Lists of texts as a JSON array and back, in `a`. ERR_CORRUPT. */
const char *
names_write(const char *const *names, size_t n, struct arena *a);
/* For people: "ada, grace or role:admin". */
const char *
names_text(const char *const *names, size_t n, struct arena *a);
int
names_read(const char *json, struct arena *a, const char *const **out,
    size_t *n, struct err *err);

#endif
