/*
 * schedules.c - workflows and schedules.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/store/schedules.h"

#include <inttypes.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/store/audit.h"
#include "lib/store/move.h"
#include "lib/store/statement.h"

static const struct field workflow_fields[] = {
	FIELD(TEXT, workflow_row, path),
	FIELD(TEXT, workflow_row, name),
	FIELD(BOOL, workflow_row, by_hand),
	FIELD(TEXT, workflow_row, text),
};
static const struct shape workflow_shape = { workflow_fields,
	ARRAY_LEN(workflow_fields), sizeof(struct workflow_row) };
static const struct shape workflow_list_shape = { workflow_fields,
	ARRAY_LEN(workflow_fields) - 1, sizeof(struct workflow_row) };

static const struct field schedule_fields[] = {
	FIELD(INT64, schedule, id),
	FIELD(INT64, schedule, repo),
	FIELD(TEXT, schedule, owner),
	FIELD(TEXT, schedule, name),
	FIELD(TEXT, schedule, workflow),
	FIELD(TEXT, schedule, cron),
	FIELD(TEXT, schedule, timezone),
	FIELD(TEXT, schedule, added_by),
	FIELD(TEXT, schedule, ref),
	FIELD(TEXT, schedule, inputs),
	FIELD(TEXT, schedule, paused_by),
	FIELD(INT64, schedule, due_at_ms),
	FIELD(INT64, schedule, fired_at_ms),
};
static const struct shape schedule_shape = { schedule_fields,
	ARRAY_LEN(schedule_fields), sizeof(struct schedule) };

/* --- workflows ---------------------------------------------------------------- */

static int
put_workflow(struct store *st, int64_t repo, const struct workflow_row *w,
    struct err *err)
{
	int64_t config;

	if (config_store(st, repo, w->path, w->text, &config, err) == -1)
		return -1;
	return store_exec(st, SQL_WORKFLOW_PUT, PARAMS(P_INT("repo", repo),
	    P_TEXT("path", w->path), P_TEXT("name", w->name),
	    P_INT("config", config), P_INT("by_hand", w->by_hand)), err);
}

int
workflows_set(struct store *st, int64_t repo, const struct workflow_row *rows,
    size_t n, struct err *err)
{
	int rc;

	if (store_begin(st, err) == -1)
		return -1;
	rc = store_exec(st, SQL_WORKFLOW_FORGET, PARAMS(P_INT("repo", repo)),
	    err);
	for (size_t i = 0; i < n && rc != -1; i++)
		rc = put_workflow(st, repo, &rows[i], err);
	return store_end(st, rc == -1 ? -1 : 0, err);
}

int
workflow_list(struct store *st, int64_t repo, struct arena *a,
    struct workflow_row **out, size_t *n, struct err *err)
{
	return store_rows(st, SQL_WORKFLOW_LIST, PARAMS(P_INT("repo", repo)),
	    &workflow_list_shape, a, out, n, err);
}

int
workflow_find(struct store *st, int64_t repo, const char *path,
    struct arena *a, struct workflow_row *out, struct err *err)
{
	return store_row(st, SQL_WORKFLOW_TEXT, PARAMS(P_INT("repo", repo),
	    P_TEXT("path", path)), &workflow_shape, a, out, err);
}

/* --- schedules of files --------------------------------------------------------- */

static int
insert(struct store *st, int64_t repo, const struct schedule *s, int64_t *id,
    struct err *err)
{
	return store_number(st, SQL_SCHEDULE_INSERT, PARAMS(
	    P_INT("repo", repo), P_TEXT("workflow", s->workflow),
	    P_TEXT("cron", s->cron), P_TEXT("timezone", s->timezone),
	    P_TEXT("by", s->added_by), P_TEXT("ref", s->ref),
	    P_TEXT("inputs", s->inputs),
	    P_INT_UNLESS("due", s->due_at_ms, 0),
	    P_INT("now", clock_now_ms())), id, err) == -1 ? -1 : 0;
}

/* 1 when the repository may have one more, 0, -1. */
static int
has_room(struct store *st, int64_t repo, struct err *err)
{
	int64_t n = 0;

	return store_number(st, SQL_SCHEDULE_COUNT, PARAMS(
	    P_INT("repo", repo)), &n, err) == -1 ? -1 : n < SCHEDULES_MAX;
}

static int
delete(struct store *st, int64_t id, struct err *err)
{
	return store_exec(st, SQL_SCHEDULE_DELETE, PARAMS(P_INT("id", id)),
	    err) == -1 ? -1 : 0;
}

static bool
has(const struct schedule *list, size_t n, const struct schedule *s)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].added_by == NULL &&
		    strcmp(list[i].workflow, s->workflow) == 0 &&
		    strcmp(list[i].cron, s->cron) == 0 &&
		    strcmp(list[i].timezone, s->timezone) == 0)
			return true;
	return false;
}

/* Those that there is no room for are left out. */
static int
insert_new(struct store *st, int64_t repo, const struct schedule *list,
    size_t n, const struct schedule *old, size_t n_old, struct err *err)
{
	int64_t id;
	int rc;

	for (size_t i = 0; i < n; i++) {
		if (has(old, n_old, &list[i]) || has(list, i, &list[i]))
			continue;
		rc = has_room(st, repo, err);
		if (rc != 1)
			return rc;
		if (insert(st, repo, &list[i], &id, err) == -1)
			return -1;
	}
	return 0;
}

static int
replace(struct store *st, int64_t repo, const struct schedule *list, size_t n,
    struct arena *a, struct err *err)
{
	struct schedule *old;
	size_t n_old;

	if (schedule_list(st, repo, 0, SCHEDULES_MAX, a, &old, &n_old,
	    err) == -1)
		return -1;
	for (size_t i = 0; i < n_old; i++)
		if (old[i].added_by == NULL && !has(list, n, &old[i]) &&
		    delete(st, old[i].id, err) == -1)
			return -1;
	return insert_new(st, repo, list, n, old, n_old, err);
}

int
schedules_set(struct store *st, int64_t repo, const struct schedule *list,
    size_t n, struct err *err)
{
	struct arena a = ARENA_INIT(0);
	int rc;

	if (store_begin(st, err) == -1)
		return -1;
	rc = store_end(st, replace(st, repo, list, n, &a, err), err);
	arena_release(&a);
	return rc;
}

/* --- all schedules ----------------------------------------------------------------- */

int
schedule_add(struct store *st, struct schedule *s, struct err *err)
{
	int rc;

	if (store_begin(st, err) == -1)
		return -1;
	rc = has_room(st, s->repo, err);
	if (rc == 0)
		rc = err_set(err, ERR_TOO_LARGE, "a repository has at most %d "
		    "schedules", SCHEDULES_MAX);
	else if (rc == 1)
		rc = insert(st, s->repo, s, &s->id, err);
	return store_end(st, audit_done(st, rc, "schedule.add", s->repo, err,
	    "schedule of %s", s->workflow), err);
}

static int
do_remove(struct store *st, int64_t id, struct arena *a, struct err *err)
{
	struct schedule s;
	int rc = schedule_find(st, id, a, &s, err);

	if (rc == 0)
		return err_set(err, ERR_NOT_FOUND, "there is no schedule %"
		    PRId64, id);
	if (rc == 1 && s.added_by == NULL)
		return err_set(err, ERR_CONFLICT, "schedule %" PRId64
		    " stands in %s: remove it there, or pause it", id,
		    s.workflow);
	if (rc == 1)
		rc = audit_done(st, 0, "schedule.remove", s.repo, err,
		    "schedule of %s", s.workflow);
	return rc == -1 ? -1 : delete(st, id, err);
}

int
schedule_remove(struct store *st, int64_t id, struct err *err)
{
	struct arena a = ARENA_INIT(0);
	int rc;

	if (store_begin(st, err) == -1)
		return -1;
	rc = store_end(st, do_remove(st, id, &a, err), err);
	arena_release(&a);
	return rc;
}

int
schedule_list(struct store *st, int64_t repo, int64_t after, int limit,
    struct arena *a, struct schedule **out, size_t *n, struct err *err)
{
	if (repo == 0)
		return store_rows(st, SQL_SCHEDULE_LIST, PARAMS(
		    P_INT("after", after), P_INT("limit", limit)),
		    &schedule_shape, a, out, n, err);
	return store_rows(st, SQL_SCHEDULE_LIST_REPO, PARAMS(
	    P_INT("repo", repo), P_INT("after", after),
	    P_INT("limit", limit)), &schedule_shape, a, out, n, err);
}

int
schedule_find(struct store *st, int64_t id, struct arena *a,
    struct schedule *out, struct err *err)
{
	return store_row(st, SQL_SCHEDULE_FIND, PARAMS(P_INT("id", id)),
	    &schedule_shape, a, out, err);
}

int
schedule_list_due(struct store *st, int64_t now_ms, int limit,
    struct arena *a, struct schedule **out, size_t *n, struct err *err)
{
	return store_rows(st, SQL_SCHEDULE_DUE, PARAMS(P_INT("now", now_ms),
	    P_INT("limit", limit)), &schedule_shape, a, out, n, err);
}

int
schedule_next_due(struct store *st, int64_t *at_ms, struct err *err)
{
	*at_ms = 0;
	return store_number(st, SQL_SCHEDULE_NEXT, NULL, at_ms, err) == -1 ?
	    -1 : 0;
}

int
schedule_move(struct store *st, int64_t id, int64_t due_at_ms,
    int64_t fired_at_ms, struct err *err)
{
	if (store_begin(st, err) == -1)
		return -1;
	return store_end(st, store_exec(st, SQL_SCHEDULE_MOVE, PARAMS(
	    P_INT("id", id), P_INT_UNLESS("due", due_at_ms, 0),
	    P_INT_UNLESS("fired", fired_at_ms, 0)), err) == -1 ? -1 : 0, err);
}

int
schedule_pause(struct store *st, int64_t id, const char *by,
    int64_t due_at_ms, struct err *err)
{
	int n;

	if (store_begin(st, err) == -1)
		return -1;
	n = store_exec(st, SQL_SCHEDULE_PAUSE, PARAMS(P_INT("id", id),
	    P_TEXT("by", by), P_INT_UNLESS("due", due_at_ms, 0)), err);
	if (n == 0)
		n = err_set(err, ERR_NOT_FOUND, "there is no schedule %"
		    PRId64, id);
	return store_end(st, audit_done(st, n == -1 ? -1 : 0, by != NULL ?
	    "schedule.pause" : "schedule.resume", 0, err, "schedule %" PRId64,
	    id), err);
}
