/*
 * history.c - see history.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "t/lib/history.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/store/decisions.h"
#include "lib/store/internal.h"
#include "lib/store/queue_hold.h"
#include "lib/store/queue_line.h"
#include "lib/store/run_search.h"
#include "t/lib/fixture.h"

#define N_OWNERS 20
#define REPOS_OF_OWNER 10
#define N_REPOS (N_OWNERS * REPOS_OF_OWNER)
#define N_WAITING 40

static void
must_sql(struct store *st, const char *sql)
{
	char *why = NULL;

	if (sqlite3_exec(st->db, sql, NULL, NULL, &why) == SQLITE_OK)
		return;
	printf("Bail out! %s: %s\n", sql, why);
	fflush(stdout);
	_exit(1);
}

/* One statement for each table, in one transaction. */
static void
fill(struct store *st, int64_t n)
{
	struct str sql = STR_INIT;

	str_addf(&sql, "BEGIN;"
	    "INSERT INTO pipeline_configs (repo, path, hash, text, "
	    "created_at_ms) SELECT id, '.ci.yml', randomblob(32), 'jobs:', 0 "
	    "FROM repos;"
	    "WITH RECURSIVE i (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM i "
	    "WHERE i < %lld) "
	    "INSERT INTO runs (uuid, repo, number, origin, config, workflow, "
	    "file, event, ref, branch, sha, title, actor, why, state, "
	    "priority, facts, decided, created_at_ms, started_at_ms, "
	    "finished_at_ms, updated_at_ms) "
	    "SELECT printf('%%08x-0000-4000-8000-%%012x', i, i), "
	    "1 + i %% %d, 1 + i / %d, i, 1 + i %% %d, 'ci', '.ci.yml', 'push', "
	    "'refs/heads/main', CASE i %% 10 WHEN 0 THEN 'main' "
	    "ELSE 'feature/' || (i %% 997) END, printf('%%040x', i), "
	    "'change ' || i, 'somebody', 'on: push', CASE i %% 7 WHEN 0 "
	    "THEN 'failed' ELSE 'succeeded' END, 1, 1, 1, i, i, i, i FROM i;"
	    "INSERT INTO jobs (uuid, run, key, title, expanded, state, "
	    "attempt, priority, queued_at_ms, rank_ms, created_at_ms, "
	    "started_at_ms, finished_at_ms, updated_at_ms, plan) "
	    "SELECT uuid, id, 'build', 'build', 1, state, 1, 1, id, id, id, "
	    "id, id, id, '{\"key\": \"build\"}' FROM runs;"
	    "INSERT INTO steps (job, attempt, number, title, command, state, "
	    "finished_at_ms) SELECT id, 1, 1, 'test', 'make check', "
	    "'succeeded', id FROM jobs;"
	    "INSERT INTO events (run, seq, type, data, at_ms) "
	    "SELECT r.id, s.column1, 'run.created', '{}', r.id FROM runs r "
	    "CROSS JOIN (VALUES (1), (2)) s;"
	    "UPDATE repos SET runs_made = 1 + %lld / %d;"
	    "COMMIT", (long long)n, N_REPOS, N_REPOS, N_REPOS, (long long)n,
	    N_REPOS);
	must_sql(st, sql.s);
	str_release(&sql);
}

struct store *
history_make(int64_t n, const char **path)
{
	struct store *st = fixture_store(path);

	/* No second copy of it all in the log, and no wait for the disk. */
	must_sql(st, "PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY; "
	    "PRAGMA cache_size = -65536");
	for (int i = 0; i < N_REPOS; i++) {
		char owner[20], name[20];

		(void)snprintf(owner, sizeof(owner), "o%d", i % N_OWNERS);
		(void)snprintf(name, sizeof(name), "r%d", i / N_OWNERS);
		fixture_repo_of(st, owner, name);
	}
	fill(st, n);
	must_sql(st, "PRAGMA cache_size = -2000; PRAGMA journal_mode = WAL");
	for (int i = 0; i < N_WAITING; i++)
		fixture_run(st, 1 + i * 7 % N_REPOS, i % 3, "a");
	return st;
}

/* --- what is asked -------------------------------------------------------- */

static void
claim(struct store *st)
{
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };
	struct job job;

	must(queue_claim(st, "w", 60000, NULL, &a, &job, &err));
	arena_release(&a);
}

static void
line(struct store *st)
{
	const struct queue_limits limits = { .host = 4 };
	const struct queue_query q = { .limit = 50 };
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };
	struct queue_entry *list;
	size_t n;

	must(queue_line(st, &q, &limits, &a, &list, &n, &err));
	arena_release(&a);
}

static void
stats(struct store *st)
{
	struct err err = { 0 };
	struct queue_stats s;

	must(queue_stats(st, &s, &err));
}

static void
shares(struct store *st)
{
	struct arena a = ARENA_INIT(0);
	struct queue_share *list;
	struct err err = { 0 };
	size_t n;

	must(queue_shares(st, NULL, 1000, &a, &list, &n, &err));
	arena_release(&a);
}

static void
list_runs(struct store *st, int64_t repo, int64_t before)
{
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };
	struct run *runs;
	size_t n;

	must(run_list(st, repo, before, 30, &a, &runs, &n, &err));
	arena_release(&a);
}

static void
list_all(struct store *st)
{
	list_runs(st, 0, 0);
}

static void
search(struct store *st, const struct run_query *q)
{
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };
	struct run *runs;
	int64_t next;
	size_t n;

	must(run_search(st, q, &a, &runs, &n, &next, &err));
	arena_release(&a);
}

static void
list_hour(struct store *st)
{
	const struct run_query q = { .since_ms = 1000, .until_ms = 3600000,
		.limit = 30 };

	search(st, &q);
}

static void
list_repo(struct store *st)
{
	list_runs(st, 100, 0);
}

static void
list_deep(struct store *st)
{
	list_runs(st, 0, 5000);
}

static void
newest(struct store *st)
{
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };
	struct run run;

	must(run_newest(st, 10, "main", &a, &run, &err));
	arena_release(&a);
}

static void
page_of_run(struct store *st)
{
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };
	struct run run;
	struct job *jobs;
	struct step *steps;
	struct event *events;
	size_t n;

	must(run_find(st, "o3", "r4", 20, &a, &run, &err));
	must(job_list(st, run.id, &a, &jobs, &n, &err));
	must(step_list_run(st, run.id, &a, &steps, &n, &err));
	must(event_list(st, run.id, 0, 100, &a, &events, &n, &err));
	arena_release(&a);
}

static void
undecided(struct store *st)
{
	struct err err = { 0 };
	int64_t at;

	must(run_undecided_next(st, &at, &err));
}

const struct history_look history_looks[] = {
	{ "claim a job", claim },
	{ "the queue with its reasons", line },
	{ "numbers of the queue", stats },
	{ "shares of all owners", shares },
	{ "newest runs of all", list_all },
	{ "newest runs of a repository", list_repo },
	{ "runs within an hour long ago", list_hour },
	{ "runs far in the past", list_deep },
	{ "newest run of a branch (badge)", newest },
	{ "one run with jobs, steps, events", page_of_run },
	{ "runs that are to be decided", undecided },
};
const size_t history_n_looks = ARRAY_LEN(history_looks);

static int64_t
steps_of(struct store *st)
{
	int64_t sum = 0;

	for (int i = 0; i < SQL_N; i++)
		if (st->cache[i] != NULL)
			sum += sqlite3_stmt_status(st->cache[i],
			    SQLITE_STMTSTATUS_VM_STEP, 1);
	return sum;
}

struct history_cost
history_measure(struct store *st, const struct history_look *look)
{
	struct timespec from, to;
	struct history_cost cost;

	steps_of(st);
	clock_gettime(CLOCK_MONOTONIC, &from);
	look->look(st);
	clock_gettime(CLOCK_MONOTONIC, &to);
	cost.us = (double)(to.tv_sec - from.tv_sec) * 1e6 +
	    (double)(to.tv_nsec - from.tv_nsec) / 1e3;
	cost.steps = steps_of(st);
	return cost;
}
