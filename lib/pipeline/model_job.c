/*
 * model_job.c - the jobs of a workflow, and their parts except steps.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <stddef.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/pipeline/reader.h"
#include "lib/pipeline/typed.h"

/* A key and the member that it fills. */
struct member {
	const char *key;
	size_t offset;
};

#define JOB(key, member) { key, offsetof(struct workflow_job, member) }
#define CONTAINER(member) { #member, \
	offsetof(struct workflow_container, member) }

static const struct member job_members[] = {
	JOB("name", name),
	JOB("if", if_written),
	JOB("permissions", permissions),
	JOB("uses", uses),
	JOB("with", with),
	JOB("secrets", secrets),
	JOB("runs-on", runs_on),
	JOB("timeout-minutes", timeout_minutes),
	JOB("cancel-timeout-minutes", cancel_timeout_minutes),
	JOB("continue-on-error", continue_on_error),
	JOB("services", services_value),
	JOB("env", env),
	JOB("outputs", outputs),
	JOB("snapshot", snapshot),
	JOB("stage", stage),
	JOB("artifacts", artifacts),
	JOB("cache", cache),
	JOB("retry", retry),
	JOB("priority", priority),
	JOB("env-file", env_file),
	JOB("generate", generate),
};

static const struct member container_members[] = {
	CONTAINER(image),
	CONTAINER(env),
	CONTAINER(ports),
	CONTAINER(volumes),
	CONTAINER(options),
	CONTAINER(credentials),
	CONTAINER(entrypoint),
	CONTAINER(command),
	CONTAINER(ready),
	CONTAINER(pull),
};

static void
fill(void *thing, const struct value *map, const struct member *members,
    size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct value *value = value_get(map, members[i].key);

		memcpy((char *)thing + members[i].offset, &value,
		    sizeof(value));
	}
}

struct workflow_container
model_container(const struct value *value)
{
	struct workflow_container c = { .value = value };

	if (value == NULL)
		return c;
	fill(&c, value, container_members, ARRAY_LEN(container_members));
	if (value->kind == VALUE_STRING || value->kind == VALUE_EXPR)
		c.image = value;
	return c;
}

static void
read_services(struct reader *r, struct workflow_job *job)
{
	const struct value *map = job->services_value;

	for (size_t i = 0; map != NULL && i < map->n_pairs; i++) {
		struct workflow_container *c = arena_push(r->a,
		    &job->services, &job->n_services, sizeof(*c));

		*c = model_container(map->pairs[i].value);
		c->name = map->pairs[i].key->text;
		c->key = map->pairs[i].key;
	}
}

/* Ours (`matrix` right under a job) or GitHub's. */
static struct workflow_strategy
read_strategy(const struct value *job)
{
	const struct value *value = value_get(job, "strategy");
	struct workflow_strategy s = { .value = value,
		.matrix = value_get(value, "matrix"),
		.fail_fast = value_get(value, "fail-fast"),
		.max_parallel = value_get(value, "max-parallel") };

	if (s.matrix == NULL)
		s.matrix = value_get(job, "matrix");
	return s;
}

/* `environment` is a place to deploy to, or ours: variables. */
static void
read_environment(struct workflow_job *job)
{
	const struct value *value = value_get(job->value, "environment");
	struct workflow_environment *e = &job->environment;

	if (value == NULL)
		return;
	if (value->kind == VALUE_MAP && value->n_pairs > 0 &&
	    value->pairs[0].row == NULL) {
		if (job->env == NULL)
			job->env = value;
		return;
	}
	e->value = value;
	if (value->kind != VALUE_MAP)
		e->name = value;
	else
		e->name = value_get(value, "name");
	e->url = value_get(value, "url");
	e->deployment = value_get(value, "deployment");
}

static void
read_job(struct reader *r, const struct value_pair *pair)
{
	struct workflow_job *job = arena_push(r->a, &r->w->jobs,
	    &r->w->n_jobs, sizeof(*job));
	const struct value *image;

	job->id = pair->key->text;
	job->key = pair->key;
	job->value = pair->value;
	fill(job, job->value, job_members, ARRAY_LEN(job_members));
	if (job->name != NULL && value_literal(job->name) != NULL &&
	    job->name->text[0] == '\0')
		job->name = NULL; /* blank: as if there were none */
	job->timeout = model_timeout(r, job->value);
	job->kind = job->uses != NULL ? JOB_CALL : JOB_STEPS;
	job->condition = model_condition(r, job->if_written, job->key);
	job->strategy = read_strategy(job->value);
	job->concurrency = model_concurrency(value_get(job->value,
	    "concurrency"));
	job->defaults = model_defaults(value_get(job->value, "defaults"));
	job->container = model_container(value_get(job->value, "container"));
	image = value_get(job->value, "image");
	if (job->container.image == NULL)
		job->container.image = image;
	read_environment(job);
	read_services(r, job);
	model_texts(r, value_get(job->value, "needs"), &job->needs,
	    &job->n_needs);
	model_steps(r, value_get(job->value, "steps"), &job->steps,
	    &job->n_steps);
	typed_job(r, job);
	model_storage(r, job);
}

void
model_jobs(struct reader *r, const struct value *jobs)
{
	if (jobs == NULL || jobs->kind != VALUE_MAP)
		return;
	if (jobs->n_pairs == 0)
		report_value(r, jobs, "no-value", "add a job",
		    "The workflow must contain at least one job with no "
		    "dependencies.");
	if (jobs->n_pairs > MAX_JOBS) {
		report_value(r, jobs->pairs[MAX_JOBS].key, "too-many",
		    "spread them over several files",
		    "the file has %zu jobs; at most %d are allowed",
		    jobs->n_pairs, MAX_JOBS);
		return;
	}
	for (size_t i = 0; i < jobs->n_pairs; i++)
		if (jobs->pairs[i].key->kind == VALUE_STRING)
			read_job(r, &jobs->pairs[i]);
}
