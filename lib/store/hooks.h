/*
 * hooks.h - programs of the administrator that are run when something happens:
 * which there are, and queueing them.
 *
 * They ride on the outbox as messages of kind "hook", one for each program, so
 * that each is run at least once whatever is killed meanwhile, and nothing
 * waits for it.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_HOOKS_H
#define PAWL_STORE_HOOKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/store/move.h"
#include "lib/store/outbox.h"

struct hook {
	const char *path;
	const char *name;      /* "on_failure" */
	const char *condition; /* an expression; NULL: none */
};

/* When hooks are run: "run_start", and so on; ends in NULL. */
extern const char *const hook_names[];

/* These there are now, in the order of their paths. Writes only what is new:
 * 1 when something was. */
int
hook_sync(struct store *st, const struct hook *hooks, size_t n,
    struct err *err);

int
hook_list(struct store *st, struct arena *a, struct hook **out, size_t *n,
    struct err *err);

/* What they did last, the newest first. */
int
hook_tries(struct store *st, int limit, struct arena *a,
    struct outbox_try **out, size_t *n, struct err *err);

/* Queue those that an event of a run asks for; in its transaction. */
int
hook_follow(struct store *st, int64_t run, const char *type,
    const struct event_facts *facts, struct err *err);

#endif
