/*
 * local_run.h - a run without a server: decided by run_decide() after every
 * job, its jobs executed one after another.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CLI_LOCAL_RUN_H
#define PAWL_CLI_LOCAL_RUN_H

#include "cli/local.h"
#include "cli/term.h"
#include "lib/base/map.h"
#include "lib/run/execute.h"

struct local_storage;

struct local_run {
	struct local local;
	const char *folder; /* what is built */
	const char *dir;    /* temporary, for work and logs */
	struct local_storage *storage;
	int cancel_fd;      /* readable: the run is to end */
	/* Ids of the jobs of the file that are wanted; NULL: all. */
	struct map *wanted;
	/* What has ended so far; lives in local.a. */
	struct job_outcome *outcomes;
	struct map said; /* keys of jobs whose end has been told */
	int64_t n_started;
	bool interrupted;
};

/* Run what is wanted. Returns an enum cli_exit, or -1 when this program itself
 * failed; a job that could not run is a bad job. */
int
local_run(struct local_run *run, struct err *err);

/* --- local_github.c ----------------------------------------------------------- */

/* Fill in what no payload has said of the repository, the forge and the actor:
 * by the folder's origin and the user. */
void
local_github(struct local_run *run);

/* The one line that git says about the folder's checkout, or NULL; `words`
 * are at most four, and end in NULL. */
const char *
local_git_line(struct local_run *run, const char *const *words);

/* --- local_job.c -------------------------------------------------------------- */

/* How a job ended; texts live in run->local.a. */
struct local_end {
	enum job_result result;
	const char *reason;
	struct expr_object *outputs;
	const char *generated;
	size_t generated_len;
};

/*
 * Execute one job; never fails but by `end`. `order` says what; where it works
 * and what it tells is filled in.
 */
void
local_execute(struct local_run *run, const struct job_order *order,
    struct local_end *end);

/* The same for the plan of a job of the folder. */
void
local_job(struct local_run *run, const struct job_plan *plan,
    struct local_end *end);

/* How a job ended, as a line. */
void
local_say_end(const struct local_run *run, const char *name,
    const struct local_end *end, int64_t took_ms);

/* One line of ours between the output of jobs. */
void
local_say(const struct local_run *run, enum term_style style,
    const char *mark, const char *text);

#endif
