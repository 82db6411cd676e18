/*
 * typed.h - steps with a type: `type: step.docker_build` and its `config`.
 *
 * Each type has a schema of its own, so that a wrong field is an error with a
 * suggestion, and other programs can make forms from it. In the model there
 * are no such steps: they are read as the steps that they stand for.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_PIPELINE_TYPED_H
#define PAWL_PIPELINE_TYPED_H

#include "lib/pipeline/schema.h"

struct reader;
struct value;
struct workflow_job;
struct workflow_step;

struct step_type {
	const char *name; /* "step.shell_exec" */
	const char *doc;
	const struct schema_map *config;
	const struct schema_type *step; /* all of the step */
	/* Make an ordinary step of it. NULL: this version cannot run it; it
	 * fails when it comes to it, and lint warns. */
	void (*make)(struct reader *r, struct workflow_step *step,
	    const struct value *config);
};

extern const struct step_type step_types[];
extern const size_t n_step_types;

/* Their names, and the schemas of whole steps; both end with NULL. */
extern const char *const step_type_names[];
extern const struct schema_type *const step_type_schemas[];

/* The row of a name, or NULL. */
const struct step_type *
step_type_find(const char *name);

/* All types as one JSON object: `steps`, a list of type, description, runs
 * and config, which refers to `definitions` as JSON Schema does. */
void
step_types_json(struct str *out);

/* --- model_typed.c ---------------------------------------------------------- */

/* A step with a type becomes one that runs. */
void
typed_step(struct reader *r, struct workflow_step *step);

/* What needs all steps of a job to be known: where step.conditional goes, and
 * what they say of the job. */
void
typed_job(struct reader *r, struct workflow_job *job);
void
typed_action(struct reader *r, struct workflow_step *steps, size_t n);

/* A text of ours at the place of a value. */
struct value *
typed_text(struct reader *r, const char *text, const struct value *like);

/* Add a pair of ours to a map of ours. */
void
typed_pair(struct reader *r, struct value *map, const char *name,
    const struct value *value);

/* Make it a step that uses an action of ours, by its name in builtin.h. Each
 * of `names` is a field of `config` and the input that gets its value. */
void
typed_uses(struct reader *r, struct workflow_step *step, const char *action,
    const char *const (*names)[2], size_t n, const struct value *config);

/* Make it a script of ours that sees one variable. */
void
typed_script(struct reader *r, struct workflow_step *step,
    const char *script, const char *name, const struct value *value);

void
typed_shell_exec(struct reader *r, struct workflow_step *step,
    const struct value *config);
void
typed_gate(struct reader *r, struct workflow_step *step,
    const struct value *config);

/* --- model_storage.c -------------------------------------------------------- */

void
typed_artifact_push(struct reader *r, struct workflow_step *step,
    const struct value *config);
void
typed_artifact_pull(struct reader *r, struct workflow_step *step,
    const struct value *config);

/* --- model_images.c --------------------------------------------------------- */

void
typed_docker_build(struct reader *r, struct workflow_step *step,
    const struct value *config);
void
typed_docker_push(struct reader *r, struct workflow_step *step,
    const struct value *config);
void
typed_docker_run(struct reader *r, struct workflow_step *step,
    const struct value *config);

/* --- model_routes.c --------------------------------------------------------- */

void
typed_conditional(struct reader *r, struct workflow_step *step,
    const struct value *config);

/* The conditions of steps that others go to. */
void
typed_routes(struct reader *r, struct workflow_step *steps, size_t n);

#endif
