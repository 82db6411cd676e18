/*
 * schema_workflow.c - the top of a file, and what stands both there and in
 * jobs: permissions, defaults, concurrency.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/schema.h"

#define DONE SCHEMA_DONE
#define IGNORED SCHEMA_IGNORED
#define END { .name = NULL }

/* --- permissions ---------------------------------------------------------- */

static const char *const any_words[] = { "read", "write", "none", NULL };
static const char *const read_words[] = { "read", "none", NULL };
static const char *const write_words[] = { "write", "none", NULL };
static const struct schema_type type_level = { .name = "level",
	.words = any_words };
static const struct schema_type type_read_level = { .name = "level",
	.words = read_words };
static const struct schema_type type_write_level = { .name = "level",
	.words = write_words };

#define LEVEL(name, type) \
	{ name, &type, 0, IGNORED, "what the token may do with it", \
	    "jobs get no token of the forge", "none" }

static const struct schema_key permission_keys[] = {
	LEVEL("actions", type_level),
	LEVEL("artifact-metadata", type_level),
	LEVEL("attestations", type_level),
	LEVEL("checks", type_level),
	LEVEL("code-quality", type_level),
	LEVEL("contents", type_level),
	LEVEL("copilot-requests", type_write_level),
	LEVEL("deployments", type_level),
	LEVEL("discussions", type_level),
	LEVEL("drives", type_level),
	LEVEL("id-token", type_write_level),
	LEVEL("issues", type_level),
	LEVEL("models", type_read_level),
	LEVEL("packages", type_level),
	LEVEL("pages", type_level),
	LEVEL("pull-requests", type_level),
	LEVEL("repository-projects", type_level),
	LEVEL("security-events", type_level),
	LEVEL("statuses", type_level),
	LEVEL("vulnerability-alerts", type_read_level),
	END,
};
const struct schema_map map_permissions = { "permissions", permission_keys,
	NULL, NULL };
static const struct schema_map *const permission_maps[] = {
	&map_permissions, NULL };
static const char *const all_words[] = { "read-all", "write-all", NULL };
const struct schema_type type_permissions = { .name = "permissions",
	.words = all_words, .maps = permission_maps };

/* --- defaults ------------------------------------------------------------- */

static const struct schema_key run_keys[] = {
	{ "shell", &type_shell, 0, DONE, "shell of steps that name none",
	    NULL, "that of the workflow, else bash" },
	{ "working-directory", &type_directory, 0, DONE,
	    "folder of steps that name none: absolute, or from the workspace "
	    "on", NULL,
	    "that of the workflow, else the workspace" },
	END,
};
const struct schema_map map_defaults_run = { "defaults.run", run_keys, NULL,
	NULL };
static const struct schema_map *const run_maps[] = { &map_defaults_run,
	NULL };
static const struct schema_type type_run = { .name = "run defaults",
	.maps = run_maps };
static const struct schema_type type_job_run = { .name = "run defaults",
	.maps = run_maps, .contexts = CONTEXTS_MATRIX | CONTEXT_ENV };

static const struct schema_key defaults_keys[] = {
	{ "run", &type_run, 0, DONE, "for all steps with \"run\"", NULL },
	END,
};
static const struct schema_key job_defaults_keys[] = {
	{ "run", &type_job_run, 0, DONE, "for all steps with \"run\"", NULL },
	END,
};
const struct schema_map map_defaults = { "defaults", defaults_keys, NULL,
	NULL };
static const struct schema_map job_defaults_map = { "defaults",
	job_defaults_keys, NULL, NULL };
static const struct schema_map *const defaults_maps[] = { &map_defaults,
	NULL };
static const struct schema_map *const job_defaults_maps[] = {
	&job_defaults_map, NULL };
const struct schema_type type_defaults = { .name = "defaults",
	.maps = defaults_maps };
const struct schema_type type_job_defaults = { .name = "defaults",
	.maps = job_defaults_maps };

/* --- concurrency ---------------------------------------------------------- */

static const char *const queue_words[] = { "single", "max", NULL };
static const struct schema_type type_queue = { .name = "queue",
	.words = queue_words };

static const struct schema_key concurrency_keys[] = {
	{ "group", &type_text, KEY_REQUIRED, DONE,
	    "name of the group, without regard to case: one of its members "
	    "runs at a time", NULL },
	{ "cancel-in-progress", &type_boolean, 0, DONE,
	    "a new member cancels the one that runs, instead of waiting for "
	    "it", NULL, "false" },
	{ "queue", &type_queue, 0, DONE,
	    "how many may wait: \"single\" is one, and a newer one takes its "
	    "place; \"max\" is 100, in their order, and does not go with "
	    "\"cancel-in-progress: true\"", NULL, "single" },
	END,
};
const struct schema_map map_concurrency = { "concurrency", concurrency_keys,
	NULL, NULL };
static const struct schema_map *const concurrency_maps[] = {
	&map_concurrency, NULL };
const struct schema_type type_concurrency = { .name = "concurrency",
	.scalars = SCALAR_STRING, .maps = concurrency_maps,
	.contexts = CONTEXTS_RUN };
const struct schema_type type_job_concurrency = { .name = "concurrency",
	.scalars = SCALAR_TEXT, .maps = concurrency_maps,
	.contexts = CONTEXTS_MATRIX };

/* --- the top level --------------------------------------------------------- */

static const struct schema_type type_run_name = { .name = "run name",
	.scalars = SCALAR_STRING, .contexts = CONTEXTS_RUN };
static const struct schema_map env_map = { "variables", NULL, &type_text,
	&type_string };
static const struct schema_map *const env_maps[] = { &env_map, NULL };
static const struct schema_type type_env = { .name = "variables",
	.maps = env_maps, .contexts = CONTEXTS_RUN | CONTEXT_SECRETS };

static const struct schema_key workflow_keys[] = {
	{ "name", &type_string, 0, DONE, "name of the workflow, for people "
	    "and for \"workflow_run\"", NULL, "the path of the file" },
	{ "description", &type_string, 0, DONE, "for readers only", NULL },
	{ "on", &type_on, 0, DONE, "events that start it: one, a list, or a "
	    "map with their filters", NULL, "every push" },
	{ "env", &type_env, 0, DONE, "environment variables of all jobs; they "
	    "cannot refer to each other", NULL },
	{ "environment", &type_env, KEY_OURS, DONE, "same as \"env\"", NULL },
	{ "jobs", &type_jobs, KEY_REQUIRED, DONE, "the jobs, by id", NULL },
	{ "run-name", &type_run_name, 0, DONE, "name of its runs, such as "
	    "\"deploy by ${{ github.actor }}\"",
	    NULL, "the commit's subject" },
	{ "permissions", &type_permissions, 0, IGNORED,
	    "rights of the token of the forge",
	    "jobs get no token of the forge" },
	{ "concurrency", &type_concurrency, 0, DONE,
	    "one run of a group at a time; a text is the group", NULL },
	{ "defaults", &type_defaults, 0, DONE,
	    "\"shell\" and \"working-directory\" of all steps", NULL },
	{ "matrix", &type_matrix, KEY_OURS, DONE,
	    "matrix of all jobs that have none of their own", NULL },
	{ "stages", &type_text_list, KEY_OURS, DONE, "names of the stages, "
	    "in their order", NULL },
	{ "priority", &type_number, KEY_OURS, DONE,
	    "place in the queue of jobs that say none, from 0 to 100", NULL,
	    "10 on the default branch, 5 for tags, else 1" },
	{ "strict-variables", &type_boolean, KEY_OURS, DONE,
	    "\"$NAME\" or \"${NAME}\" in the name of an image fails the job "
	    "when NAME has no value; else it stays as it is", NULL,
	    "false" },
	{ "env-file", &type_texts, KEY_OURS, DONE, "files of the repository "
	    "with lines \"NAME=VALUE\"", NULL },
	END,
};
static const struct schema_map workflow_map = { "workflow", workflow_keys,
	NULL, NULL };
static const struct schema_map *const workflow_maps[] = { &workflow_map,
	NULL };
const struct schema_type schema_workflow = { .name = "workflow",
	.maps = workflow_maps };

static const struct schema_map *const top_maps[] = { &workflow_map,
	&map_permissions, &map_defaults, &map_defaults_run,
	&map_concurrency, NULL };

/* --- all of them ----------------------------------------------------------- */

const struct schema_map *
schema_map_at(size_t n)
{
	const struct schema_map *const *const files[] = { top_maps,
		schema_on_maps, schema_job_maps, schema_step_maps,
		schema_typed_maps };

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		for (const struct schema_map *const *map = files[i];
		    *map != NULL; map++)
			if (n-- == 0)
				return *map;
	return NULL;
}
