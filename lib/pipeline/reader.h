/*
 * reader.h - inside lib/pipeline: how a file becomes a workflow.
 *
 * Three passes. The first reads by the schema, each value where it stands
 * (schema_read.c, schema_scalar.c); the second names the parts (model*.c);
 * the third resolves what refers to something else (resolve.c). So the order
 * of jobs in a file is free, and one reading finds every problem.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_PIPELINE_READER_H
#define PAWL_PIPELINE_READER_H

#include "lib/base/lines.h"
#include "lib/base/map.h"
#include "lib/pipeline/expr.h"
#include "lib/pipeline/model.h"
#include "lib/pipeline/schema.h"

/* Limits of one file, each an error of its own. What they guard: the
 * database, which keeps every plan, and the pages, which list all jobs. */
#define MAX_JOBS 1000
#define MAX_STEPS 1000        /* of one job */
#define MAX_ENV 1000          /* of one place */
#define MAX_PATTERNS 1000     /* of one filter */
#define MAX_PATTERN_BYTES 1000
#define MAX_ID_BYTES 100
#define MAX_INPUTS 25         /* of workflow_dispatch */

struct reader {
	struct arena *a;
	struct diags *d;
	struct workflow *w;
	struct lines lines; /* of the source */
	struct map places;  /* contexts -> expr_place */
	const struct value *key; /* whose value is read next; or NULL */
	unsigned denied; /* contexts that the file cannot use anywhere */
};

/* Begin reading `text`, of which yaml_read() made a tree; and end: free what
 * is not in the arena, sort the problems (model.c). */
void
reader_open(struct reader *r, const char *text, size_t len);
void
reader_close(struct reader *r);

/* --- schema_read.c --------------------------------------------------------- */

/* Read a value by its type; `contexts` are those of the place around. Never
 * NULL: what is wrong is reported and becomes what comes nearest. */
struct value *
schema_value(struct reader *r, const struct yaml *yaml,
    const struct schema_type *type, unsigned contexts);

/* --- schema_scalar.c ------------------------------------------------------- */

/* A scalar with the expressions in it, not yet compared with the type. */
struct value *
schema_scalar(struct reader *r, const struct yaml *yaml,
    const struct schema_type *type, unsigned contexts);

/* The place for the parser of expressions. */
const struct expr_place *
schema_place(struct reader *r, unsigned contexts);

/* An expression of ours (not of the file) as a value at `like`. */
struct value *
schema_expression(struct reader *r, const char *text,
    const struct value *like);

/* --- diagnostics (report.c) ------------------------------------------------ */

/* Report at a value. The text is GitHub's where it has one. */
void
report_value(struct reader *r, const struct value *at, const char *rule,
    const char *hint, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

/* The same for what a map lacks: at its key, where it has one. */
void
report_lack(struct reader *r, const struct value *map, const char *hint,
    const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* `did you mean "x"?`, or NULL. `words` ends with NULL. */
const char *
report_suggest(struct arena *a, const struct diags *d, const char *word,
    const char *const *words);

/* Where byte `offset` of a part stands. */
struct pos
part_pos(const struct value_part *part, size_t offset);

/* --- model*.c: parts by name ------------------------------------------------ */

void
model_workflow(struct reader *r, const struct value *root);
void
model_triggers(struct reader *r, const struct value *on);
void
model_jobs(struct reader *r, const struct value *jobs);
void
model_steps(struct reader *r, const struct value *list,
    struct workflow_step **steps, size_t *n);
struct workflow_container
model_container(const struct value *value);
struct workflow_defaults
model_defaults(const struct value *value);

/* `timeout` of a job or step; `timeout-seconds: 90` is `timeout: 90s`. */
const struct value *
model_timeout(struct reader *r, const struct value *map);
struct workflow_concurrency
model_concurrency(const struct value *value);

/* An `if` with what it implies: success() when there is none, success() &&
 * (it) when it calls no status function. `like` gives the place. */
const struct value *
model_part_condition(struct reader *r, const struct value *written);
const struct value *
model_condition(struct reader *r, const struct value *written,
    const struct value *like);

/* `artifacts` and `cache` of a job become steps of it (model_storage.c). */
void
model_storage(struct reader *r, struct workflow_job *job);

/* The texts of a string or a list of strings. */
void
model_texts(struct reader *r, const struct value *value,
    const struct value ***items, size_t *n);

/* --- resolve.c ------------------------------------------------------------- */

/* Ids, needs, references between steps. */
void
resolve(struct reader *r);

/* GitHub's rule for ids of jobs and steps. */
bool
is_id(const char *s);

/* Is a filter pattern well formed? NULL, or what is wrong (pattern.c). */
const char *
pattern_check(const char *pattern);
/* Of one that is well formed: NULL, or what is hardly meant so. */
const char *
pattern_doubt(const char *pattern);

#endif
