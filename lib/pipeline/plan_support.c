/*
 * plan_support.c - can this version run what the workflow says?
 *
 * The rows of the schema know; every value remembers its row. A key that
 * changes nothing of what a job does is a warning, every other one that is
 * not done is an error: nothing may run otherwise than it is written.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <string.h>

#include "lib/pipeline/plan_internal.h"
#include "lib/pipeline/schema.h"

static void
check_value(struct planner *pl, const struct value *value);

static void
check_pair(struct planner *pl, const struct value_pair *pair)
{
	const struct schema_key *row = pair->row;
	const struct value *key = pair->key;

	if (row == NULL || row->state == SCHEMA_DONE) {
		check_value(pl, pair->value);
		return;
	}
	if (row->state == SCHEMA_IGNORED)
		diag_warning(pl->d, key->pos, key->width, "ignored-key",
		    row->instead, "key \"%s\" has no effect in this version "
		    "of Pawl", key->text);
	else
		diag_error(pl->d, key->pos, key->width, "unsupported-key",
		    row->instead, "key \"%s\" is not supported by this "
		    "version of Pawl, though the language has it",
		    key->text);
}

static void
check_value(struct planner *pl, const struct value *value)
{
	for (size_t i = 0; i < value->n_items; i++)
		check_value(pl, value->items[i]);
	for (size_t i = 0; i < value->n_pairs; i++)
		check_pair(pl, &value->pairs[i]);
}

/* The filters of other events than push never decide here. */
static void
check_on(struct planner *pl, const struct value *on)
{
	for (size_t i = 0; on != NULL && i < on->n_pairs; i++)
		if (strcmp(on->pairs[i].key->text, "push") == 0)
			check_value(pl, on->pairs[i].value);
}

static void
check_environments(struct planner *pl, const struct workflow *w)
{
	for (size_t i = 0; i < w->n_jobs; i++) {
		const struct value *v = w->jobs[i].environment.value;

		if (v != NULL && v->kind != VALUE_MAP)
			diag_error(pl->d, v->pos, v->width, "unsupported-key",
			    "for variables write \"env\"", "key "
			    "\"environment\" is not supported by this version "
			    "of Pawl, though the language has it");
	}
}

void
plan_support(struct planner *pl, const struct workflow *w)
{
	for (size_t i = 0; i < w->value->n_pairs; i++)
		if (w->value->pairs[i].value == w->on)
			check_on(pl, w->on);
		else
			check_pair(pl, &w->value->pairs[i]);
	check_environments(pl, w);
}
