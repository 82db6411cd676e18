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
#include "lib/store/move.h"
#include "lib/store/outbox.h"
#include "lib/store/queue.h"

#define CONFIG_HASH_BYTES 32

static const struct field run_fields[] = {
	FIELD(INT64, run, id),
	FIELD(UUID, run, uuid),
	FIELD(INT64, run, repo),
	FIELD(TEXT, run, owner),
	FIELD(TEXT, run, name),
	FIELD(INT64, run, number),
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
	FIELD(INT64, run, created_at_ms),
	FIELD(INT64, run, started_at_ms),
	FIELD(INT64, run, finished_at_ms),
	/* The long texts: of one run only. */
	FIELD(TEXT, run, config),
	FIELD(TEXT, run, problems),
};
static const struct shape run_shape = { run_fields, ARRAY_LEN(run_fields),
	sizeof(struct run) };
static const struct shape run_list_shape = { run_fields,
	ARRAY_LEN(run_fields) - 2, sizeof(struct run) };

int
run_find(struct store *st, const char *owner, const char *name,
    int64_t number, struct arena *a, struct run *out, struct err *err)
{
	return store_row(st, SQL_RUN_BY_NUMBER, PARAMS(P_TEXT("owner", owner),
	    P_TEXT("name", name), P_INT("number", number)), &run_shape, a,
	    out, err);
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
run_newest(struct store *st, int64_t repo, const char *branch,
    struct arena *a, struct run *out, struct err *err)
{
	return store_row(st, SQL_RUN_NEWEST, PARAMS(P_INT("repo", repo),
	    P_TEXT("branch", branch)), &run_list_shape, a, out, err);
}

/* The text of the pipeline file, stored once however many runs use it. */
static int
store_config(struct store *st, const struct run *run, int64_t *id,
    struct err *err)
{
	unsigned char hash[CONFIG_HASH_BYTES];
	int rc;

	*id = 0;
	if (run->config == NULL)
		return 0;
	crypto_generichash(hash, sizeof(hash),
	    (const unsigned char *)run->config, strlen(run->config), NULL, 0);
	if (store_exec(st, SQL_CONFIG_INSERT, PARAMS(P_INT("repo", run->repo),
		P_TEXT("path", run->file), P_BLOB("hash", hash, sizeof(hash)),
		P_TEXT("text", run->config),
		P_INT("now", run->created_at_ms)), err) == -1)
		return -1;
	rc = store_number(st, SQL_CONFIG_FIND, PARAMS(P_INT("repo", run->repo),
	    P_TEXT("path", run->file), P_BLOB("hash", hash, sizeof(hash))),
	    id, err);
	if (rc == 0)
		return err_set(err, ERR_BUG, "a pipeline's text is gone");
	return rc == -1 ? -1 : 0;
}

static int
insert_run(struct store *st, struct run *run, struct err *err)
{
	const struct event_facts facts = { .by = run->actor };
	const char *word = machine_state_name(MACHINE_RUN, RUN_PENDING);
	int64_t config;
	int rc;

	rc = store_number(st, SQL_REPO_NEXT_RUN, PARAMS(P_INT("id", run->repo)),
	    &run->number, err);
	if (rc == 0)
		return err_set(err, ERR_NOT_FOUND, "there is no repository %"
		    PRId64, run->repo);
	if (rc == -1 || store_config(st, run, &config, err) == -1 ||
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
		P_TEXT("state", word), P_INT("priority", run->priority),
		P_INT("now", run->created_at_ms)), &run->id, err) == -1)
		return -1;
	return event_append(st, run->id, "run.created", NULL, word, &facts,
	    err);
}

static int
insert_steps(struct store *st, int64_t job, const struct job_new *j,
    struct err *err)
{
	for (size_t i = 0; i < j->n_steps; i++)
		if (store_exec(st, SQL_STEP_INSERT, PARAMS(P_INT("job", job),
			P_INT("number", (int64_t)i + 1),
			P_TEXT("title", j->step_titles[i]),
			P_TEXT("command", j->step_commands[i]),
			P_TEXT("state", machine_state_name(MACHINE_STEP,
			    STEP_QUEUED))), err) == -1)
			return -1;
	return 0;
}

/* Needs are indexes into jobs that were created before: no cycle can be
 * stored. */
static int
insert_needs(struct store *st, const struct job_new *jobs, size_t i,
    const int64_t *ids, struct err *err)
{
	for (size_t k = 0; k < jobs[i].n_needs; k++) {
		if (jobs[i].needs[k] >= i)
			return err_set(err, ERR_INVALID, "job \"%s\" needs a "
			    "job that does not stand before it", jobs[i].key);
		if (store_exec(st, SQL_JOB_NEED_INSERT, PARAMS(
			P_INT("job", ids[i]),
			P_INT("need", ids[jobs[i].needs[k]])), err) == -1)
			return err_wrap(err, "job \"%s\"", jobs[i].key);
	}
	return 0;
}

static int
insert_job(struct store *st, const struct run *run, const struct job_new *j,
    int64_t *id, struct err *err)
{
	bool queued = j->n_needs == 0;
	const char *word = machine_state_name(MACHINE_JOB,
	    queued ? JOB_PENDING : JOB_BLOCKED);
	struct event_facts facts = { .key = j->key,
		.n_steps = (int)j->n_steps };
	int64_t now = queued ? run->created_at_ms : 0;
	char uuid[37];

	store_uuid(uuid);
	if (store_number(st, SQL_JOB_INSERT, PARAMS(P_TEXT("uuid", uuid),
		P_INT("run", run->id), P_TEXT("key", j->key),
		P_TEXT("title", j->title), P_TEXT("plan", j->plan),
		P_TEXT("state", word), P_INT("priority", run->priority),
		P_INT_UNLESS("queued", now, 0),
		{ queued ? PARAM_INT : PARAM_NULL, ":rank",
		    job_rank(now, run->priority), NULL, 0 },
		P_INT("now", run->created_at_ms)), id, err) == -1) {
		if (err != NULL && err->code == ERR_EXISTS)
			err_set(err, ERR_INVALID, "there are two jobs \"%s\"",
			    j->key);
		return -1;
	}
	facts.job = *id;
	return event_append(st, run->id, "job.created", NULL, word, &facts,
	    err);
}

static int
insert_jobs(struct store *st, const struct run *run,
    const struct job_new *jobs, size_t n, struct arena *a, struct err *err)
{
	int64_t *ids = arena_alloc(a, (n + 1) * sizeof(*ids));

	for (size_t i = 0; i < n; i++)
		if (insert_job(st, run, &jobs[i], &ids[i], err) == -1 ||
		    insert_steps(st, ids[i], &jobs[i], err) == -1 ||
		    insert_needs(st, jobs, i, ids, err) == -1)
			return -1;
	return 0;
}

/* Without jobs there is nothing to wait for. */
static int
end_without_jobs(struct store *st, struct run *run, struct err *err)
{
	bool failed = run->problems != NULL;

	if (run_move(st, run->id, RUN_PENDING, failed ? "fail" : "skip", NULL,
		err) == -1)
		return -1;
	run->state = failed ? RUN_FAILED : RUN_SKIPPED;
	return 0;
}

int
run_create(struct store *st, struct run *run, const struct job_new *jobs,
    size_t n_jobs, struct err *err)
{
	struct arena a = ARENA_INIT(0);
	int rc;

	store_uuid(run->uuid);
	run->created_at_ms = clock_now_ms();
	run->started_at_ms = run->finished_at_ms = 0;
	run->state = RUN_PENDING;
	if (store_begin(st, err) == -1)
		return -1;
	rc = insert_run(st, run, err);
	if (rc == 0 && n_jobs == 0)
		rc = end_without_jobs(st, run, err);
	else if (rc == 0)
		rc = insert_jobs(st, run, jobs, n_jobs, &a, err);
	if (rc == 0)
		rc = outbox_add(st, "files", run->id, NULL, err);
	rc = store_end(st, rc, err);
	arena_release(&a);
	return rc;
}
