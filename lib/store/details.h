/*
 * details.h - what is shown of a run beside its rows: what its jobs need and
 * failed of, what the event said, which runs were before it.
 *
 * Each is one statement, however many jobs there are.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_DETAILS_H
#define PAWL_STORE_DETAILS_H

#include "lib/store/runs.h"

/* All lists have the jobs of a run in the order of job_list(). */

struct job_needs {
	int64_t job;
	const char *needs; /* a JSON list of keys without ":2" */
};
int
detail_needs(struct store *st, int64_t run, struct arena *a,
    struct job_needs **out, size_t *n, struct err *err);

/* Of each attempt of a job that failed, in order of time. */
struct job_cause {
	int64_t job;
	const char *cause; /* fail_cause_name(); "" when it is not known */
};
int
detail_causes(struct store *st, int64_t run, struct arena *a,
    struct job_cause **out, size_t *n, struct err *err);

/* What the frozen plan says; NULL where it says nothing or there is none. */
struct job_place {
	int64_t job;
	const char *image, *environment;
	const char *labels;  /* one in a line */
	const char *outputs; /* a JSON object; NULL also for a large one */
};
int
detail_places(struct store *st, int64_t run, struct arena *a,
    struct job_place **out, size_t *n, struct err *err);

/* Of the payload, as far as it says so; as others wrote it, so it is to be
 * checked and escaped. NULL and 0: nothing. */
struct run_event {
	const char *page;       /* address of the repository */
	int64_t pull;           /* number of the pull request */
	const char *pull_title, *pull_page, *pull_head, *pull_base;
	int64_t changed_files;  /* by it */
	const char *commits;    /* a JSON list: id, message, author, ... */
	const char *before;     /* the commit that the branch was at */
	const char *schedule;   /* "0 4 * * *" */
	const char *inputs;     /* a JSON object */
	const char *vars;       /* a JSON list of names */
};
int
detail_event(struct store *st, int64_t run, struct arena *a,
    struct run_event *out, struct err *err);

/* Numbers of the runs of the same file and branch that came before: the last
 * one, and the last that succeeded. 0: none, or more than 500 runs ago. */
int
detail_before(struct store *st, const struct run *run, int64_t *last,
    int64_t *last_good, struct err *err);

#endif
