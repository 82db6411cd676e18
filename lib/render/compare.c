/*
 * compare.c - see compare.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/render/compare.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/map.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/render/json.h"

#define OUTPUTS_MAX 100 /* of a job that are compared */

static const char *const names[COMPARE_N] = {
	[COMPARE_ONLY_LEFT] = "left_only",
	[COMPARE_ONLY_RIGHT] = "right_only",
	[COMPARE_LEFT_SKIPPED] = "left_skipped",
	[COMPARE_RIGHT_SKIPPED] = "right_skipped",
	[COMPARE_STATUS_DIFFERENT] = "status_different",
	[COMPARE_OUTPUT_DIFFERENT] = "output_different",
	[COMPARE_SETTINGS_DIFFERENT] = "settings_different",
	[COMPARE_IDENTICAL] = "identical",
};

const char *
compare_status_name(enum compare_status status)
{
	return names[status];
}

/* --- fields -------------------------------------------------------------- */

/* The lists of a job and of a run grow in the same way. */
struct fields {
	struct compare_field **of;
	size_t *n;
	struct arena *a;
};

static void
add_field(struct fields *f, const char *name, const char *left,
    const char *right)
{
	struct compare_field *field;

	if (str_equal(left, right))
		return;
	field = arena_push(f->a, f->of, f->n, sizeof(*field));
	*field = (struct compare_field){ name, left, right };
}

/* A member as JSON, or NULL. */
static const char *
member_text(const json_t *o, const char *name, struct arena *a)
{
	const json_t *value = json_object_get(o, name);
	char *s = value == NULL ? NULL : json_dumps(value,
	    JSON_ENCODE_ANY | JSON_SORT_KEYS | JSON_COMPACT);
	const char *text = arena_strdup(a, s);

	free(s);
	return text;
}

/* Members of two objects that differ, as "PREFIX.NAME". */
static void
add_members(struct fields *f, const char *prefix, const char *left,
    const char *right)
{
	json_t *l = left != NULL ? json_loads(left, 0, NULL) : NULL;
	json_t *r = right != NULL ? json_loads(right, 0, NULL) : NULL;
	json_t *value;
	const char *name;
	size_t n = 0;

	json_object_foreach(l, name, value)
		if (!json_equal(value, json_object_get(r, name)) &&
		    n++ < OUTPUTS_MAX)
			add_field(f, arena_printf(f->a, "%s.%s", prefix,
			    name), member_text(l, name, f->a),
			    member_text(r, name, f->a));
	json_object_foreach(r, name, value)
		if (json_object_get(l, name) == NULL && n++ < OUTPUTS_MAX)
			add_field(f, arena_printf(f->a, "%s.%s", prefix,
			    name), NULL, member_text(r, name, f->a));
	json_decref(l);
	json_decref(r);
}

/* --- jobs ---------------------------------------------------------------- */

static const char *
state_of(const struct job *j)
{
	return machine_state_name(MACHINE_JOB, (int)j->state);
}

static const char *
code_of(const struct job *j, struct arena *a)
{
	return j->exit_code == -1 ? NULL : arena_printf(a, "%d",
	    j->exit_code);
}

static enum compare_status
status_of(const struct compare_row *row, size_t n_before_outputs,
    size_t n_before_settings)
{
	if (row->right == NULL)
		return COMPARE_ONLY_LEFT;
	if (row->left == NULL)
		return COMPARE_ONLY_RIGHT;
	if (row->left->state != row->right->state) {
		if (row->left->state == JOB_SKIPPED)
			return COMPARE_LEFT_SKIPPED;
		if (row->right->state == JOB_SKIPPED)
			return COMPARE_RIGHT_SKIPPED;
	}
	if (n_before_outputs > 0)
		return COMPARE_STATUS_DIFFERENT;
	if (n_before_settings > n_before_outputs)
		return COMPARE_OUTPUT_DIFFERENT;
	return row->n_fields > n_before_settings ?
	    COMPARE_SETTINGS_DIFFERENT : COMPARE_IDENTICAL;
}

static void
compare_jobs(struct compare_row *row, struct arena *a)
{
	struct fields f = { &row->fields, &row->n_fields, a };
	size_t states, outputs;

	if (row->left == NULL || row->right == NULL) {
		row->status = status_of(row, 0, 0);
		return;
	}
	add_field(&f, "state", state_of(row->left), state_of(row->right));
	add_field(&f, "exit_code", code_of(row->left, a),
	    code_of(row->right, a));
	states = row->n_fields;
	/* What did not run has no outputs and was set up nowhere. */
	if (row->left->state == JOB_SKIPPED ||
	    row->right->state == JOB_SKIPPED) {
		row->status = status_of(row, states, states);
		return;
	}
	add_members(&f, "outputs", row->left_place->outputs,
	    row->right_place->outputs);
	outputs = row->n_fields;
	add_field(&f, "image", row->left_place->image,
	    row->right_place->image);
	add_field(&f, "labels", row->left_place->labels,
	    row->right_place->labels);
	add_field(&f, "environment", row->left_place->environment,
	    row->right_place->environment);
	add_field(&f, "engine", row->left->engine, row->right->engine);
	row->status = status_of(row, states, outputs);
}

/* Pairs of jobs with the same key. */
static void
pair(struct compare *c, struct arena *a)
{
	const struct compare_side *l = c->left, *r = c->right;
	struct map right = MAP_INIT, left = MAP_INIT;

	for (size_t i = 0; i < r->n_jobs; i++)
		map_set(&right, r->jobs[i].key, &r->jobs[i]);
	c->rows = arena_alloc(a, (l->n_jobs + r->n_jobs + 1) *
	    sizeof(*c->rows));
	for (size_t i = 0; i < l->n_jobs; i++) {
		const struct job *other = map_get(&right, l->jobs[i].key);

		map_set(&left, l->jobs[i].key, &l->jobs[i]);
		c->rows[c->n_rows++] = (struct compare_row){
			.key = l->jobs[i].key, .left = &l->jobs[i],
			.right = other, .left_place = &l->places[i],
			.right_place = other != NULL ?
			    &r->places[other - r->jobs] : NULL };
	}
	for (size_t i = 0; i < r->n_jobs; i++)
		if (map_get(&left, r->jobs[i].key) == NULL)
			c->rows[c->n_rows++] = (struct compare_row){
				.key = r->jobs[i].key, .right = &r->jobs[i],
				.right_place = &r->places[i] };
	map_release(&right);
	map_release(&left);
}

/* When a pair was over on either side, counted from its run's start: what
 * never ended comes last. */
static int64_t
end_of(const struct compare *c, const struct compare_row *row)
{
	int64_t end = INT64_MAX;

	if (row->left != NULL && row->left->finished_at_ms != 0)
		end = row->left->finished_at_ms - c->left->run.created_at_ms;
	if (row->right != NULL && row->right->finished_at_ms != 0 &&
	    row->right->finished_at_ms - c->right->run.created_at_ms < end)
		end = row->right->finished_at_ms -
		    c->right->run.created_at_ms;
	return end;
}

/* --- all ----------------------------------------------------------------- */

static void
compare_facts(struct compare *c, struct arena *a)
{
	const struct run *l = &c->left->run, *r = &c->right->run;
	struct fields f = { &c->fields, &c->n_fields, a };

	add_field(&f, "state", machine_state_name(MACHINE_RUN,
	    (int)l->state), machine_state_name(MACHINE_RUN, (int)r->state));
	add_field(&f, "event", l->event, r->event);
	add_field(&f, "actor", l->actor, r->actor);
	add_field(&f, "ref", l->ref, r->ref);
	add_field(&f, "sha", l->sha, r->sha);
	add_field(&f, "title", l->title, r->title);
	add_field(&f, "workflow", l->workflow, r->workflow);
	add_field(&f, "file", l->file, r->file);
	if (l->file_version != r->file_version)
		add_field(&f, "file_version", arena_printf(a, "%" PRId64,
		    l->file_version), arena_printf(a, "%" PRId64,
		    r->file_version));
	add_members(&f, "inputs", c->left->event.inputs,
	    c->right->event.inputs);
	add_field(&f, "variables", c->left->event.vars,
	    c->right->event.vars);
	add_field(&f, "debug", l->debug ? "true" : "false",
	    r->debug ? "true" : "false");
}

void
compare_runs(struct compare *c, const struct compare_side *left,
    const struct compare_side *right, struct arena *a)
{
	*c = (struct compare){ .left = left, .right = right };
	compare_facts(c, a);
	pair(c, a);
	for (size_t i = 0; i < c->n_rows; i++) {
		struct compare_row *row = &c->rows[i];

		compare_jobs(row, a);
		if (row->status == COMPARE_IDENTICAL)
			continue;
		c->n_different++;
		if (c->first == NULL || end_of(c, row) < end_of(c, c->first))
			c->first = row;
	}
}

/* --- JSON ---------------------------------------------------------------- */

static json_t *
span_of(int64_t from_ms, int64_t to_ms)
{
	return from_ms != 0 && to_ms >= from_ms ?
	    json_integer(to_ms - from_ms) : json_null();
}

static json_t *
fields_json(const struct compare_field *fields, size_t n)
{
	json_t *o = json_object();

	for (size_t i = 0; i < n; i++)
		json_object_set_new(o, fields[i].name, json_pack(
		    "{s:o, s:o}", "left", json_text_of(fields[i].left),
		    "right", json_text_of(fields[i].right)));
	return o;
}

static json_t *
output_json(const struct job_place *place)
{
	json_t *o = place != NULL && place->outputs != NULL ?
	    json_loads(place->outputs, 0, NULL) : NULL;

	return o != NULL ? o : json_null();
}

static json_t *
row_json(const struct compare_row *row)
{
	const struct job *l = row->left, *r = row->right;
	/* What was left out says why. */
	const char *reason = row->status == COMPARE_LEFT_SKIPPED ? l->reason :
	    r != NULL ? r->reason : l->reason;

	return json_pack("{s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
	    "step", json_text_of(row->key), "status", names[row->status],
	    "left_output", output_json(row->left_place), "right_output",
	    output_json(row->right_place), "diff", fields_json(row->fields,
	    row->n_fields), "reason", row->status == COMPARE_IDENTICAL ?
	    json_null() : json_text_of(reason), "left_state",
	    json_text_of(l != NULL ? state_of(l) : NULL), "right_state",
	    json_text_of(r != NULL ? state_of(r) : NULL),
	    "left_duration_ms", l != NULL ? span_of(l->started_at_ms,
	    l->finished_at_ms) : json_null(), "right_duration_ms",
	    r != NULL ? span_of(r->started_at_ms, r->finished_at_ms) :
	    json_null());
}

json_t *
compare_json(const struct compare *c)
{
	const struct run *l = &c->left->run, *r = &c->right->run;
	json_t *steps = json_array();

	for (size_t i = 0; i < c->n_rows; i++)
		json_array_append_new(steps, row_json(&c->rows[i]));
	return json_pack("{s:s, s:s, s:{s:s, s:s, s:o, s:o, s:I, s:I}, s:o, "
	    "s:o, s:o}", "left", l->uuid, "right", r->uuid, "summary",
	    "left_status", machine_state_name(MACHINE_RUN, (int)l->state),
	    "right_status", machine_state_name(MACHINE_RUN, (int)r->state),
	    "left_duration_ms", span_of(l->started_at_ms, l->finished_at_ms),
	    "right_duration_ms", span_of(r->started_at_ms,
	    r->finished_at_ms), "steps_different",
	    (json_int_t)c->n_different, "steps_identical",
	    (json_int_t)(c->n_rows - c->n_different), "diff",
	    fields_json(c->fields, c->n_fields), "first_different",
	    json_text_of(c->first != NULL ? c->first->key : NULL),
	    "step_diffs", steps);
}
