/*
 * schema_step.h - between the tables of steps: rows that many kinds have.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_PIPELINE_SCHEMA_STEP_H
#define PAWL_PIPELINE_SCHEMA_STEP_H

#include "lib/pipeline/schema.h"

/* What may stand in a step (schema_step.c). */
extern const struct schema_type type_step_name, type_step_if, type_step_text,
    type_step_number, type_step_boolean, type_step_env;

#define STEP_NAME \
	{ "name", &type_step_name, 0, SCHEMA_DONE, \
	    "name that is shown", NULL, \
	    "the first line of the command, or the action" }
#define STEP_ID \
	{ "id", &type_text, 0, SCHEMA_DONE, "name for \"steps.ID\", " \
	    "\"wait\" and \"cancel\"; unique in the job without regard " \
	    "to case", NULL }
#define STEP_IF \
	{ "if", &type_step_if, 0, SCHEMA_DONE, \
	    "run it only when this is true; needs no \"${{ }}\", and " \
	    "means \"success() && (...)\" when it calls no status " \
	    "function", NULL, "success()" }
#define STEP_MINUTES \
	{ "timeout-minutes", &type_step_number, 0, SCHEMA_DONE, \
	    "longest time in minutes, a number above 0", NULL, \
	    "\"step-timeout\" of the server" }, \
	{ "timeout", &type_duration, KEY_OURS, SCHEMA_DONE, \
	    "longest time with a unit, such as \"90s\", \"10m\" or " \
	    "\"1.5h\"; without one, seconds", NULL }, \
	TIMEOUT_SECONDS
#define STEP_CONTINUE \
	{ "continue-on-error", &type_step_boolean, 0, SCHEMA_DONE, \
	    "a failure does not fail the job: \"outcome\" is failure, " \
	    "\"conclusion\" success", NULL, "false" }
#define STEP_ENV \
	{ "env", &type_step_env, 0, SCHEMA_DONE, \
	    "environment variables; they win over those of the job", NULL }
#define STEP_BACKGROUND \
	{ "background", &type_boolean, 0, SCHEMA_DONE, \
	    "go on with the next step at once; the end of the job waits " \
	    "for it", NULL, "false" }
#define STEP_RETRY \
	{ "retry", &type_retry, KEY_OURS, SCHEMA_DONE, "try again when it " \
	    "fails; a number is \"max-attempts\"", NULL }, \
	{ "retry_on_timeout", &type_boolean, KEY_OURS, SCHEMA_DONE, \
	    "try again when it timed out: adds \"timeout\" to \"on\" of " \
	    "\"retry\", and means two attempts without \"retry\"", NULL, \
	    "false" }

/* Of steps with a type; that of `type` itself, and `config`, differ. */
#define TYPED_ROWS(type_of_type) \
	STEP_NAME, STEP_ID, STEP_IF, \
	{ "type", &type_of_type, KEY_REQUIRED | KEY_OURS, SCHEMA_DONE, \
	    "kind of step, such as \"step.shell_exec\"", NULL }, \
	STEP_MINUTES, STEP_CONTINUE, STEP_RETRY

#endif
