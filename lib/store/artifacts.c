/*
 * artifacts.c - see artifacts.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/store/artifacts.h"

#include <inttypes.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/store/move.h"

static const struct field fields[] = {
	FIELD(INT64, artifact_row, id),
	FIELD(INT64, artifact_row, run),
	FIELD(INT, artifact_row, run_attempt),
	FIELD(INT64, artifact_row, job),
	FIELD(TEXT, artifact_row, job_key),
	FIELD(INT, artifact_row, attempt),
	FIELD(TEXT, artifact_row, name),
	FIELD(TEXT, artifact_row, path),
	FIELD(INT64, artifact_row, files),
	FIELD(INT64, artifact_row, bytes),
	FIELD(TEXT, artifact_row, digest),
	FIELD(BOOL, artifact_row, remote),
	FIELD(INT64, artifact_row, stored_at_ms),
	FIELD(INT, artifact_row, store_tries),
	FIELD(INT64, artifact_row, created_at_ms),
	FIELD(INT64, artifact_row, expires_at_ms),
	FIELD(INT64, artifact_row, removed_at_ms),
};
static const struct shape shape = { fields, ARRAY_LEN(fields),
	sizeof(struct artifact_row) };

static int
check_name(struct store *st, const struct job_head *h, const char *name,
    bool overwrite, struct err *err)
{
	int64_t id;
	int rc = store_number(st, SQL_ARTIFACT_TAKEN, PARAMS(
	    P_INT("run", h->run), P_TEXT("name", name), P_INT("job", h->id),
	    P_INT("attempt", h->attempt), P_INT("overwrite", overwrite)), &id,
	    err);

	if (rc == 1)
		return err_set(err, ERR_EXISTS, "the run has an artifact "
		    "\"%s\" already (%" PRId64 "): choose another name, such "
		    "as with a value of the matrix in it, or set "
		    "\"overwrite\"", name, id);
	return rc;
}

int
artifact_check(struct store *st, int64_t job, int attempt, const char *name,
    bool overwrite, int64_t *bytes, struct err *err)
{
	struct arena a = ARENA_INIT(0);
	struct job_head h;
	int rc = job_head_of(st, job, attempt, &a, &h, err);

	if (rc == 0)
		rc = check_name(st, &h, name, overwrite, err);
	*bytes = 0;
	if (rc == 0 && store_number(st, SQL_ARTIFACT_SUM, PARAMS(
	    P_INT("run", h.run)), bytes, err) == -1)
		rc = -1;
	arena_release(&a);
	return rc;
}

static int
do_add(struct store *st, struct artifact_row *row, bool overwrite,
    struct arena *a, struct err *err)
{
	struct event_facts facts;
	struct job_head h;

	if (job_head_of(st, row->job, row->attempt, a, &h, err) == -1 ||
	    check_name(st, &h, row->name, overwrite, err) == -1)
		return -1;
	row->run = h.run;
	row->created_at_ms = clock_now_ms();
	if (store_exec(st, SQL_ARTIFACT_REPLACE, PARAMS(P_INT("run", h.run),
	    P_TEXT("name", row->name), P_INT("job", h.id),
	    P_INT("attempt", h.attempt), P_INT("now", row->created_at_ms)),
	    err) == -1 ||
	    store_number(st, SQL_ARTIFACT_INSERT, PARAMS(P_INT("run", h.run),
	    P_INT("job", h.id), P_INT("attempt", h.attempt),
	    P_TEXT("name", row->name), P_TEXT("path", row->path),
	    P_INT("files", row->files), P_INT("bytes", row->bytes),
	    P_TEXT("digest", row->digest), P_INT("remote", row->remote),
	    P_INT("now", row->created_at_ms),
	    P_INT("expires", row->expires_at_ms)), &row->id, err) == -1)
		return -1;
	facts = job_facts(&h);
	facts.reason = row->name;
	return event_append(st, h.run, "artifact.created", NULL, NULL,
	    &facts, err);
}

int
artifact_add(struct store *st, struct artifact_row *row, bool overwrite,
    struct err *err)
{
	struct arena a = ARENA_INIT(0);
	int rc;

	if (store_begin(st, err) == -1)
		return -1;
	rc = store_end(st, do_add(st, row, overwrite, &a, err), err);
	arena_release(&a);
	return rc;
}

int
artifact_list(struct store *st, int64_t run, struct arena *a,
    struct artifact_row **out, size_t *n, struct err *err)
{
	return store_rows(st, SQL_ARTIFACT_LIST, PARAMS(P_INT("run", run)),
	    &shape, a, out, n, err);
}

int
artifact_list_live(struct store *st, int64_t run, struct arena *a,
    struct artifact_row **out, size_t *n, struct err *err)
{
	struct artifact_row *list;
	size_t all, kept = 0;

	if (artifact_list(st, run, a, &list, &all, err) == -1)
		return -1;
	for (size_t i = 0; i < all; i++) {
		bool newest = list[i].removed_at_ms == 0;

		for (size_t k = i + 1; k < all && newest; k++)
			newest = list[k].removed_at_ms != 0 ||
			    strcmp(list[k].name, list[i].name) != 0;
		if (newest)
			list[kept++] = list[i];
	}
	*out = list;
	*n = kept;
	return 0;
}

int
artifact_expired(struct store *st, int limit, struct arena *a,
    struct artifact_row **out, size_t *n, struct err *err)
{
	return store_rows(st, SQL_ARTIFACT_EXPIRED, PARAMS(
	    P_INT("now", clock_now_ms()), P_INT("limit", limit)), &shape, a,
	    out, n, err);
}

int
artifact_to_store(struct store *st, int limit, struct arena *a,
    struct artifact_row **out, size_t *n, struct err *err)
{
	return store_rows(st, SQL_ARTIFACT_TO_STORE, PARAMS(
	    P_INT("now", clock_now_ms()), P_INT("limit", limit)), &shape, a,
	    out, n, err);
}

int
artifact_next_store(struct store *st, int64_t *at_ms, struct err *err)
{
	return store_number(st, SQL_ARTIFACT_NEXT_STORE, NULL, at_ms, err);
}

static int
set(struct store *st, enum sql_id sql, const struct param *params,
    struct err *err)
{
	int rc;

	if (store_begin(st, err) == -1)
		return -1;
	rc = store_exec(st, sql, params, err);
	return store_end(st, rc == -1 ? -1 : 0, err);
}

int
artifact_stored(struct store *st, int64_t id, struct err *err)
{
	return set(st, SQL_ARTIFACT_SET_STORED, PARAMS(P_INT("id", id),
	    P_INT("now", clock_now_ms())), err);
}

int
artifact_not_stored(struct store *st, int64_t id, int64_t pause_ms,
    struct err *err)
{
	return set(st, SQL_ARTIFACT_SET_STORE_FAILED, PARAMS(P_INT("id", id),
	    P_INT("at", clock_now_ms() + pause_ms)), err);
}

int
artifact_removed(struct store *st, const struct artifact_row *row,
    struct err *err)
{
	const struct event_facts facts = { .job = row->job,
		.key = row->job_key, .attempt = row->attempt,
		.reason = row->name };
	int rc;

	if (store_begin(st, err) == -1)
		return -1;
	rc = store_exec(st, SQL_ARTIFACT_SET_REMOVED, PARAMS(
	    P_INT("id", row->id), P_INT("now", clock_now_ms())), err);
	if (rc == 1)
		rc = event_append(st, row->run, "artifact.expired", NULL,
		    NULL, &facts, err);
	return store_end(st, rc == -1 ? -1 : 0, err);
}

int
artifact_owns(struct store *st, int64_t run, const char *path,
    struct err *err)
{
	int64_t id;

	return store_number(st, SQL_ARTIFACT_OWNS_PATH, PARAMS(
	    P_INT("run", run), P_TEXT("path", path)), &id, err);
}

int
artifact_green_run(struct store *st, int64_t repo, const char *branch,
    int64_t *run, struct err *err)
{
	return store_number(st, SQL_ARTIFACT_GREEN_RUN, PARAMS(
	    P_INT("repo", repo), P_TEXT("branch", branch)), run, err);
}

int
artifact_run(struct store *st, int64_t id, int64_t *run, struct err *err)
{
	return store_number(st, SQL_ARTIFACT_RUN, PARAMS(P_INT("id", id)),
	    run, err);
}

int
artifact_expire(struct store *st, int64_t run, int64_t id, struct err *err)
{
	if (store_begin(st, err) == -1)
		return -1;
	return store_end(st, store_exec(st, SQL_ARTIFACT_EXPIRE, PARAMS(
	    P_INT("run", run), P_INT("id", id),
	    P_INT("now", clock_now_ms())), err), err);
}
