/*
 * read_job.c - the keys of a job, except its steps.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <string.h>

#include "lib/base/str.h"
#include "lib/pipeline/reader.h"

void
read_job_name(struct reader *r, void *thing, const struct yaml_pair *pair)
{
	struct job_source *job = thing;
	const char *text = value_text(r, pair->value);

	if (text != NULL && text[0] != '\0')
		job->job.name = text;
}

static void
add_need(struct reader *r, void *thing, const struct yaml *item)
{
	struct job_source *job = thing;
	const struct yaml **need;

	if (value_has_expression(r, item))
		return;
	need = arena_push(r->a, &job->needs, &job->n_needs, sizeof(*need));
	*need = item;
}

void
read_job_needs(struct reader *r, void *thing, const struct yaml_pair *pair)
{
	value_each(r, pair, add_need, thing);
}

/* What a reference to an image may be made of; the engine knows the rest. */
static bool
is_image(const char *text)
{
	size_t len = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789._-/:@");

	return len > 0 && text[len] == '\0' && text[0] != '-';
}

static void
set_image(struct reader *r, struct job_source *job,
    const struct yaml *value, const char *text)
{
	if (!is_image(text)) {
		diag_error(r->d, value->pos, value->width, "wrong-value",
		    "such as \"debian:12\" or \"ghcr.io/owner/name:tag\"",
		    "\"%s\" is not the name of an image", text);
		return;
	}
	if (job->image != NULL)
		diag_error(r->d, value->pos, value->width, "two-images",
		    NULL, "job \"%s\" names a second image; the first is in "
		    "line %d", job->job.id, job->image->pos.line);
	job->image = value;
	job->job.image = text;
}

static void
add_label(struct reader *r, void *thing, const struct yaml *item)
{
	struct job_source *job = thing;
	const char *text = value_text(r, item), **label;

	if (text == NULL)
		return;
	if (text[0] == '\0') {
		diag_error(r->d, item->pos, item->width, "no-value", NULL,
		    "\"runs-on\" %s is empty", r->where);
	} else if (strpbrk(text, ":/") != NULL) {
		set_image(r, job, item, text);
	} else {
		label = arena_push(r->a, &job->labels, &job->n_labels,
		    sizeof(*label));
		*label = text;
	}
}

void
read_job_runs_on(struct reader *r, void *thing, const struct yaml_pair *pair)
{
	if (pair->value->type == YAML_LIST && pair->value->n_items == 0)
		diag_error(r->d, pair->value->pos, pair->value->width,
		    "no-value", NULL, "\"runs-on\" %s lists no label",
		    r->where);
	value_each(r, pair, add_label, thing);
}

void
read_job_image(struct reader *r, void *thing, const struct yaml_pair *pair)
{
	struct job_source *job = thing;
	const char *text = value_word(r, pair);

	if (text != NULL)
		set_image(r, job, pair->value, text);
}

void
read_container_image(struct reader *r, void *thing,
    const struct yaml_pair *pair)
{
	read_job_image(r, thing, pair);
}

void
read_job_container(struct reader *r, void *thing,
    const struct yaml_pair *pair)
{
	struct job_source *job = thing;

	if (pair->value->type == YAML_STRING) {
		read_job_image(r, thing, pair);
		return;
	}
	if (yaml_get(pair->value, "image") == NULL)
		diag_error(r->d, pair->key->pos, pair->key->width,
		    "missing-key", "add \"image:\"",
		    "\"container\" %s has no image", r->where);
	schema_read(r, &schema_container, pair->value, arena_printf(r->a,
	    "in \"container\" of job \"%s\"", job->job.id), job);
}

void
read_job_env(struct reader *r, void *thing, const struct yaml_pair *pair)
{
	struct job_source *job = thing;

	value_env(r, pair, &job->env);
}

/* GitHub's `environment` names a place to deploy to: a text, or a map of
 * `name` and `url`. Ours is another word for env. */
static bool
is_deployment(const struct yaml *value)
{
	size_t n_known;

	if (value->type != YAML_MAP)
		return true;
	n_known = (yaml_get(value, "name") != NULL) +
	    (yaml_get(value, "url") != NULL) +
	    (yaml_get(value, "deployment") != NULL);
	return yaml_get(value, "name") != NULL && n_known == value->n_pairs;
}

void
read_job_environment(struct reader *r, void *thing,
    const struct yaml_pair *pair)
{
	if (is_deployment(pair->value))
		diag_error(r->d, pair->key->pos, pair->key->width,
		    "unsupported-key", "for variables write \"env\"",
		    "deployment environments (key \"environment\" %s) are not "
		    "supported by this version of Pawl", r->where);
	else
		read_job_env(r, thing, pair);
}

void
read_job_minutes(struct reader *r, void *thing, const struct yaml_pair *pair)
{
	struct job_source *job = thing;

	job->job.timeout_ms = value_minutes(r, pair);
}

void
read_job_timeout(struct reader *r, void *thing, const struct yaml_pair *pair)
{
	struct job_source *job = thing;

	job->job.timeout_ms = value_duration(r, pair);
}

void
read_job_steps(struct reader *r, void *thing, const struct yaml_pair *pair)
{
	read_steps(r, thing, pair->value);
}
