/*
 * job_storage.h - artifacts and caches of a server's job: files below the
 * state directory, rows in the database.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_WORKERD_JOB_STORAGE_H
#define PAWL_WORKERD_JOB_STORAGE_H

#include "lib/base/conf.h"
#include "lib/run/storage.h"
#include "lib/store/runs.h"

struct storing {
	struct store *store;
	const struct config *config;
	const struct run *run;
	int64_t job;
	int attempt;
	struct job_storage table;
};

/* Fill s->table; the rest has been set and must stay. */
void
job_storage_init(struct storing *s);

#endif
