/*
 * plan_internal.h - inside lib/pipeline: from a workflow to what this version
 * can run of it.
 *
 * The language is wider than what runs: what is left out is an error here,
 * with the words "not supported by this version", and never in the reader.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_PIPELINE_PLAN_INTERNAL_H
#define PAWL_PIPELINE_PLAN_INTERNAL_H

#include "lib/pipeline/pipeline.h"
#include "lib/pipeline/reader.h"

#define MAX_PLAN_BYTES (16 * 1024 * 1024) /* text of all jobs together */
#define MAX_TIMEOUT_MS (INT64_C(30) * 24 * 3600 * 1000)

struct env_list {
	struct plan_var *vars;
	size_t n;
};

struct filter_pattern {
	const char *text; /* without "!" */
	bool negated;
	int line;
};

/* branches, branches-ignore, tags or tags-ignore. */
struct filter {
	const char *key; /* as written; NULL: there is none */
	bool ignore;
	struct filter_pattern *patterns;
	size_t n_patterns;
	int line;
};

struct trigger {
	const char *event;
	int line;
};

struct triggers {
	bool given; /* there is an "on" */
	int line;
	struct trigger *list;
	size_t n;
	struct filter branches, tags; /* of push */
};

struct pipeline {
	struct arena *a;
	const char *file;
	const char *name;
	const struct workflow *workflow;
	struct triggers on;
	struct env_list env;
	struct plan_job *jobs; /* in order of the file */
	size_t n_jobs;
	struct plan plan;
};

struct planner {
	struct arena *a;
	struct diags *d;
	struct pipeline *p;
	const char *where; /* "in job \"test\"", for messages */
};

/* Report each key that this version cannot run (plan_support.c). */
void
plan_support(struct planner *pl, const struct workflow *w);

/* Name, triggers, variables and jobs of a workflow into pl->p
 * (plan_build.c). */
void
plan_build(struct planner *pl, const struct workflow *w);

/* Jobs in the order of their needs into p->plan (plan.c). */
void
plan_order(struct planner *pl);

/* --- plan_value.c ---------------------------------------------------------- */

/* The text of a scalar; NULL when it is an expression, which is reported. */
const char *
plan_text(struct planner *pl, const struct value *value);

/* The same, and NULL when nothing but blanks stands there, reported too. */
const char *
plan_word(struct planner *pl, const struct value *value, const char *key);

void
plan_env(struct planner *pl, const struct value *map,
    struct env_list *list);

/* timeout-minutes or timeout, in ms; 0 when neither is there. */
int64_t
plan_timeout(struct planner *pl, const struct value *minutes,
    const struct value *duration);

#endif
