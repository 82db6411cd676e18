/*
 * deployments.h - which jobs were for which environment, and where what they
 * deployed can be seen.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_DEPLOYMENTS_H
#define PAWL_STORE_DEPLOYMENTS_H

#include <stddef.h>
#include <stdint.h>
#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/store/store.h"

struct deployment {
	int64_t job;
	const char *environment;
	const char *url; /* http: or https:; NULL: none was given */
};

/* What a job has given as its environment's address, over what an attempt
 * before has. */
int
deployment_set(struct store *st, const struct deployment *d, struct err *err);

/* Those of a run's jobs, by job. Lives in `a`. */
int
deployment_list_run(struct store *st, int64_t run, struct arena *a,
    struct deployment **out, size_t *n, struct err *err);

#endif
