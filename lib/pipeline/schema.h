/*
 * schema.h - the keys of the pipeline language: one table for each place of a
 * file, one row for each key.
 *
 * A type says what may stand in a place: scalars, words, a list of some type,
 * one of several maps; and which contexts and functions its expressions may
 * use. A map has a row for each key, or takes free names. One loop
 * (schema_read.c) does the rest, so that widening the language is adding
 * rows. The tables also make the JSON Schema for editors and the tables of
 * doc/pipeline.md.
 *
 * The facts are GitHub's ("Workflow syntax for GitHub Actions", and the
 * grammar that its language services publish); rows marked OURS are those of
 * doc/design.md, section 6.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_PIPELINE_SCHEMA_H
#define PAWL_PIPELINE_SCHEMA_H

#include <stdbool.h>
#include "lib/base/yaml.h"

/* Contexts, and functions that are not everywhere. */
#define CONTEXT_GITHUB (1u << 0)
#define CONTEXT_INPUTS (1u << 1)
#define CONTEXT_VARS (1u << 2)
#define CONTEXT_NEEDS (1u << 3)
#define CONTEXT_STRATEGY (1u << 4)
#define CONTEXT_MATRIX (1u << 5)
#define CONTEXT_SECRETS (1u << 6)
#define CONTEXT_STEPS (1u << 7)
#define CONTEXT_JOB (1u << 8)
#define CONTEXT_RUNNER (1u << 9)
#define CONTEXT_ENV (1u << 10)
#define CONTEXT_JOBS (1u << 11)
#define CONTEXT_SHORT (1u << 12) /* ours: branch, tag, event, sha in an if */
#define N_CONTEXTS 13
#define FUNCTION_HASHFILES (1u << 16)
#define FUNCTION_STATUS (1u << 17)      /* always() success() and so on */
#define FUNCTION_STATUS_JOBS (1u << 18) /* success() takes ids of jobs */

/* What scalars may stand in a place. */
#define SCALAR_NULL (1u << 0)
#define SCALAR_BOOL (1u << 1)
#define SCALAR_NUMBER (1u << 2)
#define SCALAR_STRING (1u << 3) /* any scalar, taken as text */
#define SCALAR_TEXT (1u << 4)   /* the same, but not empty */
#define SCALAR_ANY \
	(SCALAR_NULL | SCALAR_BOOL | SCALAR_NUMBER | SCALAR_STRING)

struct schema_map;

struct schema_type {
	const char *name;
	unsigned scalars;
	const char *const *words;       /* the only texts; ends with NULL */
	const struct schema_map *names; /* texts are names of its rows */
	const struct schema_type *item; /* a list of these */
	const struct schema_map *const *maps; /* one of these; ends with NULL */
	unsigned contexts; /* besides those of the place around */
	bool condition;    /* text is an expression also without ${{ }} */
	bool matrix;       /* ${matrix.os} in it is short for ${{ }} (ours) */
	/* Which type it is, where that depends on what is written; or NULL */
	const struct schema_type *(*choose)(const struct yaml *value);
	const struct schema_type *const *others; /* that it can be; ends with
	                                            NULL */
};

/* Can a run be planned with it? */
enum schema_state {
	SCHEMA_DONE,
	SCHEMA_IGNORED, /* changes nothing of what a job does: a warning */
	SCHEMA_LATER,   /* not in this version: an error when it is planned */
};

#define KEY_REQUIRED 1u
#define KEY_OURS 2u
#define KEY_PREVIEW 4u /* behind a flag at GitHub: no message offers it */

struct schema_key {
	const char *name; /* NULL ends a table */
	const struct schema_type *type;
	unsigned flags;
	enum schema_state state;
	const char *doc;     /* what it does */
	const char *instead; /* not DONE: what to do without it */
	const char *fallback; /* what counts when it is not there, for people;
	                         NULL: nothing */
};

struct schema_map {
	const char *name; /* "job" */
	const struct schema_key *keys;
	const struct schema_type *free_key; /* other names; NULL: none */
	const struct schema_type *free_value;
};

/* The whole file. */
extern const struct schema_type schema_workflow;

/* All maps with rows, for the documentation: the n-th, or NULL. */
const struct schema_map *
schema_map_at(size_t n);

/* The row of a key, or NULL. */
const struct schema_key *
schema_find(const struct schema_map *map, const char *name);

/* "a string or a list": what may stand there; lives in `a`. */
const char *
schema_describe(struct arena *a, const struct schema_type *type);

/* The name of one CONTEXT_... bit: "github". */
const char *
schema_context_name(unsigned bit);

/* The language as a JSON Schema (draft-07), for editors. */
void
schema_json(struct str *out);

/* --- shared by the files of tables (schema_*.c) -------------------------- */

#define CONTEXTS_RUN (CONTEXT_GITHUB | CONTEXT_INPUTS | CONTEXT_VARS)
#define CONTEXTS_NEEDS (CONTEXTS_RUN | CONTEXT_NEEDS)
#define CONTEXTS_MATRIX (CONTEXTS_NEEDS | CONTEXT_STRATEGY | CONTEXT_MATRIX)
#define CONTEXTS_RUNNER \
	(CONTEXTS_MATRIX | CONTEXT_SECRETS | CONTEXT_STEPS | CONTEXT_JOB | \
	    CONTEXT_RUNNER | CONTEXT_ENV)
#define CONTEXTS_STEP (CONTEXTS_RUNNER | FUNCTION_HASHFILES)

/* Rows of jobs and of steps. */
#define TIMEOUT_SECONDS \
	{ "timeout-seconds", &type_number, KEY_OURS, SCHEMA_DONE, \
	    "the same as a number of seconds", NULL }, \
	{ "TimeoutSeconds", &type_number, KEY_OURS, SCHEMA_DONE, \
	    "same as \"timeout-seconds\"", NULL }

/* Types of many places (schema.c). */
extern const struct schema_type type_any, type_string, type_text,
    type_boolean, type_number, type_texts, type_text_list, type_strings,
    type_list, type_shell, type_directory, type_variables,
    type_duration, type_retry;

/* By file: schema_on.c, schema_job.c, schema_step.c, schema_workflow.c. */
extern const struct schema_type type_on, type_permissions, type_jobs,
    type_steps, type_job_concurrency, type_concurrency, type_container,
    type_services, type_matrix, type_defaults, type_job_defaults;

extern const struct schema_map map_on, map_permissions, map_defaults,
    map_defaults_run, map_concurrency;

/* The maps of each file, for schema_maps(); end with NULL. */
extern const struct schema_map *const schema_on_maps[],
    *const schema_job_maps[], *const schema_step_maps[],
    *const schema_typed_maps[];

#endif
