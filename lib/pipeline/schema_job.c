/*
 * schema_job.c - jobs, and what stands in them besides steps.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <string.h>

#include "lib/pipeline/schema.h"

#define DONE SCHEMA_DONE
#define IGNORED SCHEMA_IGNORED
#define LATER SCHEMA_LATER
#define END { .name = NULL }

/* --- containers and services --------------------------------------------- */

static const struct schema_type type_image = { .name = "image",
	.scalars = SCALAR_TEXT, .contexts = CONTEXTS_MATRIX, .matrix = true };

static const struct schema_type type_runner_text = {
	.name = "text", .scalars = SCALAR_STRING,
	.contexts = CONTEXTS_RUNNER };
static const struct schema_type type_runner_no_secrets = {
	.name = "text", .scalars = SCALAR_STRING,
	.contexts = CONTEXTS_RUNNER & ~CONTEXT_SECRETS };

static const struct schema_map runner_variables_map = { "variables", NULL,
	&type_text, &type_runner_text };
static const struct schema_map *const runner_variables_maps[] = {
	&runner_variables_map, NULL };
static const struct schema_type type_container_env = {
	.name = "variables", .maps = runner_variables_maps };

static const struct schema_key credentials_keys[] = {
	{ "username", &type_text, 0, DONE, "name at the registry", NULL },
	{ "password", &type_text, 0, DONE, "its password, such as "
	    "\"${{ secrets.NAME }}\"", NULL },
	END,
};
static const struct schema_map credentials_map = { "credentials",
	credentials_keys, NULL, NULL };
static const struct schema_map *const credentials_maps[] = {
	&credentials_map, NULL };
static const struct schema_type type_credentials = {
	.name = "credentials", .maps = credentials_maps,
	.contexts = CONTEXTS_RUN | CONTEXT_SECRETS | CONTEXT_ENV };

static const char *const pull_words[] = { "missing", "always", "never",
	NULL };
static const struct schema_type type_pull = { .name = "pull",
	.scalars = SCALAR_TEXT, .words = pull_words,
	.contexts = CONTEXTS_MATRIX };

#define CONTAINER_ROWS \
	{ "image", &type_image, 0, DONE, "the image, such as " \
	    "\"postgres:16\"", NULL }, \
	{ "env", &type_container_env, 0, DONE, "environment variables " \
	    "in the container", NULL }, \
	{ "credentials", &type_credentials, 0, DONE, \
	    "name and password at the registry", NULL }, \
	{ "ports", &type_text_list, 0, DONE, "ports to open: \"8080\" or " \
	    "\"HOST:CONTAINER\"", NULL }, \
	{ "volumes", &type_text_list, 0, DONE, "folders to mount: " \
	    "\"SOURCE:TARGET\"; the server says which", NULL }, \
	{ "options", &type_string, 0, DONE, \
	    "options of docker create, such as \"--health-cmd\"", NULL }, \
	{ "pull", &type_pull, KEY_OURS, DONE, "when the registry is asked " \
	    "for the image", NULL, "\"image-pull\" of the server" }

static const struct schema_key container_keys[] = { CONTAINER_ROWS, END };
static const struct schema_map container_map = { "container",
	container_keys, NULL, NULL };
static const struct schema_map *const container_maps[] = { &container_map,
	NULL };
const struct schema_type type_container = { .name = "container",
	.scalars = SCALAR_STRING, .maps = container_maps,
	.contexts = CONTEXTS_MATRIX, .matrix = true };

static const struct schema_key ready_http_keys[] = {
	{ "port", &type_number, KEY_REQUIRED | KEY_OURS, DONE, "of the "
	    "service's container", NULL },
	{ "path", &type_text, KEY_OURS, DONE, "that is asked for", NULL,
	    "/" },
	END,
};
static const struct schema_map ready_http_map = { "http", ready_http_keys,
	NULL, NULL };
static const struct schema_map *const ready_http_maps[] = { &ready_http_map,
	NULL };
static const struct schema_type type_ready_http = { .name = "http",
	.scalars = SCALAR_NUMBER, .maps = ready_http_maps };

static const struct schema_key ready_keys[] = {
	{ "tcp", &type_number, KEY_OURS, DONE, "a port of its container that "
	    "takes connections", NULL },
	{ "http", &type_ready_http, KEY_OURS, DONE, "a port, or \"port\" and "
	    "\"path\", that answers with 2xx or 3xx", NULL },
	{ "exec", &type_text, KEY_OURS, DONE, "a command in its container "
	    "that succeeds", NULL },
	{ "timeout", &type_duration, KEY_OURS, DONE, "how long that may take",
	    NULL, "60s" },
	END,
};
static const struct schema_map ready_map = { "ready", ready_keys, NULL,
	NULL };
static const struct schema_map *const ready_maps[] = { &ready_map, NULL };
static const struct schema_type type_ready = { .name = "ready",
	.maps = ready_maps, .contexts = CONTEXTS_RUNNER };

static const struct schema_key service_keys[] = {
	CONTAINER_ROWS,
	{ "entrypoint", &type_string, 0, DONE,
	    "program to run", NULL, "that of the image" },
	{ "command", &type_string, 0, DONE, "arguments of the program",
	    NULL, "those of the image" },
	{ "ready", &type_ready, KEY_OURS, DONE, "how to see that it is up; "
	    "steps begin then", NULL, "the health check of \"options\" or of "
	    "the image, else its start" },
	END,
};
static const struct schema_map service_map = { "service", service_keys,
	NULL, NULL };
static const struct schema_map *const service_maps[] = { &service_map,
	NULL };
static const struct schema_type type_service = { .name = "service",
	.scalars = SCALAR_TEXT, .maps = service_maps,
	.contexts = CONTEXTS_MATRIX, .matrix = true };
static const struct schema_map services_map = { "services", NULL,
	&type_text, &type_service };
static const struct schema_map *const services_maps[] = { &services_map,
	NULL };
const struct schema_type type_services = { .name = "services",
	.maps = services_maps, .contexts = CONTEXTS_MATRIX };

/* --- strategy ------------------------------------------------------------ */

static const struct schema_map filter_item_map = { "matrix entry", NULL,
	&type_text, &type_any };
static const struct schema_map *const filter_item_maps[] = {
	&filter_item_map, NULL };
static const struct schema_type type_matrix_entry = {
	.name = "matrix entry", .maps = filter_item_maps };
static const struct schema_type type_matrix_entries = {
	.name = "matrix entries", .item = &type_matrix_entry };

static const struct schema_key matrix_keys[] = {
	{ "include", &type_matrix_entries, 0, DONE,
	    "values to add to the combinations that each entry matches, or "
	    "combinations to add", NULL },
	{ "exclude", &type_matrix_entries, 0, DONE,
	    "combinations to leave out: all that have the values of an entry",
	    NULL },
	END,
};
static const struct schema_map matrix_map = { "matrix", matrix_keys,
	&type_text, &type_list };
static const struct schema_map *const matrix_maps[] = { &matrix_map, NULL };
const struct schema_type type_matrix = { .name = "matrix",
	.maps = matrix_maps, .contexts = CONTEXTS_NEEDS };

static const struct schema_key strategy_keys[] = {
	{ "matrix", &type_matrix, 0, DONE,
	    "one job for each combination of the values of its keys", NULL },
	{ "fail-fast", &type_boolean, 0, DONE,
	    "the failure of one cancels the others of the matrix",
	    NULL, "true" },
	{ "max-parallel", &type_number, 0, DONE,
	    "how many of the matrix run at the same time", NULL,
	    "all" },
	END,
};
static const struct schema_map strategy_map = { "strategy", strategy_keys,
	NULL, NULL };
static const struct schema_map *const strategy_maps[] = { &strategy_map,
	NULL };
static const struct schema_type type_strategy = { .name = "strategy",
	.maps = strategy_maps, .contexts = CONTEXTS_NEEDS };

/* --- other parts of a job ------------------------------------------------ */

static const struct schema_type type_job_name = { .name = "job name",
	.scalars = SCALAR_STRING, .contexts = CONTEXTS_MATRIX,
	.matrix = true };
static const struct schema_type type_job_number = { .name = "job number",
	.scalars = SCALAR_NUMBER, .contexts = CONTEXTS_MATRIX };
static const struct schema_type type_job_boolean = {
	.name = "job boolean", .scalars = SCALAR_BOOL,
	.contexts = CONTEXTS_MATRIX };
static const struct schema_type type_job_text = { .name = "job text",
	.scalars = SCALAR_TEXT, .contexts = CONTEXTS_MATRIX };
static const struct schema_type type_job_if = { .name = "condition",
	.scalars = SCALAR_STRING, .condition = true,
	.contexts = CONTEXTS_NEEDS | CONTEXT_SHORT | FUNCTION_STATUS |
	    FUNCTION_STATUS_JOBS };

static const struct schema_key runs_on_keys[] = {
	{ "group", &type_text, 0, LATER, "group of runners", "use labels" },
	{ "labels", &type_texts, 0, DONE, "labels, as without the map", NULL },
	END,
};
static const struct schema_map runs_on_map = { "runs-on", runs_on_keys,
	NULL, NULL };
static const struct schema_map *const runs_on_maps[] = { &runs_on_map,
	NULL };
static const struct schema_type type_label = { .name = "label",
	.scalars = SCALAR_TEXT, .matrix = true };
static const struct schema_type type_runs_on = { .name = "runs-on",
	.scalars = SCALAR_TEXT, .item = &type_label, .maps = runs_on_maps,
	.contexts = CONTEXTS_MATRIX, .matrix = true };

static const struct schema_map variables_map = { "variables", NULL,
	&type_text, &type_string };
static const struct schema_map *const variables_maps[] = { &variables_map,
	NULL };
static const struct schema_type type_job_env = { .name = "variables",
	.maps = variables_maps,
	.contexts = CONTEXTS_MATRIX | CONTEXT_SECRETS };

static const struct schema_key environment_keys[] = {
	{ "name", &type_job_name, KEY_REQUIRED, DONE,
	    "name of the place to deploy to, whose secrets the job has", NULL },
	{ "url", &type_runner_no_secrets, 0, DONE,
	    "its address, evaluated when the job ends and shown with it",
	    NULL },
	{ "deployment", &type_boolean, 0, IGNORED, "record a deployment",
	    "remove it", "true" },
	END,
};
static const struct schema_map environment_map = { "environment",
	environment_keys, NULL, NULL };
static const struct schema_map *const environment_maps[] = {
	&environment_map, NULL };

/* GitHub's `environment` is a place to deploy to: a text, or a map of name,
 * url and deployment. With none of these keys it is ours: another word for
 * env. */
static const struct schema_type *
choose_environment(const struct yaml *value)
{
	if (value->type != YAML_MAP || value->n_pairs == 0)
		return NULL;
	for (size_t i = 0; environment_keys[i].name != NULL; i++)
		if (yaml_get(value, environment_keys[i].name) != NULL)
			return NULL;
	return &type_job_env;
}

static const struct schema_type *const environment_others[] = {
	&type_job_env, NULL };
static const struct schema_type type_environment = {
	.name = "environment", .scalars = SCALAR_STRING,
	.maps = environment_maps, .contexts = CONTEXTS_MATRIX,
	.choose = choose_environment, .others = environment_others };

static const struct schema_map outputs_map = { "outputs", NULL, &type_text,
	&type_runner_text };
static const struct schema_map *const outputs_maps[] = { &outputs_map,
	NULL };
static const struct schema_type type_outputs = { .name = "outputs",
	.maps = outputs_maps };

static const struct schema_type type_snapshot_if = { .name = "condition",
	.scalars = SCALAR_STRING, .condition = true, .contexts = CONTEXTS_MATRIX };
static const struct schema_key snapshot_keys[] = {
	{ "image-name", &type_text, KEY_REQUIRED, LATER, "name of the image",
	    "remove it" },
	{ "version", &type_text, 0, LATER, "version of the image",
	    "remove it" },
	{ "if", &type_snapshot_if, 0, LATER, "only when this is true",
	    "remove it" },
	END,
};
static const struct schema_map snapshot_map = { "snapshot", snapshot_keys,
	NULL, NULL };
static const struct schema_map *const snapshot_maps[] = { &snapshot_map,
	NULL };
static const struct schema_type type_snapshot = { .name = "snapshot",
	.scalars = SCALAR_TEXT, .maps = snapshot_maps };

/* --- jobs that call a workflow ------------------------------------------- */

static const struct schema_type type_input = { .name = "input",
	.scalars = SCALAR_STRING | SCALAR_BOOL | SCALAR_NUMBER,
	.contexts = CONTEXTS_MATRIX };
static const struct schema_map with_map = { "with", NULL, &type_text,
	&type_input };
static const struct schema_map *const with_maps[] = { &with_map, NULL };
static const struct schema_type type_with = { .name = "inputs",
	.maps = with_maps };

static const struct schema_type type_secret = { .name = "secret",
	.scalars = SCALAR_STRING | SCALAR_BOOL | SCALAR_NUMBER,
	.contexts = CONTEXTS_MATRIX | CONTEXT_SECRETS };
static const struct schema_map secrets_map = { "secrets", NULL, &type_text,
	&type_secret };
static const struct schema_map *const secrets_maps[] = { &secrets_map,
	NULL };
static const char *const inherit_words[] = { "inherit", NULL };
static const struct schema_type type_secrets = { .name = "secrets",
	.words = inherit_words, .maps = secrets_maps };

/* --- ours ----------------------------------------------------------------- */

static const char *const when_words[] = { "always", "on-success",
	"on-failure", NULL };
static const struct schema_type type_when = { .name = "when",
	.words = when_words };

static const struct schema_key artifacts_keys[] = {
	{ "name", &type_job_text, KEY_OURS, DONE, "name of the artifact",
	    NULL, "the job" },
	{ "paths", &type_texts, KEY_REQUIRED | KEY_OURS, DONE,
	    "patterns of files, from the workspace", NULL },
	{ "expire-in", &type_duration, KEY_OURS, DONE,
	    "how long it is kept, such as \"7d\"", NULL },
	{ "when", &type_when, KEY_OURS, DONE,
	    "after which ends of the job it is kept", NULL,
	    "on-success" },
	END,
};
static const struct schema_map artifacts_map = { "artifacts",
	artifacts_keys, NULL, NULL };
static const struct schema_map *const artifacts_maps[] = { &artifacts_map,
	NULL };
static const struct schema_type type_artifacts_item = {
	.name = "artifacts", .scalars = SCALAR_TEXT,
	.maps = artifacts_maps, .contexts = CONTEXTS_MATRIX };
static const struct schema_type type_artifacts = {
	.name = "artifacts", .scalars = SCALAR_TEXT,
	.item = &type_artifacts_item, .maps = artifacts_maps,
	.contexts = CONTEXTS_MATRIX };

static const struct schema_type type_cache_key = { .name = "cache key",
	.scalars = SCALAR_TEXT,
	.contexts = CONTEXTS_MATRIX | CONTEXT_RUNNER | FUNCTION_HASHFILES };
static const struct schema_type type_cache_keys = { .name = "cache keys",
	.scalars = SCALAR_TEXT, .item = &type_cache_key,
	.contexts = CONTEXTS_MATRIX | CONTEXT_RUNNER | FUNCTION_HASHFILES };
static const struct schema_key cache_keys[] = {
	{ "key", &type_cache_key, KEY_REQUIRED | KEY_OURS, DONE,
	    "name of the content, such as \"npm-${{ "
	    "hashFiles('package-lock.json') }}\"", NULL },
	{ "paths", &type_texts, KEY_REQUIRED | KEY_OURS, DONE,
	    "files and folders to keep", NULL },
	{ "restore-keys", &type_cache_keys, KEY_OURS, DONE,
	    "beginnings of other keys that will do when there is none",
	    NULL },
	{ "when", &type_when, KEY_OURS, DONE,
	    "after which ends of the job it is saved", NULL,
	    "on-success" },
	END,
};
static const struct schema_map cache_map = { "cache", cache_keys, NULL,
	NULL };
static const struct schema_map *const cache_maps[] = { &cache_map, NULL };
static const struct schema_type type_cache_item = { .name = "cache",
	.maps = cache_maps };
static const struct schema_type type_cache = { .name = "cache",
	.item = &type_cache_item, .maps = cache_maps };

/* --- jobs ----------------------------------------------------------------- */

#define CALL_OR_STEPS_ROWS \
	{ "name", &type_job_name, 0, DONE, "name that is shown", NULL, \
	    "the id, with the values of the matrix" }, \
	{ "needs", &type_texts, 0, DONE, \
	    "ids of jobs that must have ended before, and well unless " \
	    "\"if\" says otherwise", NULL }, \
	{ "if", &type_job_if, 0, DONE, "run it only when this is true; " \
	    "needs no \"${{ }}\", and means \"success() && (...)\" when it " \
	    "calls no status function", NULL, "success()" }, \
	{ "permissions", &type_permissions, 0, IGNORED, \
	    "rights of the token of the forge", \
	    "jobs get no token of the forge" }, \
	{ "concurrency", &type_job_concurrency, 0, DONE, \
	    "one job of a group at a time; a text is the group", NULL }, \
	{ "strategy", &type_strategy, 0, DONE, \
	    "one job for each combination of values", NULL }, \
	{ "matrix", &type_matrix, KEY_OURS, DONE, \
	    "same as \"strategy: {matrix: ...}\"", NULL }, \
	{ "stage", &type_text, KEY_OURS, DONE, \
	    "one of \"stages\": it waits for all jobs of the stages " \
	    "before, unless it has \"needs\"", NULL }

static const struct schema_key job_keys[] = {
	CALL_OR_STEPS_ROWS,
	{ "runs-on", &type_runs_on, KEY_REQUIRED, DONE,
	    "labels of what runs it; one with \":\" or \"/\" in it is an "
	    "image. Not needed beside \"image\" or \"container\"", NULL },
	{ "image", &type_image, KEY_OURS, DONE,
	    "image of its container, same as \"container: {image: ...}\"",
	    NULL },
	{ "container", &type_container, 0, DONE,
	    "its container; a text is the image", NULL },
	{ "services", &type_services, 0, DONE,
	    "containers beside it, by name; a text is the image", NULL },
	{ "env", &type_job_env, 0, DONE, "environment variables of all its "
	    "steps; they win over those of the workflow", NULL },
	{ "environment", &type_environment, 0, DONE,
	    "place to deploy to, as a name or a map: the job has its secrets; "
	    "a map of other keys is the same as \"env\"", NULL },
	{ "timeout-minutes", &type_job_number, 0, DONE,
	    "longest time in minutes, a number above 0", NULL,
	    "\"job-timeout\" of the server" },
	{ "timeout", &type_duration, KEY_OURS, DONE,
	    "longest time with a unit, such as \"90s\", \"10m\" or "
	    "\"1.5h\"; without one, seconds", NULL },
	TIMEOUT_SECONDS,
	{ "cancel-timeout-minutes", &type_job_number, 0, DONE,
	    "time to end in when it is cancelled", NULL,
	    "\"cancel-grace\" of the server" },
	{ "continue-on-error", &type_job_boolean, 0, DONE,
	    "its failure does not fail the run, nor what needs it",
	    NULL, "false" },
	{ "outputs", &type_outputs, 0, DONE,
	    "values for the jobs that need it, by name, evaluated when it "
	    "ends", NULL },
	{ "defaults", &type_job_defaults, 0, DONE,
	    "\"shell\" and \"working-directory\" of its steps", NULL,
	    "those of the workflow" },
	{ "steps", &type_steps, 0, DONE, "its steps, in their order", NULL },
	{ "snapshot", &type_snapshot, 0, LATER, "keep the machine's image",
	    "remove it" },
	{ "artifacts", &type_artifacts, KEY_OURS, DONE,
	    "files to keep; a text is a pattern", NULL },
	{ "cache", &type_cache, KEY_OURS, DONE,
	    "files to take over from one run to the next", NULL },
	{ "retry", &type_retry, KEY_OURS, DONE, "try the whole job again, in a "
	    "new container, when it fails; a number is \"max-attempts\"",
	    NULL },
	{ "priority", &type_job_number, KEY_OURS, DONE,
	    "place in the queue among the jobs of the repository, from 0 to "
	    "100: the larger goes first, and a point is worth a minute of "
	    "waiting", NULL,
	    "that of the workflow" },
	{ "env-file", &type_texts, KEY_OURS, DONE, "files of the repository "
	    "with lines \"NAME=VALUE\"", NULL },
	{ "generate", &type_job_text, KEY_OURS, DONE,
	    "file that its steps write: a workflow whose jobs go on with the "
	    "run", NULL },
	END,
};

static const struct schema_key call_keys[] = {
	CALL_OR_STEPS_ROWS,
	{ "uses", &type_text, KEY_REQUIRED, DONE,
	    "the workflow to call: \"owner/repo/path/file.yml@ref\" or "
	    "\"./path/file.yml\"", NULL },
	{ "with", &type_with, 0, DONE,
	    "inputs of the called workflow, by name", NULL },
	{ "secrets", &type_secrets, 0, DONE,
	    "secrets of the called workflow, by name; \"inherit\" passes all",
	    NULL },
	END,
};

static const struct schema_map job_map = { "job", job_keys, NULL, NULL };
static const struct schema_map call_map = { "job: uses", call_keys, NULL,
	NULL };
static const struct schema_map *const job_maps[] = { &job_map, &call_map,
	NULL };
static const struct schema_type type_job = { .name = "job",
	.maps = job_maps };

static const struct schema_map jobs_map = { "jobs", NULL, &type_text,
	&type_job };
static const struct schema_map *const jobs_maps[] = { &jobs_map, NULL };
const struct schema_type type_jobs = { .name = "jobs", .maps = jobs_maps };

const struct schema_map *const schema_job_maps[] = {
	&job_map, &call_map, &runs_on_map, &container_map, &credentials_map,
	&service_map, &ready_map, &ready_http_map, &strategy_map, &matrix_map, &environment_map,
	&snapshot_map, &artifacts_map, &cache_map, NULL
};
