/*
 * pipeline.h - the pipeline language: text in, plan and problems out.
 *
 * Pure: no input or output, no clock, no database. GitHub Actions workflow
 * syntax with the additions of doc/design.md, section 6. The keys of each
 * place are tables in schema.c.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_PIPELINE_PIPELINE_H
#define PAWL_PIPELINE_PIPELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/base/arena.h"
#include "lib/base/diag.h"
#include "lib/base/err.h"

/* NAME=value for a command's environment. */
struct plan_var {
	const char *name;
	const char *value;  /* literal text; NULL when `secret` is set */
	const char *secret; /* name of a secret: ${{ secrets.NAME }} */
};

struct plan_step {
	int number;              /* from 1, in the order of the file */
	const char *name;        /* as written, or made from the command */
	const char *run;         /* the script */
	const char *shell;       /* NULL: the default shell */
	const char *working_directory; /* below the workspace: relative, and
	                                  no ".." leads out of it; or NULL */
	const struct plan_var *env; /* this step's own */
	size_t n_env;
	int64_t timeout_ms;      /* 0: the server's default */
	struct pos pos;
};

struct plan_job {
	const char *id;   /* the key under jobs */
	const char *name; /* shown; the id when none is written */
	const char **needs; /* ids */
	size_t n_needs;
	const char **labels; /* of runs-on, without images */
	size_t n_labels;
	const char *image; /* of container or image; NULL: none asked for */
	const struct plan_var *env; /* pipeline and job level, job wins */
	size_t n_env;
	int64_t timeout_ms; /* 0: the server's default */
	struct plan_step *steps;
	size_t n_steps;
	struct pos pos;
};

/* What a pipeline does for one event; jobs in an order in which every job
 * stands behind all that it needs. */
struct plan {
	const char *name; /* of the workflow: `name`, or the file */
	struct plan_job *jobs;
	size_t n_jobs;
};

/* What happened, as far as triggers ask. */
struct plan_event {
	const char *event; /* "push" */
	const char *ref;   /* "refs/heads/main" or "refs/tags/v1" */
};

struct pipeline;
struct workflow;

/*
 * Read a pipeline file in order to run it: all that workflow_read() and
 * workflow_check() find wrong (model.h), and beyond that what this version
 * cannot run yet, as errors that say so. Every problem goes to `d`, sorted by
 * place; the pipeline lives in `a`, with names and texts of its own, so that
 * `text` may go (but `d` quotes it). Returns NULL when there were errors
 * (d->n_errors > 0), never otherwise. Warnings do not stop it. A file within
 * its limits needs less than 64 MiB of arena.
 */
struct pipeline *
pipeline_read(const char *text, size_t len, struct arena *a,
    struct diags *d);

/*
 * Does this event start the pipeline? Returns true or false, and in either
 * case writes a sentence for people into `why`, with the line of the rule
 * that decided: "push to main matches branches: [main] (.ci.yml:3)".
 */
bool
pipeline_triggers(const struct pipeline *p, const struct plan_event *event,
    struct str *why);

/* The plan. Lives in the pipeline's arena. */
const struct plan *
pipeline_plan(const struct pipeline *p);

/* The file that it was planned from (model.h). */
const struct workflow *
pipeline_workflow(const struct pipeline *p);

/*
 * A job's plan as JSON (one line) and back, as it is frozen in the database
 * and given to the job's process. plan_job_read() trusts nothing: sizes and
 * types are checked, and a member that is wrong is ERR_CORRUPT with its
 * name. Lives in `a`.
 */
void
plan_job_write(const struct plan_job *job, struct str *out);
int
plan_job_read(const char *json, struct arena *a, struct plan_job *out,
    struct err *err);

/* The plan as text for people: jobs in order with needs and steps. */
void
plan_print(const struct plan *plan, struct str *out);

/* Where pipelines are looked for, in this order; entries ending in "/" are
 * folders whose *.yml and *.yaml files are each a workflow. The first entry
 * that exists counts. Ends with NULL. */
extern const char *const pipeline_places[];

/* A pattern of branches or tags (GitHub's filter pattern syntax: * ** ? + []
 * and \; a "!" in front is the caller's) against a whole name. The time is
 * at worst the product of the two lengths; a pattern of more than 1,000 bytes
 * matches nothing. */
bool
pattern_match(const char *pattern, const char *name);

#endif
