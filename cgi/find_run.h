/*
 * find_run.h - the run and the job that an address names, for pages and the
 * API.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CGI_FIND_RUN_H
#define PAWL_CGI_FIND_RUN_H

#include "lib/store/repos.h"
#include "lib/store/runs.h"
#include "lib/web/request.h"

/* The run of {owner}, {repo}, {run} and {attempt} of the route, its newest
 * attempt when that is not in it: 1, or -1 with
 * ERR_NOT_FOUND and others. Its texts live in the request's arena. */
int
find_run(struct store *st, struct request *req, struct run *run,
    struct err *err);

/* The repository of {owner} and {repo}: 1, or -1; 0 with id 0 when the route
 * names none. */
int
find_repo(struct store *st, struct request *req, struct repo *repo,
    struct err *err);

/* A job of that run, by {job}, its key: 0, or -1. */
int
find_job(struct store *st, struct request *req, const struct run *run,
    struct job *job, struct err *err);

/* By its id or UUID, whoever may read it: 1, 0, -1. */
int
find_run_id(struct store *st, struct arena *a, const char *text,
    struct run *run, struct err *err);

#endif
