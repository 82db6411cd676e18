/*
 * board.h - what a person wants to see first: what waits and runs, what is
 * broken since when, how the branches of a repository do.
 *
 * None of it costs more with more history. `sees` cuts to the repositories
 * that somebody may read (sees.h). Strings live in `a`.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_BOARD_H
#define PAWL_STORE_BOARD_H

#include "lib/store/runs.h"

/* What waits, counted to BOARD_WAITS_MAX. */
#define BOARD_WAITS_MAX 100
struct board_waits {
	int64_t jobs;   /* for a free place */
	int64_t people; /* for an approval */
};
int
board_waits(struct store *st, const char *sees, struct board_waits *out,
    struct err *err);

/* Runs that are under way, running ones in front. */
int
board_active(struct store *st, const char *sees, int limit, struct arena *a,
    struct run **out, size_t *n, struct err *err);

/* A workflow that fails on the default branch of its repository. */
struct board_broken {
	const char *owner, *name; /* of the repository */
	const char *branch, *workflow, *file;
	int64_t number;           /* of the newest run, with its commit: */
	const char *title, *actor, *sha;
	int64_t at_ms;            /* when that ended */
	int64_t since_ms;         /* when the first that failed was made */
	int64_t since_number;     /* and which that was, with its commit; 0 and
	                             NULL: it was removed */
	const char *since_sha, *since_title, *since_actor;
	const char *job;          /* key of the first job that failed; NULL: no
	                             job did */
	const char *job_title;
	const char *reason;       /* why it did, or NULL */
	const char *problems;     /* of the file, their beginning; or NULL */
	const char *message;      /* the first error that it reported, its
	                             beginning; or NULL */
};
/* The last ones that broke in front. */
int
board_broken(struct store *st, const char *sees, int limit, struct arena *a,
    struct board_broken **out, size_t *n, struct err *err);

struct board_repo {
	int64_t id;
	const char *owner, *name, *default_branch;
	int64_t newest;  /* id of its newest run; 0: there is none */
	int64_t failing; /* workflows that fail on the default branch */
};
/* Those that were used last in front; `owner` NULL: of all. */
int
board_repos(struct store *st, const char *sees, const char *owner, int limit,
    int64_t skip, struct arena *a, struct board_repo **out, size_t *n,
    struct err *err);

/* A bar in a strip of history. */
struct board_bar {
	int64_t repo;
	int64_t number;
	const char *workflow, *title;
	enum run_state state;
	int64_t created_at_ms, started_at_ms, finished_at_ms;
};
/* Of the default branches of `repos` the newest `limit` runs each: by
 * repository, the oldest first. */
int
board_history(struct store *st, const struct board_repo *repos, size_t n_repos,
    int limit, struct arena *a, struct board_bar **out, size_t *n,
    struct err *err);
/* Of one branch, the newest first. */
int
board_branch_history(struct store *st, int64_t repo, const char *branch,
    int limit, struct arena *a, struct board_bar **out, size_t *n,
    struct err *err);

/* What a workflow did on a branch last; only ends that say something. */
struct board_branch {
	const char *branch, *file, *workflow;
	enum run_state state; /* RUN_SUCCEEDED or RUN_FAILED */
	int64_t at_ms, since_ms;
	int64_t number;
	const char *title, *sha, *actor;
};
/* The last ones in front; or, of one branch, by file. */
int
board_branches(struct store *st, int64_t repo, int limit, struct arena *a,
    struct board_branch **out, size_t *n, struct err *err);
int
board_workflows(struct store *st, int64_t repo, const char *branch, int limit,
    struct arena *a, struct board_branch **out, size_t *n, struct err *err);

/* A workflow on the default branch of its repository, and what it did last; by
 * owner, name and file. */
struct board_project {
	int64_t repo;
	const char *owner, *name, *branch, *file, *workflow;
	enum run_state state; /* RUN_SUCCEEDED or RUN_FAILED */
	int64_t at_ms;
	int64_t number;
};
int
board_projects(struct store *st, const char *sees, int limit, struct arena *a,
    struct board_project **out, size_t *n, struct err *err);

#endif
