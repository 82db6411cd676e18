/*
 * services.h - the services of jobs: which there are.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_SERVICES_H
#define PAWL_STORE_SERVICES_H

#include <stddef.h>
#include <stdint.h>
#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/store/store.h"

struct job_service {
	int64_t job;
	const char *name;
};

/* An attempt of a job has this service; to say it twice is fine. */
int
service_add(struct store *st, int64_t job, int attempt, const char *name,
    struct err *err);

/* Those of the newest attempt of each job of a run, by job and name. Lives in
 * `a`. */
int
service_list_run(struct store *st, int64_t run, struct arena *a,
    struct job_service **out, size_t *n, struct err *err);

#endif
