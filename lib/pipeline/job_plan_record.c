/*
 * job_plan_record.c - the members of a job's plan, by name.
 *
 * A new member is a row here, and is stored.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/job_plan_record.h"

#include "lib/pipeline/reader.h"

#define END { .name = NULL }
#define PLAIN(type, s, name) \
	{ #name, FIELD_##type, offsetof(struct s, name), 0, false, 0, NULL }
#define NEEDED(type, s, name) \
	{ #name, FIELD_##type, offsetof(struct s, name), 0, true, 0, NULL }
#define RANGE(type, s, name, max) \
	{ #name, FIELD_##type, offsetof(struct s, name), 0, true, max, NULL }
#define LIST(type, s, name, max) \
	{ #name, FIELD_##type, offsetof(struct s, name), \
	    offsetof(struct s, n_##name), false, max, NULL }
#define RECORD(s, name, record) \
	{ #name, FIELD_RECORD, offsetof(struct s, name), 0, true, 0, record }
#define RECORDS(s, name, max, record) \
	{ #name, FIELD_RECORDS, offsetof(struct s, name), \
	    offsetof(struct s, n_##name), false, max, record }

/* Of workflow and job, and what one expression can add. */
#define MAX_NAMED (4 * MAX_ENV)

/* Each with a part before and one behind. */
#define MAX_PLAN_STEPS (3 * ACTION_MAX_STEPS)

static const struct field named_fields[] = {
	NEEDED(TEXT, named_value, name),
	PLAIN(VALUE, named_value, value),
	END,
};
static const struct record named = { named_fields,
	sizeof(struct named_value) };

static const struct field concurrency_fields[] = {
	PLAIN(TEXT, planned_concurrency, group),
	PLAIN(BOOL, planned_concurrency, cancel_in_progress),
	PLAIN(BOOL, planned_concurrency, queue_max),
	END,
};
static const struct record concurrency = { concurrency_fields,
	sizeof(struct planned_concurrency) };

static const struct field container_fields[] = {
	PLAIN(TEXT, job_plan_container, name),
	PLAIN(VALUE, job_plan_container, image),
	PLAIN(VALUE, job_plan_container, env),
	PLAIN(VALUE, job_plan_container, ports),
	PLAIN(VALUE, job_plan_container, volumes),
	PLAIN(VALUE, job_plan_container, options),
	PLAIN(VALUE, job_plan_container, credentials),
	PLAIN(VALUE, job_plan_container, entrypoint),
	PLAIN(VALUE, job_plan_container, command),
	PLAIN(VALUE, job_plan_container, ready),
	PLAIN(VALUE, job_plan_container, pull),
	PLAIN(POS, job_plan_container, pos),
	END,
};
static const struct record container = { container_fields,
	sizeof(struct job_plan_container) };

static const struct field action_fields[] = {
	RANGE(NUMBER, job_plan_action, outer, ACTION_MAX_STEPS),
	NEEDED(TEXT, job_plan_action, uses),
	NEEDED(TEXT, job_plan_action, source),
	NEEDED(TEXT, job_plan_action, id),
	NEEDED(TEXT, job_plan_action, title),
	RANGE(NUMBER, job_plan_action, parallel, MAX_PLAN_STEPS),
	PLAIN(BOOL, job_plan_action, background),
	NEEDED(VALUE, job_plan_action, condition),
	PLAIN(VALUE, job_plan_action, continue_on_error),
	PLAIN(VALUE, job_plan_action, env),
	PLAIN(VALUE, job_plan_action, with),
	PLAIN(VALUE, job_plan_action, timeout_minutes),
	PLAIN(VALUE, job_plan_action, timeout),
	PLAIN(VALUE, job_plan_action, retry),
	PLAIN(BOOL, job_plan_action, retry_on_timeout),
	RECORDS(job_plan_action, inputs, MAX_NAMED, &named),
	RECORDS(job_plan_action, outputs, MAX_NAMED, &named),
	NEEDED(TEXT, job_plan_action, file),
	NEEDED(POS, job_plan_action, pos),
	END,
};
static const struct record action = { action_fields,
	sizeof(struct job_plan_action) };

static const struct field step_fields[] = {
	RANGE(NUMBER, job_plan_step, number, MAX_PLAN_STEPS),
	NEEDED(KIND, job_plan_step, kind),
	NEEDED(TEXT, job_plan_step, id),
	RANGE(NUMBER, job_plan_step, action, ACTION_MAX_STEPS),
	RANGE(NUMBER, job_plan_step, parallel, MAX_PLAN_STEPS),
	NEEDED(TEXT, job_plan_step, title),
	PLAIN(VALUE, job_plan_step, name),
	NEEDED(VALUE, job_plan_step, condition),
	PLAIN(VALUE, job_plan_step, run),
	PLAIN(VALUE, job_plan_step, shell),
	PLAIN(VALUE, job_plan_step, working_directory),
	PLAIN(VALUE, job_plan_step, image),
	PLAIN(VALUE, job_plan_step, uses),
	PLAIN(VALUE, job_plan_step, with),
	PLAIN(TEXT, job_plan_step, using),
	PLAIN(TEXT, job_plan_step, source),
	PLAIN(PART, job_plan_step, part),
	{ "of", FIELD_NUMBER, offsetof(struct job_plan_step, of), 0, false,
	    MAX_PLAN_STEPS, NULL },
	PLAIN(VALUE, job_plan_step, runs),
	RECORDS(job_plan_step, inputs, MAX_NAMED, &named),
	LIST(TEXTS, job_plan_step, required, MAX_NAMED),
	PLAIN(VALUE, job_plan_step, env),
	PLAIN(VALUE, job_plan_step, continue_on_error),
	PLAIN(VALUE, job_plan_step, timeout_minutes),
	PLAIN(VALUE, job_plan_step, timeout),
	PLAIN(VALUE, job_plan_step, retry),
	PLAIN(BOOL, job_plan_step, retry_on_timeout),
	PLAIN(BOOL, job_plan_step, background),
	LIST(TEXTS, job_plan_step, targets, ACTION_MAX_STEPS),
	NEEDED(TEXT, job_plan_step, file),
	NEEDED(POS, job_plan_step, pos),
	END,
};
static const struct record step = { step_fields,
	sizeof(struct job_plan_step) };

static const struct field plan_fields[] = {
	NEEDED(TEXT, job_plan, key),
	NEEDED(TEXT, job_plan, id),
	NEEDED(TEXT, job_plan, name),
	NEEDED(TEXT, job_plan, workflow),
	NEEDED(TEXT, job_plan, file),
	NEEDED(CONTEXT, job_plan, needs),
	NEEDED(CONTEXT, job_plan, matrix),
	NEEDED(CONTEXT, job_plan, strategy),
	NEEDED(CONTEXT, job_plan, inputs),
	LIST(TEXTS, job_plan, labels, YAML_MAX_NODES),
	RECORD(job_plan, container, &container),
	RECORDS(job_plan, services, YAML_MAX_NODES, &container),
	RECORDS(job_plan, env, MAX_NAMED, &named),
	LIST(TEXTS, job_plan, env_files, MAX_ENV),
	PLAIN(VALUE, job_plan, shell),
	PLAIN(VALUE, job_plan, working_directory),
	RANGE(MS, job_plan, timeout_ms, JOB_PLAN_MAX_TIMEOUT_MS),
	RANGE(MS, job_plan, cancel_timeout_ms, JOB_PLAN_MAX_TIMEOUT_MS),
	PLAIN(BOOL, job_plan, continue_on_error),
	PLAIN(BOOL, job_plan, strict_variables),
	PLAIN(VALUE, job_plan, environment),
	PLAIN(VALUE, job_plan, environment_url),
	RECORD(job_plan, concurrency, &concurrency),
	PLAIN(TEXT, job_plan, generate),
	PLAIN(VALUE, job_plan, artifacts),
	PLAIN(VALUE, job_plan, cache),
	PLAIN(VALUE, job_plan, retry),
	LIST(VALUES, job_plan, secret_maps, PLAN_MAX_LEVELS),
	RECORDS(job_plan, actions, ACTION_MAX_STEPS, &action),
	RECORDS(job_plan, steps, MAX_PLAN_STEPS, &step),
	RECORDS(job_plan, outputs, YAML_MAX_NODES, &named),
	NEEDED(POS, job_plan, pos),
	END,
};
const struct record job_plan_record = { plan_fields,
	sizeof(struct job_plan) };
