/*
 * fixture.h - a database with something in it, for tests in C.
 *
 * What fails here ends the test program with a message: a test of something
 * else has nothing to say then.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_T_FIXTURE_H
#define PAWL_T_FIXTURE_H

#include <stdint.h>
#include <sys/types.h>

#include "lib/store/queue.h"
#include "lib/store/repos.h"
#include "lib/store/store.h"

/* For calls that must succeed: `must(store_begin(st, &err))`, with a
 * `struct err err` in sight. */
#define must(call) fixture_must((call), #call, &err, __FILE__, __LINE__)
int
fixture_must(int rc, const char *what, struct err *err, const char *file,
    int line);

/* Path of a new folder's pawl.db, without the database; a program may ask
 * for 64. */
const char *
fixture_path(void);

/* A new database, opened; its path in *path when that is not NULL. */
struct store *
fixture_store(const char **path);

/* Open one that is there. */
struct store *
fixture_open(const char *path);

/* A repository "owner/NAME" of forge "github", with the webhook secret
 * "secret". */
int64_t
fixture_repo(struct store *st, const char *name);
/* The same of another owner. */
int64_t
fixture_repo_of(struct store *st, const char *owner, const char *name);

/* A run on branch main. `graph` has a word for each job, "KEY" or
 * "KEY:NEED,NEED", such as "a b:a c:a,b"; every job has two steps. */
int64_t
fixture_run(struct store *st, int64_t repo, int priority, const char *graph);

/* The same of a workflow's text, pushed to main. */
int64_t
fixture_workflow(struct store *st, int64_t repo, int priority,
    const char *text);

/* Decide what a run does next. */
void
fixture_advance(struct store *st, int64_t run);

/* "somebody" asks for the end of a run, and it is decided. */
void
fixture_cancel(struct store *st, int64_t run);

/* Claim the next job, which must be there, and start it. */
int64_t
fixture_start(struct store *st, int *attempt);

/* Bring a claimed and started job to its end ("succeed", "fail", "cancel"),
 * and decide what follows; with outputs as a JSON object, or NULL. */
void
fixture_end(struct store *st, int64_t job, int attempt, const char *on);
void
fixture_end_with(struct store *st, int64_t job, int attempt, const char *on,
    const char *outputs);

/* "a=succeeded b=pending": the jobs of a run; and "run=failed". Each in its
 * own buffer, until the next call. */
const char *
fixture_jobs(struct store *st, int64_t run);
const char *
fixture_run_state(struct store *st, int64_t run);

/* The id of a run's job. */
int64_t
fixture_job(struct store *st, int64_t run, const char *key);

/* Run SQL on a connection of its own, as somebody with sqlite3(1) would; the
 * result is the first column of the first row, or -1. Errors end the test,
 * with fixture_sql_refused() success does. */
int64_t
fixture_sql(const char *path, const char *sql);
void
fixture_sql_refused(const char *path, const char *sql, const char *why);

/* Fork `n` children that run fn(i, ctx) and end with its result; wait for
 * all. Returns how many did not end with 0. */
int
fixture_fork(int n, int (*fn)(int i, void *ctx), void *ctx);

#endif
