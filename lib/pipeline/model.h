/*
 * model.h - a workflow as it is written: the whole language, read and
 * checked, nothing evaluated.
 *
 * Every value is a tree of `struct value`: what the file says, with its YAML
 * type and place, or an expression with its tree. The structs below name the
 * parts, so that planning asks for job->strategy.matrix and not for keys. A
 * pointer to a value that the file does not have is NULL.
 *
 * Everything lives in the arena that it was read into and is never changed
 * after workflow_read().
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_PIPELINE_MODEL_H
#define PAWL_PIPELINE_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include "lib/base/arena.h"
#include "lib/base/diag.h"
#include "lib/base/yaml.h"

struct expr;        /* lib/pipeline/expr.h */
struct schema_key;  /* lib/pipeline/schema.h */
struct schema_type;

/* --- values ------------------------------------------------------------- */

enum value_kind {
	VALUE_NULL,
	VALUE_BOOL,
	VALUE_NUMBER,
	VALUE_STRING,
	VALUE_LIST,
	VALUE_MAP,
	VALUE_EXPR,   /* ${{ }}, alone or within text */
	VALUE_INSERT, /* ${{ insert }}: only as a key */
};

struct value;

struct value_pair {
	struct value *key; /* STRING, EXPR or INSERT */
	struct value *value;
	const struct schema_key *row; /* of the schema; NULL: a free name */
};

/* One ${{ }} of a value, where it stands. */
struct value_part {
	const struct expr *expr;
	const char *text; /* between ${{ and }}, without blanks around */
	struct pos pos;   /* of its first byte */
	bool on_line;     /* it stands in the file as it is, on one line, so
	                     that an offset into it is a column */
};

struct value {
	enum value_kind kind;
	struct pos pos; /* of the scalar, list or map */
	int width;
	/*
	 * BOOL, NUMBER, NULL, STRING: as text, converted as GitHub does ("1.10"
	 * of the number 1.1 is "1.1", null is ""). EXPR: one expression for the
	 * whole value, without ${{ }}; text around is put into format(), such
	 * as "format('v{0}', matrix.os)".
	 */
	const char *text;
	bool failed; /* its expressions have mistakes, which are reported;
	                `text` is as written */
	bool boolean;
	double number;
	const struct expr *expr;      /* EXPR: `text`, parsed */
	struct value_part *parts;     /* EXPR: as written */
	size_t n_parts;
	struct value **items; /* LIST */
	size_t n_items;
	struct value_pair *pairs; /* MAP, in order of the file */
	size_t n_pairs;
	const struct yaml *yaml;        /* as read */
	const struct value *key;        /* that it stands under; or NULL */
	const struct schema_type *type; /* what was expected here */
	unsigned contexts;              /* CONTEXT_... bits allowed here */
};

/* A name with what stands behind it: a variable, an output, an input. */
struct named_value {
	const char *name;
	const struct value *value;
};

/* The value of a key, or NULL; also NULL when `map` is NULL or no map. Keys
 * are compared to the letter. */
const struct value *
value_get(const struct value *map, const char *key);

/* The pair whose key is this name, without regard to case, as inputs and
 * secrets are named; or NULL, also when `map` is NULL or no map. */
const struct value_pair *
value_find(const struct value *map, const char *name);

/* The text of a literal scalar, or NULL: for NULL, lists, maps and
 * expressions. */
const char *
value_literal(const struct value *value);

/* A scalar as it stands in the file, with its ${{ }}; NULL for lists, maps
 * and NULL. */
const char *
value_written(const struct value *value);

/* --- triggers ----------------------------------------------------------- */

enum filter_kind {
	FILTER_BRANCHES,
	FILTER_BRANCHES_IGNORE,
	FILTER_TAGS,
	FILTER_TAGS_IGNORE,
	FILTER_PATHS,
	FILTER_PATHS_IGNORE,
	FILTER_TYPES,
	FILTER_WORKFLOWS, /* of workflow_run */
	FILTER_NAMES,     /* of image_version */
	FILTER_VERSIONS,
	N_FILTERS,
};

/* Texts in their order; a "!" of a pattern is still in front. */
struct filter_list {
	const struct value *key; /* where it stands; NULL: not given */
	const struct value **items;
	size_t n;
};

enum input_type {
	INPUT_STRING,
	INPUT_BOOLEAN,
	INPUT_NUMBER,
	INPUT_CHOICE,
	INPUT_ENVIRONMENT,
};

/* An input of workflow_dispatch or workflow_call. */
struct workflow_input {
	const char *name;
	const struct value *key;
	enum input_type type; /* INPUT_STRING when none is written */
	bool required;
	const struct value *default_value;
	const struct value *description;
	const struct value *options; /* LIST, of INPUT_CHOICE */
};

/* A secret or an output of workflow_call. */
struct workflow_port {
	const char *name;
	const struct value *key;
	bool required;            /* of a secret */
	const struct value *value; /* of an output */
	const struct value *description;
};

struct workflow_schedule {
	const struct value *cron;
	const struct value *timezone; /* NULL: UTC */
};

struct workflow_trigger {
	const char *event;          /* "push" */
	const struct value *key;    /* where it is named */
	const struct value *config; /* map below it, or NULL */
	struct filter_list filters[N_FILTERS];
	struct workflow_schedule *schedules; /* of schedule */
	size_t n_schedules;
	struct workflow_input *inputs; /* of workflow_dispatch, workflow_call */
	size_t n_inputs;
	struct workflow_port *secrets; /* of workflow_call */
	size_t n_secrets;
	struct workflow_port *outputs;
	size_t n_outputs;
};

/* --- parts of workflows and jobs ---------------------------------------- */

/* `value` is what stands under the key, NULL when the key is not there; when
 * it is an expression as a whole, the other members are NULL. */

struct workflow_defaults { /* defaults.run */
	const struct value *value;
	const struct value *shell;
	const struct value *working_directory;
};

struct workflow_concurrency {
	const struct value *value;
	const struct value *group; /* also of the short form */
	const struct value *cancel_in_progress;
	const struct value *queue; /* "single" or "max" */
};

struct workflow_strategy {
	const struct value *value;
	const struct value *matrix; /* MAP or EXPR; also of `matrix` in a job */
	const struct value *fail_fast;
	const struct value *max_parallel;
};

struct workflow_environment {
	const struct value *value;
	const struct value *name; /* also of the short form */
	const struct value *url;
	const struct value *deployment;
};

/* A container, or a service. */
struct workflow_container {
	const char *name; /* of a service; NULL for the job's own */
	const struct value *key;
	const struct value *value;
	const struct value *image; /* also of the short form, and of `image` */
	const struct value *env;
	const struct value *ports;
	const struct value *volumes;
	const struct value *options;
	const struct value *credentials; /* MAP: username, password */
	const struct value *entrypoint;  /* of a service */
	const struct value *command;
	const struct value *ready;       /* likewise; ours */
	const struct value *pull;        /* ours */
};

enum step_kind {
	STEP_RUN,
	STEP_USES,
	STEP_WAIT,
	STEP_WAIT_ALL,
	STEP_CANCEL,
	STEP_PARALLEL,
};

struct workflow_step {
	enum step_kind kind;
	int number;     /* from 1, in its list */
	const char *id; /* as written, or made: "__run", "__run_2" */
	bool id_written;
	const struct value *value; /* the whole step */
	const struct value *name;
	const struct value *condition; /* EXPR, with the implied success() */
	const struct value *if_written;
	const struct value *run, *shell, *working_directory;
	const struct value *image; /* ours: that the script runs in, in a
	                              container of its own; NULL: the job's */
	const struct value *uses, *with;
	const struct value *env;
	const struct value *continue_on_error;
	const struct value *timeout_minutes;
	const struct value *timeout; /* ours: with a unit */
	const struct value *retry;   /* ours */
	bool retry_on_timeout;
	const struct value *routes;  /* ours: `config` of step.conditional */
	const struct value *gate;    /* ours: `config` of step.gate */
	const char *problem; /* why this version cannot run it: it fails with
	                        this; or NULL */
	bool background;
	const char **targets; /* of wait and cancel: ids of steps */
	size_t n_targets;
	struct workflow_step *steps; /* of parallel */
	size_t n_steps;
};

enum job_kind {
	JOB_STEPS,
	JOB_CALL, /* uses: another workflow */
};

struct workflow_job {
	enum job_kind kind;
	const char *id;
	const struct value *key;
	const struct value *value; /* the whole job */
	const struct value *name;  /* NULL: the id */
	const struct value **needs; /* literal texts, with their places */
	size_t n_needs;
	const struct value *condition; /* EXPR, with the implied success() */
	const struct value *if_written;
	struct workflow_strategy strategy;
	const struct value *permissions;
	struct workflow_concurrency concurrency;
	/* JOB_CALL */
	const struct value *uses, *with;
	const struct value *secrets; /* MAP, or the word "inherit" */
	/* JOB_STEPS */
	const struct value *runs_on;
	const struct value *timeout_minutes;
	const struct value *cancel_timeout_minutes;
	const struct value *continue_on_error;
	struct workflow_environment environment; /* the deployment */
	struct workflow_container container;
	struct workflow_container *services;
	size_t n_services;
	const struct value *services_value; /* also when it is an expression */
	const struct value *env;
	const struct value *outputs;
	struct workflow_defaults defaults;
	const struct value *snapshot;
	struct workflow_step *steps;
	size_t n_steps;
	/* ours: doc/design.md, section 6 */
	const struct value *stage, *artifacts, *cache, *retry, *priority,
	    *env_file, *timeout;
	const struct value *generate; /* a workflow in the job's workspace */
};

struct workflow {
	const char *file;
	const struct value *value; /* the whole file */
	const struct value *name;  /* NULL: the file */
	const struct value *run_name;
	bool on_given;
	const struct value *on;
	struct workflow_trigger *triggers;
	size_t n_triggers;
	const struct value *permissions;
	const struct value *env;
	struct workflow_defaults defaults;
	struct workflow_concurrency concurrency;
	struct workflow_job *jobs; /* in order of the file */
	size_t n_jobs;
	/* ours */
	const struct value *stages, *matrix, *env_file;
	bool strict_variables; /* variables.h */
	const struct value *priority; /* of its jobs that have none */
};

/* Of `priority`; the smallest is 0. */
#define PRIORITY_MAX 100

/*
 * Read and check one workflow file: YAML, every key and type, expressions
 * and where they may stand, ids, needs. Every problem goes to `d`; the words
 * of messages are GitHub's where it has words for the mistake. Returns NULL
 * when nothing useful could be read; a workflow may be returned beside
 * errors (d->n_errors), for lint, and must not be planned then. What the
 * language allows and this version cannot run is no error here: that is
 * said when a run is planned.
 */
struct workflow *
workflow_read(const char *text, size_t len, struct arena *a,
    struct diags *d);

/*
 * Mistakes beyond the grammar that the documentation calls errors: filters
 * that exclude each other, patterns, times, shells, references to steps. A
 * workflow with any of them must not be planned. Sorts `d`.
 */
void
workflow_check(const struct workflow *w, struct arena *a, struct diags *d);

/*
 * Look for mistakes that the language allows: members of contexts that do
 * not exist, values of a wrong type, needs that nothing uses, text of
 * strangers in commands, and so on. Adds errors and warnings to `d`, and
 * sorts it.
 */
void
workflow_lint(const struct workflow *w, struct arena *a, struct diags *d);

/* Does a job of JOB_CALL give the workflow that it calls what it takes? Each
 * mistake is an error in `d`, whose file is the caller's. */
void
workflow_check_call(const struct workflow_job *job,
    const struct workflow *called, struct arena *a, struct diags *d);

/* The key of a filter under `on`: "branches-ignore". */
const char *
filter_name(enum filter_kind kind);

/* The trigger of an event, or NULL. */
const struct workflow_trigger *
workflow_trigger_find(const struct workflow *w, const char *event);

/* A job by its id, without regard to case; or NULL. */
const struct workflow_job *
workflow_job_find(const struct workflow *w, const char *id);

#endif
