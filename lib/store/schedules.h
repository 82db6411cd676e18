/*
 * schedules.h - the workflows of a repository's default branch, and what starts
 * by the clock. When that is, lib/forge/schedule.h knows.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_SCHEDULES_H
#define PAWL_STORE_SCHEDULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/store/store.h"

/* Of one repository, in files and added. */
#define SCHEDULES_MAX 1000

/* A file without errors. */
struct workflow_row {
	const char *path;
	const char *name;
	bool by_hand;     /* it has workflow_dispatch */
	const char *text; /* lists leave it out */
};

struct schedule {
	int64_t id;
	int64_t repo;
	const char *owner, *name; /* of the repository, for reading */
	const char *workflow;     /* path of its file */
	const char *cron;
	const char *timezone;     /* "UTC" */
	const char *added_by;     /* NULL: it stands in the file */
	const char *ref;          /* of one that was added; NULL: the default
	                             branch */
	const char *inputs;       /* likewise, a JSON object; or NULL */
	const char *paused_by;    /* NULL: it is not */
	int64_t due_at_ms;        /* 0: never */
	int64_t fired_at_ms;      /* when it was due the last time it fired;
	                             0: it has not */
};

/* Put these in the place of all that were known. */
int
workflows_set(struct store *st, int64_t repo, const struct workflow_row *rows,
    size_t n, struct err *err);

/* By path. */
int
workflow_list(struct store *st, int64_t repo, struct arena *a,
    struct workflow_row **out, size_t *n, struct err *err);
/* With its text: 1, 0. */
int
workflow_find(struct store *st, int64_t repo, const char *path,
    struct arena *a, struct workflow_row *out, struct err *err);

/*
 * Put these in the place of those that stand in files (`workflow`, `cron`,
 * `timezone`, `due_at_ms` are read). One that stays goes on as it was, also
 * when it is paused. Of more than SCHEDULES_MAX the first ones count.
 */
int
schedules_set(struct store *st, int64_t repo, const struct schedule *list,
    size_t n, struct err *err);

/* One that is in no file; its new id is s->id. ERR_TOO_LARGE: there are
 * SCHEDULES_MAX. */
int
schedule_add(struct store *st, struct schedule *s, struct err *err);
/* ERR_NOT_FOUND; ERR_CONFLICT when it stands in a file. */
int
schedule_remove(struct store *st, int64_t id, struct err *err);

/* By id, behind `after`; `repo` 0 is all. */
int
schedule_list(struct store *st, int64_t repo, int64_t after, int limit,
    struct arena *a, struct schedule **out, size_t *n, struct err *err);
/* 1, 0. */
int
schedule_find(struct store *st, int64_t id, struct arena *a,
    struct schedule *out, struct err *err);

/* What is due at `now_ms`, longest first. */
int
schedule_list_due(struct store *st, int64_t now_ms, int limit,
    struct arena *a, struct schedule **out, size_t *n, struct err *err);
/* When the next is; 0: none will be. */
int
schedule_next_due(struct store *st, int64_t *at_ms, struct err *err);

/* It is due at due_at_ms next (0: never); and, unless 0, fired for
 * fired_at_ms. */
int
schedule_move(struct store *st, int64_t id, int64_t due_at_ms,
    int64_t fired_at_ms, struct err *err);

/* by NULL: it goes on, and is due at due_at_ms. ERR_NOT_FOUND. */
int
schedule_pause(struct store *st, int64_t id, const char *by,
    int64_t due_at_ms, struct err *err);

#endif
