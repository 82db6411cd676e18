/*
 * job_plan_support.c - can this version run what a job says?
 *
 * The rows of the schema know; every value remembers its row. A key that
 * changes nothing of what a job does is a warning, every other one that is
 * not done is an error: nothing may run otherwise than it is written.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/job_plan_maker.h"

#include "lib/pipeline/schema.h"

static void
check_value(struct maker *m, const struct value *value);

static void
check_pair(struct maker *m, const struct value_pair *pair)
{
	const struct schema_key *row = pair->row;
	const struct value *key = pair->key;

	if (row == NULL || row->state == SCHEMA_DONE)
		check_value(m, pair->value);
	else if (row->state == SCHEMA_IGNORED)
		diag_warning(m->d, key->pos, key->width, "ignored-key",
		    row->instead, "key \"%s\" has no effect in this version "
		    "of Pawl", key->text);
	else
		diag_error(m->d, key->pos, key->width, "unsupported-key",
		    row->instead, "key \"%s\" is not supported by this "
		    "version of Pawl, though the language has it",
		    key->text);
}

static void
check_value(struct maker *m, const struct value *value)
{
	for (size_t i = 0; i < value->n_items; i++)
		check_value(m, value->items[i]);
	for (size_t i = 0; i < value->n_pairs; i++)
		check_pair(m, &value->pairs[i]);
}

/* The job, and what stands at the top of its file beside jobs and "on". */
void
maker_check_support(struct maker *m)
{
	const struct workflow *w = m->from->call->workflow;

	for (size_t i = 0; i < w->value->n_pairs; i++) {
		const struct value_pair *pair = &w->value->pairs[i];

		if (pair->value != w->on &&
		    value_get(w->value, "jobs") != pair->value)
			check_pair(m, pair);
	}
	check_value(m, m->from->job->value);
}
