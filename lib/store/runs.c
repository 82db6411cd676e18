/*
 * runs.c - runs: create and read.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/store/runs.h"

#include <inttypes.h>
#include <sodium.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/store/decisions.h"
#include "lib/store/move.h"

#define CONFIG_HASH_BYTES 32

static const struct field run_fields[] = {
	FIELD(INT64, run, id),
	FIELD(UUID, run, uuid),
	FIELD(INT64, run, repo),
	FIELD(TEXT, run, owner),
	FIELD(TEXT, run, name),
	FIELD(INT64, run, number),
	FIELD(INT, run, attempt),
	FIELD(INT64, run, origin),
	FIELD(TEXT, run, rerun),
	FIELD(TEXT, run, rerun_by),
	FIELD(BOOL, run, debug),
	FIELD(TEXT, run, delivery),
	FIELD(TEXT, run, workflow),
	FIELD(TEXT, run, file),
	FIELD(TEXT, run, event),
	FIELD(TEXT, run, ref),
	FIELD(TEXT, run, branch),
	FIELD(TEXT, run, sha),
	FIELD(TEXT, run, title),
	FIELD(TEXT, run, actor),
	FIELD(TEXT, run, why),
	FIELD(RUN, run, state),
	FIELD(INT, run, priority),
	FIELD(INT64, run, cancel_at_ms),
	FIELD(INT64, run, superseded_by),
	FIELD(INT64, run, created_at_ms),
	FIELD(INT64, run, started_at_ms),
	FIELD(INT64, run, finished_at_ms),
	/* The long texts, and what is counted: of one run only. */
	FIELD(TEXT, run, config),
	FIELD(TEXT, run, problems),
	FIELD(INT64, run, file_version),
};
static const struct shape run_shape = { run_fields, ARRAY_LEN(run_fields),
	sizeof(struct run) };
const struct shape run_list_shape = { run_fields,
	ARRAY_LEN(run_fields) - 3, sizeof(struct run) };

int
run_find(struct store *st, const char *owner, const char *name,
    int64_t number, struct arena *a, struct run *out, struct err *err)
{
	return run_find_attempt(st, owner, name, number, 0, a, out, err);
}

int
run_find_attempt(struct store *st, const char *owner, const char *name,
    int64_t number, int attempt, struct arena *a, struct run *out,
    struct err *err)
{
	return store_row(st, SQL_RUN_BY_NUMBER, PARAMS(P_TEXT("owner", owner),
	    P_TEXT("name", name), P_INT("number", number),
	    P_INT("attempt", attempt)), &run_shape, a, out, err);
}

int
run_find_uuid(struct store *st, const char *uuid, struct arena *a,
    struct run *out, struct err *err)
{
	int64_t id;
	int found = store_number(st, SQL_RUN_ID_BY_UUID,
	    PARAMS(P_TEXT("uuid", uuid)), &id, err);

	return found == 1 ? run_find_id(st, id, a, out, err) : found;
}

int
run_find_id(struct store *st, int64_t id, struct arena *a, struct run *out,
    struct err *err)
{
	return store_row(st, SQL_RUN_BY_ID, PARAMS(P_INT("id", id)),
	    &run_shape, a, out, err);
}

int
run_list(struct store *st, int64_t repo, int64_t before, int limit,
    struct arena *a, struct run **out, size_t *n, struct err *err)
{
	if (before == 0)
		before = INT64_MAX;
	if (repo == 0)
		return store_rows(st, SQL_RUN_LIST_ALL, PARAMS(
		    P_INT("before", before), P_INT("limit", limit)),
		    &run_list_shape, a, out, n, err);
	return store_rows(st, SQL_RUN_LIST_REPO, PARAMS(P_INT("repo", repo),
	    P_INT("before", before), P_INT("limit", limit)), &run_list_shape,
	    a, out, n, err);
}

int
run_list_delivery(struct store *st, const char *delivery, struct arena *a,
    struct run **out, size_t *n, struct err *err)
{
	return store_rows(st, SQL_RUN_LIST_DELIVERY, PARAMS(
	    P_TEXT("delivery", delivery)), &run_list_shape, a, out, n, err);
}

int
run_list_attempts(struct store *st, const struct run *run, struct arena *a,
    struct run **out, size_t *n, struct err *err)
{
	return store_rows(st, SQL_RUN_LIST_ATTEMPTS, PARAMS(
	    P_INT("origin", run->origin)), &run_list_shape, a, out, n, err);
}

int
run_newest(struct store *st, int64_t repo, const char *branch,
    struct arena *a, struct run *out, struct err *err)
{
	return store_row(st, SQL_RUN_NEWEST, PARAMS(P_INT("repo", repo),
	    P_TEXT("branch", branch)), &run_list_shape, a, out, err);
}

int
run_newest_of(struct store *st, int64_t repo, const char *branch,
    const char *workflow, struct arena *a, struct run *out, struct err *err)
{
	return store_row(st, SQL_RUN_NEWEST_OF, PARAMS(P_INT("repo", repo),
	    P_TEXT("branch", branch), P_TEXT("workflow", workflow)),
	    &run_list_shape, a, out, err);
}

int
run_list_over(struct store *st, int64_t repo, int limit, struct arena *a,
    struct run **out, size_t *n, struct err *err)
{
	return store_rows(st, SQL_RUN_LIST_OVER, PARAMS(P_INT("repo", repo),
	    P_INT("limit", limit)), &run_list_shape, a, out, n, err);
}

int
config_store(struct store *st, int64_t repo, const char *path,
    const char *text, int64_t *id, struct err *err)
{
	unsigned char hash[CONFIG_HASH_BYTES];
	int rc;

	crypto_generichash(hash, sizeof(hash), (const unsigned char *)text,
	    strlen(text), NULL, 0);
	if (store_exec(st, SQL_CONFIG_INSERT, PARAMS(P_INT("repo", repo),
		P_TEXT("path", path), P_BLOB("hash", hash, sizeof(hash)),
		P_TEXT("text", text), P_INT("now", clock_now_ms())),
		err) == -1)
		return -1;
	rc = store_number(st, SQL_CONFIG_FIND, PARAMS(P_INT("repo", repo),
	    P_TEXT("path", path), P_BLOB("hash", hash, sizeof(hash))), id,
	    err);
	if (rc == 0)
		return err_set(err, ERR_BUG, "a pipeline's text is gone");
	return rc == -1 ? -1 : 0;
}

static int
insert_run(struct store *st, struct run *run, struct err *err)
{
	const struct event_facts facts = { .by = run->actor,
		.place = run->why_place };
	const char *word = machine_state_name(MACHINE_RUN, RUN_PENDING);
	int64_t config = 0;
	int rc;

	rc = store_number(st, SQL_REPO_NEXT_RUN, PARAMS(P_INT("id", run->repo)),
	    &run->number, err);
	if (rc == 0)
		return err_set(err, ERR_NOT_FOUND, "there is no repository %"
		    PRId64, run->repo);
	if (rc == -1 || (run->config != NULL && config_store(st, run->repo,
		run->file, run->config, &config, err) == -1) ||
	    store_number(st, SQL_RUN_INSERT, PARAMS(
		P_TEXT("uuid", run->uuid), P_INT("repo", run->repo),
		P_INT("number", run->number),
		P_TEXT("delivery", run->delivery),
		P_INT_UNLESS("config", config, 0),
		P_TEXT("workflow", run->workflow), P_TEXT("file", run->file),
		P_TEXT("event", run->event), P_TEXT("ref", run->ref),
		P_TEXT("branch", run->branch), P_TEXT("sha", run->sha),
		P_TEXT("title", run->title), P_TEXT("actor", run->actor),
		P_TEXT("why", run->why), P_TEXT("problems", run->problems),
		P_TEXT("context", run->context),
		P_INT_UNLESS("pull", run->pull, 0),
		P_TEXT("pull_head", run->pull_head),
		P_TEXT("state", word), P_INT("priority", run->priority),
		P_INT("now", run->created_at_ms)), &run->id, err) == -1)
		return -1;
	run->origin = run->id;
	return event_append(st, run->id, "run.created", NULL, word, &facts,
	    err);
}

/* There is nothing to decide. */
static int
create_ended(struct store *st, struct run *run, struct err *err)
{
	bool failed = run->problems != NULL;

	if (run_hold(st, run->id, err) == -1 ||
	    run_move(st, run->id, RUN_PENDING, failed ? "fail" : "skip",
		NULL, err) == -1)
		return -1;
	run->state = failed ? RUN_FAILED : RUN_SKIPPED;
	return 0;
}

int
run_create(struct store *st, struct run *run, struct err *err)
{
	int rc;

	store_uuid(run->uuid);
	run->created_at_ms = clock_now_ms();
	run->started_at_ms = run->finished_at_ms = 0;
	run->state = RUN_PENDING;
	run->attempt = 1;
	if (store_begin(st, err) == -1)
		return -1;
	rc = insert_run(st, run, err);
	if (rc == 0 && run->context == NULL)
		rc = create_ended(st, run, err);
	return store_end(st, rc, err);
}
