/*
 * reader.h - inside lib/pipeline: what reading fills, and its steps.
 *
 * Reading goes in two passes: the first takes each key where it stands
 * (read_*.c, called by the rows of schema.c), the second resolves what refers
 * to something else (plan.c). So the order of jobs in a file is free and one
 * run finds every problem.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_PIPELINE_READER_H
#define PAWL_PIPELINE_READER_H

#include "lib/base/map.h"
#include "lib/base/yaml.h"
#include "lib/pipeline/pipeline.h"
#include "lib/pipeline/schema.h"

/* Limits of one file, each an error of its own. What they guard: the
 * database, which keeps every plan, and the pages, which list all jobs. */
#define MAX_JOBS 1000
#define MAX_STEPS 1000        /* of one job */
#define MAX_ENV 1000          /* of one place */
#define MAX_PATTERNS 1000     /* of one filter */
#define MAX_PATTERN_BYTES 1000
#define MAX_ID_BYTES 100
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

/* A job as far as the first pass knows it. */
struct job_source {
	struct plan_job job;
	const struct yaml *key;
	const struct yaml **needs; /* texts, with their places */
	size_t n_needs;
	const struct yaml *image; /* where the image was written */
	struct env_list env;
	struct plan_step *steps;
	size_t n_steps;
	const char **labels;
	size_t n_labels;
};

struct step_source {
	struct plan_step *step;
	struct job_source *job;
	struct env_list env;
	const struct yaml *id;
	const char *where; /* for messages */
};

struct pipeline {
	struct arena *a;
	const char *file;
	const char *name;
	struct triggers on;
	struct env_list env;
	struct job_source *jobs;
	size_t n_jobs;
	struct plan plan;
};

struct reader {
	struct arena *a;
	struct diags *d;
	struct pipeline *p;
	const char *where; /* of the map being read, for messages */
};

/* --- value.c: single values ------------------------------------------- */

/*
 * The text of a scalar, as GitHub makes strings of values: null is "",
 * numbers are printed anew (a warning when that changes them). Expressions
 * are reported, and then the result is NULL. So is the caller's list or map:
 * pass scalars only.
 */
const char *
value_text(struct reader *r, const struct yaml *value);

/* Report an expression in a text and return true; else false. */
bool
value_has_expression(struct reader *r, const struct yaml *value);

/* value_text() of a key that must not be empty; NULL when it was reported. */
const char *
value_word(struct reader *r, const struct yaml_pair *pair);

/* A string, or each item of a list: take(r, thing, scalar) for each. */
void
value_each(struct reader *r, const struct yaml_pair *pair,
    void (*take)(struct reader *r, void *thing, const struct yaml *item),
    void *thing);

/* GitHub's rule for ids of jobs and steps. Reports and returns false. */
bool
value_check_id(struct reader *r, const struct yaml *value, const char *what);

/*
 * Remember an id; returns the value that has had it before, or NULL when it
 * is new. Compared without regard to case: GitHub does so, and so do some
 * file systems, on which logs lie under the ids.
 */
const struct yaml *
value_seen_id(struct reader *r, struct map *seen, const struct yaml *id);

/* env: names and values into `list`. */
void
value_env(struct reader *r, const struct yaml_pair *pair,
    struct env_list *list);

/* timeout-minutes and timeout; 0 when it was reported. */
int64_t
value_minutes(struct reader *r, const struct yaml_pair *pair);
int64_t
value_duration(struct reader *r, const struct yaml_pair *pair);

/* `did you mean "x"?` or NULL. */
const char *
value_hint(struct reader *r, const char *word, const char *const *words);

/* --- functions of the rows of schema.c -------------------------------- */

typedef void
read_fn(struct reader *r, void *thing, const struct yaml_pair *pair);

read_fn read_workflow_name, read_on, read_workflow_env, read_jobs;
read_fn read_push, read_push_branches, read_push_tags;
read_fn read_job_name, read_job_needs, read_job_runs_on, read_job_image,
    read_job_container, read_container_image, read_job_env,
    read_job_environment, read_job_minutes, read_job_timeout, read_job_steps;
read_fn read_step_name, read_step_id, read_step_run, read_step_env,
    read_step_directory, read_step_shell, read_step_minutes,
    read_step_timeout;

/* The step list of a job (read_step.c). */
void
read_steps(struct reader *r, struct job_source *job,
    const struct yaml *list);

/* --- the second pass: plan.c ------------------------------------------ */

/* Resolve needs, order the jobs, join the environments. */
void
plan_resolve(struct reader *r);

/* GitHub's events, as far as its documentation lists them; NULL at the end
 * (read_on.c). */
extern const char *const event_names[];

/* Is a filter pattern well formed? NULL, or what is wrong (pattern.c). */
const char *
pattern_check(const char *pattern);

#endif
