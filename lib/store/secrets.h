/*
 * secrets.h - secrets of jobs: set, listed, removed, given to a job, and the
 * audit of all that.
 *
 * A secret stands in a place: the instance, an owner, a repository, or an
 * environment of a repository. Of two with one name the nearer one counts, in
 * this order from the last. Values come out by one function, secrets_read(),
 * which writes down who was given them.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_SECRETS_H
#define PAWL_STORE_SECRETS_H

#include <stddef.h>
#include <stdint.h>
#include <stdbool.h>

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/store/store.h"

#define SECRET_NAME_MAX 255
#define SECRETS_MAX 1000 /* in one place */

/* Where a secret stands; zeroed: the instance. */
struct secret_place {
	const char *owner;       /* of an owner; NULL: of none */
	int64_t repo;            /* id; 0: of none */
	const char *repo_name;   /* OWNER/NAME, for people */
	const char *environment; /* of that repository; NULL: of none */
};

/* As people read it: "instance", "owner ada", "ada/demo", "environment prod of
 * ada/demo". Lives in `a`. */
const char *
secret_place_text(const struct secret_place *place, struct arena *a);

/*
 * A name as it is stored, in upper case, as GitHub compares them without
 * regard to case. ERR_INVALID says what is wrong: letters, digits and "_",
 * no digit first, not GITHUB_....
 */
int
secret_name(const char *name, struct arena *a, const char **out,
    struct err *err);

/*
 * Store a value of 1 byte to 48 KiB, over one that is there. `actor` is who
 * does it. The first one makes keys/secrets.key. Errors: ERR_INVALID a wrong name
 * or value; ERR_TOO_LARGE the place is full.
 */
int
secret_set(struct store *st, const struct secret_place *place,
    const char *name, const char *value, const char *actor, struct err *err);

/* Make the key, unless it is there, and let programs that may not read it, nor
 * that of webhooks, seal secrets (seal.h). */
int
secret_publish_keys(struct store *st, struct err *err);

/* ERR_NOT_FOUND when it is not there. */
int
secret_delete(struct store *st, const struct secret_place *place,
    const char *name, const char *actor, struct err *err);

/* What may be shown of one. */
struct secret_entry {
	const char *name;
	const char *scope; /* secret_place_text() */
	int64_t updated_at_ms;
	int64_t read_at_ms; /* 0: never */
};

/* All, or those of a repository and its environments (0: all). */
int
secret_list(struct store *st, int64_t repo, struct arena *a,
    struct secret_entry **out, size_t *n, struct err *err);

struct secret_value {
	const char *name, *value;
};

/* A job and what it names. */
struct secrets_wanted {
	const char *owner;       /* of the repository */
	int64_t repo;
	const char *repo_name;
	const char *environment; /* of the job; NULL: none */
	const char *const *names;
	size_t n_names;
	bool all;                /* whatever there is */
	/* Those of the configuration, behind all places. */
	const struct secret_value *fallback;
	size_t n_fallback;
	const char *run, *job;   /* for the audit: "OWNER/NAME#N", a key */
	int attempt;
};

/* The values of those that are there; each is a row of the audit, in the same
 * transaction. Lives in `a`. */
int
secrets_read(struct store *st, const struct secrets_wanted *wanted,
    struct arena *a, struct secret_value **out, size_t *n, struct err *err);

/* --- secret_keys.c ---------------------------------------------------------- */

/*
 * Seal all under a new key, in one transaction. Killed at any moment it can be
 * called again; until it has returned both keys open, so jobs go on. *n is
 * how many there are.
 */
int
secret_rotate(struct store *st, const char *actor, size_t *n,
    struct err *err);

/* Can every one be opened? *n is how many there are; the first that cannot is
 * the error. */
int
secret_check(struct store *st, size_t *n, struct err *err);

#endif
