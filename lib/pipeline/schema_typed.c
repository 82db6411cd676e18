/*
 * schema_typed.c - the types of steps, and what each has under `config`.
 *
 * Names of fields are those of the descriptions that the types come from, with
 * "_", so that files written for them need no change.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <assert.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/pipeline/schema_step.h"
#include "lib/pipeline/typed.h"

#define NEEDED (KEY_REQUIRED | KEY_OURS)
#define FIELD(name, type, flags, doc) \
	{ name, &type, flags, SCHEMA_DONE, doc, NULL, NULL }
#define END { .name = NULL }

/* --- types of fields --------------------------------------------------------- */

static const struct schema_type field_text = { .name = "text",
	.scalars = SCALAR_TEXT };
static const struct schema_type field_texts = { .name = "texts",
	.item = &field_text };
static const struct schema_type field_number = { .name = "number",
	.scalars = SCALAR_NUMBER };
static const struct schema_type field_expression = { .name = "expression",
	.scalars = SCALAR_TEXT, .condition = true };
/* "25%", or a number of them. */
static const struct schema_type field_share = { .name = "share",
	.scalars = SCALAR_TEXT };

#define WORDS(id, ...) \
	static const char *const id##_words[] = { __VA_ARGS__, NULL }; \
	static const struct schema_type field_##id = { .name = #id, \
		.words = id##_words }

WORDS(gate, "manual", "automated");
WORDS(strategy, "rolling", "recreate", "blue_green", "canary");
WORDS(severity, "error", "warning", "info", "critical", "high", "medium",
    "low");
WORDS(upper_severity, "CRITICAL", "HIGH", "MEDIUM", "LOW");
WORDS(output, "sarif", "json", "text");

/* A map of rows as a field. */
#define MAP(id, title) \
	static const struct schema_map id##_map = { title, id##_keys, NULL, \
		NULL }; \
	static const struct schema_map *const id##_maps[] = { &id##_map, \
		NULL }; \
	static const struct schema_type field_##id = { .name = title, \
		.maps = id##_maps }

static const struct schema_key artifact_keys[] = {
	FIELD("key", field_text, NEEDED, "name of the artifact"),
	FIELD("path", field_text, NEEDED, "files, as a pattern"),
	END,
};
MAP(artifact, "artifacts_out");
static const struct schema_type field_artifacts = { .name = "artifacts",
	.item = &field_artifact };

static const struct schema_key report_keys[] = {
	FIELD("key", field_text, NEEDED, "name of the artifact"),
	FIELD("path", field_text, KEY_OURS, "the report, if not the usual"),
	END,
};
MAP(report, "artifacts_out of a scan");
static const struct schema_type field_reports = { .name = "artifacts",
	.item = &field_report };

static const struct schema_key health_keys[] = {
	FIELD("path", field_text, KEY_OURS, "what is asked for"),
	FIELD("interval", type_duration, KEY_OURS, "time between questions"),
	FIELD("timeout", type_duration, KEY_OURS, "longest time of one"),
	FIELD("healthy_threshold", field_number, KEY_OURS,
	    "good answers in a row that are needed"),
	END,
};
MAP(health, "health_check");

static const struct schema_key rolling_keys[] = {
	FIELD("max_surge", field_share, KEY_OURS,
	    "how many may be started beside the old ones"),
	FIELD("max_unavailable", field_share, KEY_OURS,
	    "how many of the old ones may be missing meanwhile"),
	END,
};
MAP(rolling, "rolling");

static const struct schema_map routes_map = { "routes", NULL, &type_text,
	&type_text };
static const struct schema_map *const routes_maps[] = { &routes_map, NULL };
static const struct schema_type field_routes = { .name = "routes",
	.maps = routes_maps };

/* --- the fields of each type -------------------------------------------------- */

static const struct schema_key shell_exec_keys[] = {
	FIELD("commands", field_texts, NEEDED,
	    "commands of one script; the first that fails ends it"),
	FIELD("image", field_text, KEY_OURS, "image that they run in"),
	FIELD("work_dir", field_text, KEY_OURS, "folder below the workspace"),
	FIELD("timeout", type_duration, KEY_OURS, "longest time, as \"300s\""),
	FIELD("env", type_step_env, KEY_OURS, "environment variables"),
	FIELD("artifacts_out", field_artifacts, KEY_OURS,
	    "files to keep when the job ends"),
	END,
};

static const struct schema_key conditional_keys[] = {
	FIELD("field", field_expression, NEEDED,
	    "an expression, such as \"steps.check.outputs.level\""),
	FIELD("routes", field_routes, NEEDED,
	    "value: step to go to, by its id or name"),
	FIELD("default", field_text, KEY_OURS, "step for all other values"),
	END,
};

static const struct schema_key artifact_push_keys[] = {
	FIELD("source_path", field_text, NEEDED, "files, as a pattern"),
	FIELD("key", field_text, NEEDED, "name of the artifact"),
	FIELD("dest", field_text, KEY_OURS, "store that it goes to"),
	END,
};

static const struct schema_key artifact_pull_keys[] = {
	FIELD("source", field_text, NEEDED,
	    "\"previous_execution\", or a store"),
	FIELD("execution_id", field_text, KEY_OURS, "run that it comes from"),
	FIELD("key", field_text, NEEDED, "name of the artifact"),
	FIELD("dest", field_text, NEEDED, "folder below the workspace"),
	END,
};

static const struct schema_key docker_build_keys[] = {
	FIELD("context", field_text, KEY_OURS,
	    "folder below the workspace that is sent; without it all of it"),
	FIELD("dockerfile", field_text, KEY_OURS,
	    "its Dockerfile, as a path in it"),
	FIELD("tags", field_texts, NEEDED, "names of the image"),
	FIELD("build_args", type_step_env, KEY_OURS, "arguments of the build"),
	FIELD("cache_from", field_texts, KEY_OURS, "images with layers"),
	END,
};

static const struct schema_key docker_push_keys[] = {
	FIELD("image", field_text, NEEDED, "image with its tag"),
	FIELD("registry", field_text, KEY_OURS,
	    "where it goes to, when the image's name does not say it"),
	FIELD("auth_provider", field_text, KEY_OURS, "who gives the login"),
	END,
};

static const struct schema_key docker_run_keys[] = {
	FIELD("image", field_text, NEEDED, "image with its tag"),
	FIELD("command", field_texts, KEY_OURS, "instead of the image's"),
	FIELD("env", type_step_env, KEY_OURS, "environment variables"),
	FIELD("wait_for_exit", type_step_boolean, KEY_OURS,
	    "false: the next step goes on at once, as with background"),
	FIELD("timeout", type_duration, KEY_OURS, "longest time"),
	END,
};

static const struct schema_key deploy_keys[] = {
	FIELD("environment", field_text, NEEDED, "place to deploy to"),
	FIELD("image", field_text, NEEDED, "image with its tag"),
	FIELD("strategy", field_strategy, KEY_OURS, "how the old is replaced"),
	FIELD("provider", field_text, KEY_OURS, "what runs it"),
	FIELD("health_check", field_health, KEY_OURS, "when it is well"),
	FIELD("rollback_on_failure", type_step_boolean, KEY_OURS,
	    "go back to the old when it is not"),
	FIELD("rolling", field_rolling, KEY_OURS, "of strategy rolling"),
	END,
};

static const struct schema_key gate_keys[] = {
	FIELD("type", field_gate, NEEDED, "who decides"),
	FIELD("approvers", field_texts, KEY_OURS,
	    "names of users or tokens, or \"role:admin\"; without it "
	    "whoever may write"),
	FIELD("timeout", type_duration, KEY_OURS,
	    "when it fails unanswered, at most 30 days; 24h without it"),
	FIELD("auto_approve_conditions", field_texts, KEY_OURS,
	    "expressions over the jobs that it needs, such as \"scan.passed "
	    "== true\"; when all are true nobody is asked"),
	END,
};

#define SCAN_ROWS \
	FIELD("scanner", field_text, KEY_OURS, "program that looks"), \
	FIELD("output_format", field_output, KEY_OURS, "of its report"), \
	FIELD("artifacts_out", field_reports, KEY_OURS, "reports to keep")

static const struct schema_key scan_sast_keys[] = {
	SCAN_ROWS,
	FIELD("image", field_text, KEY_OURS, "image of the scanner"),
	FIELD("source_path", field_text, KEY_OURS, "folder that is scanned"),
	FIELD("rules", field_texts, KEY_OURS, "sets of rules"),
	FIELD("fail_on_severity", field_severity, KEY_OURS,
	    "findings from here on fail the step"),
	END,
};

static const struct schema_key scan_container_keys[] = {
	SCAN_ROWS,
	FIELD("image", field_text, NEEDED, "image that is scanned"),
	FIELD("severity_threshold", field_upper_severity, KEY_OURS,
	    "findings from here on fail the step"),
	FIELD("ignore_unfixed", type_step_boolean, KEY_OURS,
	    "leave out what nobody can mend yet"),
	END,
};

static const struct schema_key scan_deps_keys[] = {
	SCAN_ROWS,
	FIELD("source_path", field_text, KEY_OURS, "folder that is scanned"),
	FIELD("fail_on_severity", field_severity, KEY_OURS,
	    "findings from here on fail the step"),
	END,
};

/* --- whole steps --------------------------------------------------------------- */

#define STEP(id) \
	static const struct schema_map id##_config = { "step." #id, \
		id##_keys, NULL, NULL }; \
	static const struct schema_map *const id##_configs[] = { \
		&id##_config, NULL }; \
	static const struct schema_type id##_values = { .name = "config", \
		.maps = id##_configs, .contexts = CONTEXTS_STEP }; \
	static const struct schema_key id##_step_keys[] = { \
		TYPED_ROWS(type_text), \
		{ "config", &id##_values, NEEDED, SCHEMA_DONE, \
		    "values of step." #id, NULL }, \
		END, \
	}; \
	static const struct schema_map id##_step_map = { "step: type", \
		id##_step_keys, NULL, NULL }; \
	static const struct schema_map *const id##_step_maps[] = { \
		&id##_step_map, NULL }; \
	static const struct schema_type id##_step = { .name = "step", \
		.maps = id##_step_maps }

STEP(shell_exec);
STEP(conditional);
STEP(artifact_push);
STEP(artifact_pull);
STEP(docker_build);
STEP(docker_push);
STEP(docker_run);
STEP(deploy);
STEP(gate);
STEP(scan_sast);
STEP(scan_container);
STEP(scan_deps);

#define ROW(id, doc, make) { "step." #id, doc, &id##_config, &id##_step, make }

const struct step_type step_types[] = {
	/* name, what it does, how it runs */
	ROW(shell_exec, "run commands", typed_shell_exec),
	ROW(conditional, "go on with one of several steps",
	    typed_conditional),
	ROW(artifact_push, "keep files", typed_artifact_push),
	ROW(artifact_pull, "fetch files that were kept",
	    typed_artifact_pull),
	ROW(docker_build, "build an image", typed_docker_build),
	ROW(docker_push, "send an image to a registry", typed_docker_push),
	ROW(docker_run, "run an image", typed_docker_run),
	ROW(deploy, "bring an image to a place", NULL),
	ROW(gate, "wait until it is approved", typed_gate),
	ROW(scan_sast, "look for mistakes in source text", NULL),
	ROW(scan_container, "look for known holes in an image", NULL),
	ROW(scan_deps, "look for known holes in dependencies", NULL),
};
const size_t n_step_types = ARRAY_LEN(step_types);

#define NAME_OF(id) "step." #id
#define ALL(X) \
	X(shell_exec), X(conditional), X(artifact_push), X(artifact_pull), \
	X(docker_build), X(docker_push), X(docker_run), X(deploy), X(gate), \
	X(scan_sast), X(scan_container), X(scan_deps)
#define STEP_OF(id) &id##_step
#define CONFIG_OF(id) &id##_config

const char *const step_type_names[] = { ALL(NAME_OF), NULL };
const struct schema_type *const step_type_schemas[] = { ALL(STEP_OF), NULL };
const struct schema_map *const schema_typed_maps[] = { ALL(CONFIG_OF),
	&artifact_map, &report_map, &health_map, &rolling_map, NULL };
static_assert(ARRAY_LEN(step_type_names) == ARRAY_LEN(step_types) + 1,
    "every type is in all lists");

const struct step_type *
step_type_find(const char *name)
{
	for (size_t i = 0; i < n_step_types; i++)
		if (strcmp(step_types[i].name, name) == 0)
			return &step_types[i];
	return NULL;
}
