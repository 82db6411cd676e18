/*
 * dispatch.h - events that Pawl makes itself: what is started by hand or by
 * the clock, and what a webhook should have told.
 *
 * Each becomes a delivery with a payload in GitHub's shape and goes the way of
 * all others: the inbox, the planner, its runs. No webhook can claim to be
 * one: their forge is in no table of forges (forge_own()).
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_FORGE_DISPATCH_H
#define PAWL_FORGE_DISPATCH_H

#include <jansson.h>
#include "lib/base/err.h"
#include "lib/forge/forge.h"
#include "lib/store/repos.h"
#include "lib/store/store.h"

/* Longest event_type of a repository_dispatch, as GitHub has it. */
#define DISPATCH_MAX_TYPE 100

/* What all of them have. */
struct dispatch {
	const struct repo *repo;
	const char *actor; /* github.actor: a name alone */
	const char *by;    /* who, for people: "ada (command line)" */
	const char *key;   /* a second one of this key is none; NULL: none is */
};

/*
 * Store the delivery, in the caller's transaction or one of its own. Returns 1
 * with its id, or 0 with that of the first one of the key. ERR_INVALID: a ref
 * that is none, a type that is too long, a payload beyond the bounds of
 * forge.h.
 *
 * workflow  the file's path
 * ref       a full ref, or the name of a branch; NULL: the default branch
 * inputs    an object, or NULL; borrowed
 */
int
dispatch_workflow(struct store *st, const struct dispatch *d,
    const char *workflow, const char *ref, json_t *inputs, char id[37],
    struct err *err);

/* Could dispatch_workflow() take this ref? ERR_INVALID: no. */
int
dispatch_ref_check(const struct repo *repo, const char *ref, struct err *err);

/* repository_dispatch: `type` is what `types` of the trigger is compared with;
 * `payload` becomes github.event.client_payload, NULL is an empty object. */
int
dispatch_repository(struct store *st, const struct dispatch *d,
    const char *type, json_t *payload, char id[37], struct err *err);

/* A schedule of a file is due. */
int
dispatch_schedule(struct store *st, const struct dispatch *d,
    const char *workflow, const char *cron, const char *timezone,
    char id[37], struct err *err);

/* A push. `ref` is a full one; before NULL: what was there is not known; `sha`
 * in full. */
int
dispatch_push(struct store *st, const struct dispatch *d, const char *ref,
    const char *before, const char *sha, char id[37], struct err *err);

#endif
