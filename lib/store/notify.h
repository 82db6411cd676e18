/*
 * notify.h - rules: who is told of runs, when, and where. They are the
 * administrator's; no pipeline file can make one.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_NOTIFY_H
#define PAWL_STORE_NOTIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/store/repos.h"
#include "lib/store/store.h"

struct notify_rule {
	int64_t id;
	const char *place;  /* "all", "owner:OWNER", "repo:ID" */
	int64_t repo;       /* that of the place; 0: it has none */
	const char *cause;  /* "failure", "change", "always", "waiting",
	                       "alert" */
	const char *branch; /* pattern; NULL: any */
	const char *alert;  /* name of the only one; NULL: any */
	int sample;         /* percent of the runs that are told of; 0: all */
	const char *kind;   /* "webhook", "mail", "slack", "matrix",
	                       "pagerduty", "otlp" */
	const char *target; /* as people are shown it */
	const char *host;   /* of it, see outgoing.h */
	bool has_secret;
	const char *made_by;
	int64_t created_at_ms;
};

/* The place of an owner. */
const char *
notify_place_owner(const char *owner, struct arena *a);

/* Add one; id, has_secret and created_at_ms are ignored in `rule`. `secret` is
 * sealed; NULL: there is none. ERR_INVALID. */
int
notify_add(struct store *st, const struct notify_rule *rule,
    const char *secret, int64_t *id, struct err *err);

/* ERR_NOT_FOUND. What was queued for it goes with it. */
int
notify_remove(struct store *st, int64_t id, struct err *err);

/* 1, 0, -1. */
int
notify_find(struct store *st, int64_t id, struct arena *a,
    struct notify_rule *out, struct err *err);

/* The secret of one, opened; 1, 0: it has none, -1. Only pawl-notifier may
 * read the key. */
int
notify_secret(struct store *st, const struct notify_rule *rule,
    struct arena *a, const char **secret, struct err *err);

/* All; those of one place; those that count for a repository; those that count
 * for an owner, in lower case (NULL: those of all alone). */
int
notify_list(struct store *st, struct arena *a, struct notify_rule **out,
    size_t *n, struct err *err);
int
notify_list_place(struct store *st, const char *place, struct arena *a,
    struct notify_rule **out, size_t *n, struct err *err);
int
notify_list_repo(struct store *st, const struct repo *repo, struct arena *a,
    struct notify_rule **out, size_t *n, struct err *err);
int
notify_list_owner(struct store *st, const char *owner, struct arena *a,
    struct notify_rule **out, size_t *n, struct err *err);

/* How the run before of the same workflow and branch ended, of those that
 * succeeded or failed: 1 with `failed`, 0: there is none, -1. */
int
notify_before(struct store *st, int64_t run, bool *failed, struct err *err);

#endif
