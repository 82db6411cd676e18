/*
 * schema.c - the keys of the pipeline language, and the loop that reads by
 * them. GitHub's keys: its documentation, "Workflow syntax for GitHub
 * Actions". Ours: doc/design.md, section 6.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/schema.h"

#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/pipeline/reader.h"

#define DONE SCHEMA_DONE
#define IGNORED SCHEMA_IGNORED
#define LATER SCHEMA_UNSUPPORTED

#define TEXTS (ALLOW_TEXT | ALLOW_LIST)

static const struct schema_key workflow_keys[] = {
	{ "name", ALLOW_TEXT, DONE, read_workflow_name, NULL,
	    "name of the workflow; else its file" },
	{ "description", ALLOW_TEXT, DONE, NULL, NULL, "for readers only" },
	{ "on", ALLOW_STRING | ALLOW_LIST | ALLOW_MAP, DONE, read_on, NULL,
	    "events that start it; without it every push does" },
	{ "env", ALLOW_MAP, DONE, read_workflow_env, "environment",
	    "environment variables of all jobs" },
	{ "environment", ALLOW_MAP, DONE, read_workflow_env, NULL,
	    "same as env" },
	{ "jobs", ALLOW_MAP, DONE, read_jobs, NULL, "the jobs, by id" },
	{ "run-name", ALLOW_ANY, IGNORED, NULL, NULL,
	    "runs are called after their commit" },
	{ "permissions", ALLOW_ANY, IGNORED, NULL, NULL,
	    "jobs get no token of the forge" },
	{ "concurrency", ALLOW_ANY, LATER, NULL, NULL,
	    "remove it; runs of one branch do not wait for each other" },
	{ "defaults", ALLOW_ANY, LATER, NULL, NULL,
	    "set shell and working-directory in each step" },
	{ "matrix", ALLOW_ANY, LATER, NULL, NULL,
	    "write one job for each combination" },
	{ "stages", ALLOW_ANY, LATER, NULL, NULL,
	    "use needs in the jobs" },
	{ "env-file", ALLOW_ANY, LATER, NULL, NULL,
	    "write the variables under env" },
	{ NULL, 0, DONE, NULL, NULL, NULL },
};

/* Other events than push are rows of event_names[]. */
static const struct schema_key on_keys[] = {
	{ "push", ALLOW_NULL | ALLOW_MAP, DONE, read_push, NULL,
	    "a push of a branch or a tag" },
	{ NULL, 0, DONE, NULL, NULL, NULL },
};

static const struct schema_key push_keys[] = {
	{ "branches", TEXTS, DONE, read_push_branches, "branches-ignore",
	    "patterns of branches that start it; \"!\" takes out again" },
	{ "branches-ignore", TEXTS, DONE, read_push_branches, NULL,
	    "patterns of branches that do not start it" },
	{ "tags", TEXTS, DONE, read_push_tags, "tags-ignore",
	    "patterns of tags that start it; \"!\" takes out again" },
	{ "tags-ignore", TEXTS, DONE, read_push_tags, NULL,
	    "patterns of tags that do not start it" },
	{ "paths", ALLOW_ANY, LATER, NULL, NULL,
	    "remove it; the workflow then runs for every change" },
	{ "paths-ignore", ALLOW_ANY, LATER, NULL, NULL,
	    "remove it; the workflow then runs for every change" },
	{ NULL, 0, DONE, NULL, NULL, NULL },
};

static const struct schema_key job_keys[] = {
	{ "name", ALLOW_TEXT, DONE, read_job_name, NULL,
	    "name that is shown; else the id" },
	{ "needs", TEXTS, DONE, read_job_needs, NULL,
	    "jobs that must have succeeded before" },
	{ "runs-on", TEXTS, DONE, read_job_runs_on, NULL,
	    "labels; one with \":\" or \"/\" in it is an image" },
	{ "image", ALLOW_TEXT, DONE, read_job_image, "container",
	    "container image, same as container: {image: ...}" },
	{ "container", ALLOW_STRING | ALLOW_MAP, DONE, read_job_container,
	    NULL, "container image, alone or under image" },
	{ "env", ALLOW_MAP, DONE, read_job_env, "environment",
	    "environment variables of all its steps" },
	{ "environment", ALLOW_TEXT | ALLOW_MAP, DONE, read_job_environment,
	    NULL, "same as env when it is a map of variables" },
	{ "timeout-minutes", ALLOW_NUMBER, DONE, read_job_minutes, "timeout",
	    "longest time, a number above 0" },
	{ "timeout", ALLOW_TEXT, DONE, read_job_timeout, NULL,
	    "longest time with a unit, such as 90s or 1.5h" },
	{ "steps", ALLOW_LIST, DONE, read_job_steps, NULL, "its steps" },
	{ "permissions", ALLOW_ANY, IGNORED, NULL, NULL,
	    "jobs get no token of the forge" },
	{ "if", ALLOW_ANY, LATER, NULL, NULL,
	    "filter under on, or test in the commands" },
	{ "strategy", ALLOW_ANY, LATER, NULL, NULL,
	    "write one job for each combination" },
	{ "matrix", ALLOW_ANY, LATER, NULL, NULL,
	    "write one job for each combination" },
	{ "uses", ALLOW_ANY, LATER, NULL, NULL,
	    "write the called workflow's jobs here" },
	{ "with", ALLOW_ANY, LATER, NULL, NULL,
	    "write the called workflow's jobs here" },
	{ "secrets", ALLOW_ANY, LATER, NULL, NULL,
	    "write NAME: ${{ secrets.NAME }} under env" },
	{ "services", ALLOW_ANY, LATER, NULL, NULL,
	    "start the service in a step" },
	{ "outputs", ALLOW_ANY, LATER, NULL, NULL,
	    "do it in one job" },
	{ "concurrency", ALLOW_ANY, LATER, NULL, NULL,
	    "remove it; runs of one branch do not wait for each other" },
	{ "defaults", ALLOW_ANY, LATER, NULL, NULL,
	    "set shell and working-directory in each step" },
	{ "continue-on-error", ALLOW_ANY, LATER, NULL, NULL,
	    "end the command with \"|| true\"" },
	{ "cancel-timeout-minutes", ALLOW_ANY, LATER, NULL, NULL,
	    "the server's cancel-grace counts" },
	{ "snapshot", ALLOW_ANY, LATER, NULL, NULL, "remove it" },
	{ "stage", ALLOW_ANY, LATER, NULL, NULL, "use needs" },
	{ "artifacts", ALLOW_ANY, LATER, NULL, NULL,
	    "upload them in a step" },
	{ "cache", ALLOW_ANY, LATER, NULL, NULL, "remove it" },
	{ "retry", ALLOW_ANY, LATER, NULL, NULL,
	    "repeat in the commands" },
	{ "priority", ALLOW_ANY, LATER, NULL, NULL, "remove it" },
	{ "env-file", ALLOW_ANY, LATER, NULL, NULL,
	    "write the variables under env" },
	{ NULL, 0, DONE, NULL, NULL, NULL },
};

static const struct schema_key container_keys[] = {
	{ "image", ALLOW_TEXT, DONE, read_container_image, NULL,
	    "the image" },
	{ "env", ALLOW_ANY, LATER, NULL, NULL, "use env of the job" },
	{ "credentials", ALLOW_ANY, LATER, NULL, NULL,
	    "log in on the host" },
	{ "ports", ALLOW_ANY, LATER, NULL, NULL, "remove it" },
	{ "volumes", ALLOW_ANY, LATER, NULL, NULL, "remove it" },
	{ "options", ALLOW_ANY, LATER, NULL, NULL,
	    "limits are set by the server" },
	{ NULL, 0, DONE, NULL, NULL, NULL },
};

static const struct schema_key step_keys[] = {
	{ "name", ALLOW_TEXT, DONE, read_step_name, NULL,
	    "name that is shown; else the first line of the command" },
	{ "id", ALLOW_TEXT, DONE, read_step_id, NULL,
	    "unique in the job; nothing refers to it yet" },
	{ "run", ALLOW_TEXT, DONE, read_step_run, "command",
	    "the script" },
	{ "command", ALLOW_TEXT, DONE, read_step_run, NULL, "same as run" },
	{ "env", ALLOW_MAP, DONE, read_step_env, NULL,
	    "environment variables" },
	{ "working-directory", ALLOW_TEXT, DONE, read_step_directory, NULL,
	    "folder below the workspace" },
	{ "shell", ALLOW_STRING, DONE, read_step_shell, NULL,
	    "bash, sh, python, pwsh, or a command with {0} in it" },
	{ "timeout-minutes", ALLOW_NUMBER, DONE, read_step_minutes,
	    "timeout", "longest time, a number above 0" },
	{ "timeout", ALLOW_TEXT, DONE, read_step_timeout, NULL,
	    "longest time with a unit, such as 90s or 1.5h" },
	{ "if", ALLOW_ANY, LATER, NULL, NULL, "test in the command" },
	{ "uses", ALLOW_ANY, LATER, NULL, NULL,
	    "write its commands under run; the commit is checked out "
	    "without a step" },
	{ "with", ALLOW_ANY, LATER, NULL, NULL, "it belongs to uses" },
	{ "continue-on-error", ALLOW_ANY, LATER, NULL, NULL,
	    "end the command with \"|| true\"" },
	{ "background", ALLOW_ANY, LATER, NULL, NULL,
	    "end the command with \"&\"" },
	{ "wait", ALLOW_ANY, LATER, NULL, NULL, "use wait of the shell" },
	{ "wait-all", ALLOW_ANY, LATER, NULL, NULL,
	    "use wait of the shell" },
	{ "cancel", ALLOW_ANY, LATER, NULL, NULL, "use kill of the shell" },
	{ "parallel", ALLOW_ANY, LATER, NULL, NULL, "write several jobs" },
	{ "retry", ALLOW_ANY, LATER, NULL, NULL, "repeat in the command" },
	{ "type", ALLOW_ANY, LATER, NULL, NULL,
	    "write its commands under run" },
	{ "config", ALLOW_ANY, LATER, NULL, NULL, "it belongs to type" },
	{ NULL, 0, DONE, NULL, NULL, NULL },
};

const struct schema_place schema_workflow = { "workflow", workflow_keys };
const struct schema_place schema_on = { "on", on_keys };
const struct schema_place schema_push = { "on.push", push_keys };
const struct schema_place schema_job = { "job", job_keys };
const struct schema_place schema_container = { "container", container_keys };
const struct schema_place schema_step = { "step", step_keys };

const struct schema_place *const schema_places[] = {
	&schema_workflow, &schema_on, &schema_push, &schema_job,
	&schema_container, &schema_step, NULL
};

const char *
schema_describe(struct arena *a, unsigned allowed)
{
	struct str s = STR_INIT;
	const char *kept;

	if ((allowed & ALLOW_TEXT) == ALLOW_TEXT)
		allowed &= ~(ALLOW_NUMBER | ALLOW(YAML_BOOL));
	for (enum yaml_type t = YAML_BOOL; t <= YAML_MAP; t++) {
		if ((allowed & ALLOW(t)) == 0)
			continue;
		str_addf(&s, "%s%s", s.len > 0 ? " or " : "",
		    yaml_type_name(t));
	}
	kept = arena_strdup(a, s.s);
	str_release(&s);
	return kept;
}

bool
schema_check_type(struct reader *r, const struct yaml *value,
    unsigned allowed, const char *name, const char *where)
{
	const char *blank = where[0] != '\0' ? " " : "";

	if ((allowed & ALLOW(value->type)) != 0)
		return true;
	/* With expressions it might be of any type. */
	if (value->type == YAML_STRING && value_has_expression(r, value))
		return false;
	if (value->type == YAML_NULL)
		diag_error(r->d, value->pos, value->width, "no-value", NULL,
		    "\"%s\"%s%s has no value; expected %s", name, blank,
		    where, schema_describe(r->a, allowed));
	else
		diag_error(r->d, value->pos, value->width, "wrong-type", NULL,
		    "\"%s\"%s%s must be %s, not %s", name, blank, where,
		    schema_describe(r->a, allowed),
		    yaml_type_name(value->type));
	return false;
}

const struct schema_key *
schema_find(const struct schema_place *place, const char *name)
{
	const struct schema_key *key = place->keys;

	while (key->name != NULL && strcmp(key->name, name) != 0)
		key++;
	return key->name != NULL ? key : NULL;
}

static void
report_unknown(struct reader *r, const struct schema_place *place,
    const struct yaml *key)
{
	const char *words[64] = { NULL };
	size_t n = 0;

	for (; place->keys[n].name != NULL && n + 1 < ARRAY_LEN(words); n++)
		words[n] = place->keys[n].name;
	diag_error(r->d, key->pos, key->width, "unknown-key",
	    value_hint(r, key->text, words), "unknown key \"%s\" %s",
	    key->text, r->where);
}

static void
read_pair(struct reader *r, const struct schema_place *place,
    const struct yaml *map, const struct yaml_pair *pair, void *thing)
{
	const struct schema_key *key = schema_find(place, pair->key->text);
	struct pos pos = pair->key->pos;
	int width = pair->key->width;

	if (key == NULL) {
		report_unknown(r, place, pair->key);
		return;
	}
	if (key->excludes != NULL && yaml_get(map, key->excludes) != NULL)
		diag_error(r->d, pos, width, "two-keys", "keep one of them",
		    "\"%s\" and \"%s\" cannot stand together %s", key->name,
		    key->excludes, r->where);
	switch (key->state) {
	case SCHEMA_UNSUPPORTED:
		diag_error(r->d, pos, width, "unsupported-key", key->doc,
		    "key \"%s\" %s is not supported by this version of Pawl",
		    key->name, r->where);
		break;
	case SCHEMA_IGNORED:
		diag_warning(r->d, pos, width, "ignored-key", key->doc,
		    "key \"%s\" %s has no effect in this version of Pawl",
		    key->name, r->where);
		break;
	case SCHEMA_DONE:
		if (schema_check_type(r, pair->value, key->allowed, key->name,
		    r->where) && key->read != NULL)
			key->read(r, thing, pair);
		break;
	}
}

void
schema_read(struct reader *r, const struct schema_place *place,
    const struct yaml *map, const char *where, void *thing)
{
	const char *outer = r->where;

	if (!schema_check_type(r, map, ALLOW_MAP, place->name, where))
		return;
	r->where = where;
	for (size_t i = 0; i < map->n_pairs; i++)
		read_pair(r, place, map, &map->pairs[i], thing);
	r->where = outer;
}
