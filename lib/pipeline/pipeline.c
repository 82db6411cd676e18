/*
 * pipeline.c - the pipeline language from the outside: text in, pipeline
 * out; and the top level of a file.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/pipeline.h"

#include <string.h>

#include "lib/base/str.h"
#include "lib/pipeline/reader.h"

const char *const pipeline_places[] = {
	".ci.yml",
	".ci/",
	".forgejo/workflows/",
	".gitea/workflows/",
	".github/workflows/",
	NULL
};

void
read_workflow_name(struct reader *r, void *thing,
    const struct yaml_pair *pair)
{
	const char *text = value_text(r, pair->value);

	(void)thing;
	if (text != NULL && text[0] != '\0')
		r->p->name = text;
}

void
read_workflow_env(struct reader *r, void *thing,
    const struct yaml_pair *pair)
{
	(void)thing;
	value_env(r, pair, &r->p->env);
}

/* A job that calls a workflow needs neither; it is refused as such. */
static void
check_job_keys(struct reader *r, const struct yaml_pair *pair)
{
	const struct yaml *key = pair->key, *map = pair->value;

	if (yaml_get(map, "uses") != NULL)
		return;
	if (yaml_get(map, "runs-on") == NULL &&
	    yaml_get(map, "image") == NULL &&
	    yaml_get(map, "container") == NULL)
		diag_error(r->d, key->pos, key->width, "missing-key",
		    "add \"runs-on: ubuntu-latest\", or an \"image\"",
		    "job \"%s\" does not say where it runs", key->text);
	if (yaml_get(map, "steps") == NULL)
		diag_error(r->d, key->pos, key->width, "missing-key",
		    "add \"steps:\" with at least one \"run:\"",
		    "job \"%s\" has no steps", key->text);
}

static void
read_job(struct reader *r, const struct yaml_pair *pair)
{
	const char *id = pair->key->text;
	const char *where = arena_printf(r->a, "in job \"%s\"", id);
	struct job_source *job;

	job = arena_push(r->a, &r->p->jobs, &r->p->n_jobs, sizeof(*job));
	job->key = pair->key;
	job->job.id = id;
	job->job.name = id;
	job->job.pos = pair->key->pos;
	if (!schema_check_type(r, pair->value, ALLOW_MAP, id, "under \"jobs\""))
		return;
	schema_read(r, &schema_job, pair->value, where, job);
	check_job_keys(r, pair);
}

static bool
is_new_id(struct reader *r, struct map *seen, const struct yaml *key)
{
	const struct yaml *first = value_seen_id(r, seen, key);

	/* Equal ones have been reported as a duplicate key. */
	if (first != NULL && strcmp(first->text, key->text) != 0)
		diag_error(r->d, key->pos, key->width, "wrong-name",
		    "ids are compared without regard to case",
		    "there are two jobs \"%s\" and \"%s\"", first->text,
		    key->text);
	return first == NULL;
}

void
read_jobs(struct reader *r, void *thing, const struct yaml_pair *pair)
{
	const struct yaml *map = pair->value;
	struct map seen = MAP_INIT;

	(void)thing;
	if (map->n_pairs == 0)
		diag_error(r->d, map->pos, map->width, "no-value", NULL,
		    "\"jobs\" has no job");
	if (map->n_pairs > MAX_JOBS) {
		const struct yaml *key = map->pairs[MAX_JOBS].key;

		diag_error(r->d, key->pos, key->width, "too-many",
		    "spread them over several files",
		    "the file has %zu jobs; at most %d are allowed",
		    map->n_pairs, MAX_JOBS);
		return;
	}
	for (size_t i = 0; i < map->n_pairs; i++)
		if (is_new_id(r, &seen, map->pairs[i].key)) {
			value_check_id(r, map->pairs[i].key, "job");
			read_job(r, &map->pairs[i]);
		}
	map_release(&seen);
}

static void
read_file(struct reader *r, const struct yaml *root)
{
	if (root->type == YAML_NULL) {
		diag_error(r->d, root->pos, 1, "missing-key",
		    "start with \"on:\" and \"jobs:\"", "the file is empty");
		return;
	}
	if (root->type != YAML_MAP) {
		diag_error(r->d, root->pos, root->width, "wrong-type",
		    "start with \"on:\" and \"jobs:\"",
		    "a pipeline must be a map, not %s",
		    yaml_type_name(root->type));
		return;
	}
	schema_read(r, &schema_workflow, root, "at the top level", r->p);
	if (yaml_get(root, "jobs") == NULL)
		diag_error(r->d, root->pos, 1, "missing-key",
		    "add \"jobs:\"", "the file has no jobs");
	plan_resolve(r);
}

struct pipeline *
pipeline_read(const char *text, size_t len, struct arena *a, struct diags *d)
{
	struct pipeline *p = arena_alloc(a, sizeof(*p));
	struct reader r = { a, d, p, "" };
	const struct yaml *root;

	p->a = a;
	p->file = arena_strdup(a, d->file);
	p->name = p->file;
	root = yaml_read(text, len, a, d);
	if (root != NULL)
		read_file(&r, root);
	diags_sort(d);
	return d->n_errors > 0 ? NULL : p;
}

const struct plan *
pipeline_plan(const struct pipeline *p)
{
	return &p->plan;
}
