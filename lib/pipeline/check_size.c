/*
 * check_size.c - what a file may hold beyond its own bytes: variables of one
 * place, and text with aliases counted at each use, for every job is stored
 * and its variables are given to every step.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <string.h>

#include "lib/pipeline/check.h"

/* Text of all jobs together. */
#define MAX_TEXT_BYTES ((size_t)16 * 1024 * 1024)

/* --- variables ------------------------------------------------------------------ */

static void
check_name(struct checker *c, const struct value *key)
{
	if (key->kind != VALUE_STRING || key->failed)
		return;
	for (const char *s = key->text; *s != '\0'; s++)
		if ((unsigned char)*s <= ' ' || strchr("=&\x7f", *s) != NULL) {
			diag_error(c->d, key->pos, key->width, "wrong-name",
			    "without blanks, \"=\" and \"&\"", "\"%s\" cannot "
			    "be the name of an environment variable",
			    key->text);
			return;
		}
}

static void
check_env(struct checker *c, const struct value *env)
{
	if (env == NULL || env->kind != VALUE_MAP)
		return;
	if (env->n_pairs > MAX_ENV)
		diag_error(c->d, env->pos, env->width, "too-many", NULL,
		    "\"env\" has %zu variables; at most %d are allowed",
		    env->n_pairs, MAX_ENV);
	for (size_t i = 0; i < env->n_pairs && i < MAX_ENV; i++)
		check_name(c, env->pairs[i].key);
}

static void
check_steps(struct checker *c, const struct workflow_step *steps, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		check_env(c, steps[i].env);
		check_steps(c, steps[i].steps, steps[i].n_steps);
	}
}

/* --- text ----------------------------------------------------------------------- */

/* Bytes of text; no more is looked at than is needed to know that it is
 * more than `most`. */
static size_t
text_size(const struct value *v, size_t most)
{
	size_t n = v->text != NULL ? strlen(v->text) : 0;

	for (size_t i = 0; i < v->n_items && n <= most; i++)
		n += text_size(v->items[i], most);
	for (size_t i = 0; i < v->n_pairs && n <= most; i++)
		n += text_size(v->pairs[i].key, most) +
		    text_size(v->pairs[i].value, most);
	return n;
}

static void
check_text(struct checker *c)
{
	const struct workflow *w = c->w;
	size_t shared = w->env != NULL ? text_size(w->env, MAX_TEXT_BYTES) : 0;
	size_t n = 0;

	for (size_t i = 0; i < w->n_jobs; i++) {
		n += shared + text_size(w->jobs[i].value, MAX_TEXT_BYTES);
		if (n <= MAX_TEXT_BYTES)
			continue;
		diag_error(c->d, w->jobs[i].key->pos, w->jobs[i].key->width,
		    "too-large", NULL, "up to this job the file has more than "
		    "%zu MiB of text, with aliases and variables counted at "
		    "each use", MAX_TEXT_BYTES / 1024 / 1024);
		return;
	}
}

void
check_sizes(struct checker *c)
{
	check_env(c, c->w->env);
	for (size_t i = 0; i < c->w->n_jobs; i++) {
		check_env(c, c->w->jobs[i].env);
		check_steps(c, c->w->jobs[i].steps, c->w->jobs[i].n_steps);
	}
	check_text(c);
}
