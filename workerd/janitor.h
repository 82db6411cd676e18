/*
 * janitor.h - what the files of pawl-janitor share.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_WORKERD_JANITOR_H
#define PAWL_WORKERD_JANITOR_H

#include "lib/store/queue.h"
#include "workerd/program.h"

/* Kinds of what is removed or changed, for the counts at the end. */
enum sweep_kind {
	SWEEP_CONTAINERS,
	SWEEP_FOLDERS,   /* of jobs */
	SWEEP_IMAGES,    /* of the sandbox */
	SWEEP_TEMPORARY,
	SWEEP_KEPT,      /* workspaces of failed jobs, over their time */
	SWEEP_ARTIFACTS, /* files of artifacts */
	SWEEP_PACKED,    /* runs whose logs were compressed, */
	SWEEP_LOGS,      /* and removed */
	SWEEP_MIRRORS,   /* of repositories that are not registered */
	SWEEP_REPOS,     /* files of repositories that were removed */
	SWEEP_N
};

struct leftover {
	const char *id; /* container or name of the folder */
	int64_t job;
	int attempt;
};

struct janitor {
	struct program program;
	struct arena arena;
	const char *instance;
	struct leftover *left; /* of one kind */
	size_t n_left;
	struct job *active;
	size_t n_active;
	int64_t done[SWEEP_N], failed;
};

/* One thing of a kind is done, or would be (--dry-run); rc -1: it failed. */
void
janitor_count(struct janitor *j, enum sweep_kind kind, const char *id,
    int rc, struct err *err);

/* Is there something to do at all, or only to be listed? */
static inline bool
janitor_acts(const struct janitor *j)
{
	return !j->program.dry_run;
}

/* janitor_kept.c: does somebody look into this one, which has failed? */
bool
janitor_is_kept(const struct janitor *j, const struct leftover *l);
void
janitor_sweep_kept(struct janitor *j);
void
janitor_sweep_queue(struct janitor *j);
void
janitor_trim_audit(struct janitor *j);
void
janitor_trim_inbox(struct janitor *j);

/* Dead letters of the outbox that are old. */
void
janitor_trim_outbox(struct janitor *j);

/* janitor_logs.c: logs of runs that are long over. */
void
janitor_sweep_logs(struct janitor *j);

/* janitor_lost.c: the last line in the log of an attempt whose process could
 * not write it. */
void
janitor_close_log(struct janitor *j, const struct leftover *l);

/* janitor_storage.c: artifacts and caches. */
void
janitor_storage(struct janitor *j);

#endif
