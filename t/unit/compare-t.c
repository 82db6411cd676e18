/*
 * compare-t.c - two runs beside each other.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/str.h"
#include "lib/render/compare.h"
#include "t/lib/tap.h"

static struct arena arena;

static struct job
job(const char *key, enum job_state state, int64_t end)
{
	return (struct job){ .key = key, .title = key, .state = state,
		.exit_code = state == JOB_FAILED ? 1 : -1, .reason =
		state == JOB_SKIPPED ? "needs validate, which failed" : NULL,
		.started_at_ms = state == JOB_SKIPPED ? 0 : 10,
		.finished_at_ms = end };
}

static struct compare_side
side(struct job *jobs, struct job_place *places, size_t n)
{
	return (struct compare_side){ .run = { .uuid = "u", .state =
		RUN_SUCCEEDED, .event = "push", .actor = "a", .ref = "r",
		.sha = "s", .title = "t", .workflow = "w", .file = "f",
		.started_at_ms = 1, .finished_at_ms = 1001 },
		.jobs = jobs, .places = places, .n_jobs = n };
}

/* "a=identical b=output_different; first a" */
static const char *
words(const struct compare *c)
{
	struct str s = STR_INIT;
	const char *out;

	for (size_t i = 0; i < c->n_rows; i++)
		str_addf(&s, "%s=%s ", c->rows[i].key,
		    compare_status_name(c->rows[i].status));
	str_addf(&s, "first %s", c->first != NULL ? c->first->key : "none");
	out = arena_strdup(&arena, s.s);
	str_release(&s);
	return out;
}

/* Two of five differ: one gave another output, one was skipped. */
static void
test_five(void)
{
	struct job l[] = { job("fetch", JOB_SUCCEEDED, 20),
		job("parse", JOB_SUCCEEDED, 30),
		job("validate", JOB_SUCCEEDED, 40),
		job("charge", JOB_SUCCEEDED, 50),
		job("notify", JOB_SUCCEEDED, 60) };
	struct job r[] = { job("fetch", JOB_SUCCEEDED, 20),
		job("parse", JOB_SUCCEEDED, 30),
		job("validate", JOB_SUCCEEDED, 44),
		job("charge", JOB_SKIPPED, 50),
		job("notify", JOB_SUCCEEDED, 60) };
	struct job_place lp[5] = { { .outputs = "{\"n\":1}" },
		{ .image = "debian" },
		{ .outputs = "{\"valid\":true,\"n\":2}" } };
	struct job_place rp[5] = { { .outputs = "{ \"n\": 1 }" },
		{ .image = "debian" },
		{ .outputs = "{\"valid\":false,\"n\":2,\"why\":\"x\"}" } };
	struct compare_side left = side(l, lp, 5), right = side(r, rp, 5);
	struct compare c;
	json_t *o, *step;
	char *s;

	compare_runs(&c, &left, &right, &arena);
	is_str(words(&c), "fetch=identical parse=identical "
	    "validate=output_different charge=right_skipped notify=identical "
	    "first validate", "two differ, three do not");
	o = compare_json(&c);
	s = json_dumps(json_object_get(o, "summary"), JSON_COMPACT);
	is_str(s, "{\"left_status\":\"succeeded\",\"right_status\":"
	    "\"succeeded\",\"left_duration_ms\":1000,\"right_duration_ms\":"
	    "1000,\"steps_different\":2,\"steps_identical\":3}", "the sum");
	free(s);
	step = json_array_get(json_object_get(o, "step_diffs"), 2);
	s = json_dumps(json_object_get(step, "diff"), JSON_COMPACT);
	is_str(s, "{\"outputs.valid\":{\"left\":\"true\",\"right\":\"false\"},"
	    "\"outputs.why\":{\"left\":null,\"right\":\"\\\"x\\\"\"}}",
	    "the fields that differ");
	free(s);
	step = json_array_get(json_object_get(o, "step_diffs"), 3);
	is_str(json_string_value(json_object_get(step, "reason")),
	    "needs validate, which failed", "why it was skipped");
	json_decref(o);
}

static void
test_statuses(void)
{
	struct job l[] = { job("a", JOB_SUCCEEDED, 20),
		job("b", JOB_SKIPPED, 30), job("c", JOB_SUCCEEDED, 40),
		job("gone", JOB_SUCCEEDED, 10) };
	struct job r[] = { job("new", JOB_SUCCEEDED, 5),
		job("c", JOB_SUCCEEDED, 40), job("b", JOB_SUCCEEDED, 30),
		job("a", JOB_FAILED, 25) };
	struct job_place lp[4] = { { 0 } }, rp[4] = { { 0 }, { .image =
		"debian:13" } };
	struct compare_side left = side(l, lp, 4), right = side(r, rp, 4);
	struct compare c;

	compare_runs(&c, &left, &right, &arena);
	is_str(words(&c), "a=status_different b=left_skipped "
	    "c=settings_different gone=left_only new=right_only first new",
	    "each way in which jobs differ");
	is_int((long long)c.rows[0].n_fields, 2, "state and exit code");
}

static void
test_same(void)
{
	struct job l[] = { job("a", JOB_SUCCEEDED, 20) };
	struct job_place lp[1] = { { 0 } };
	struct compare_side left = side(l, lp, 1), right = side(l, lp, 1);
	struct compare_side none = side(NULL, NULL, 0);
	struct compare c;

	compare_runs(&c, &left, &right, &arena);
	is_str(words(&c), "a=identical first none", "a run and itself");
	is_int((long long)c.n_fields, 0, "nothing about it differs");
	compare_runs(&c, &none, &none, &arena);
	is_str(words(&c), "first none", "runs without jobs");
}

static void
test_facts(void)
{
	struct compare_side left = side(NULL, NULL, 0);
	struct compare_side right = side(NULL, NULL, 0);
	struct compare c;

	right.run.sha = "s2";
	right.run.file_version = 3;
	left.event.inputs = "{\"to\":\"a\"}";
	right.event.inputs = "{\"to\":\"b\"}";
	right.event.vars = "[\"X\"]";
	compare_runs(&c, &left, &right, &arena);
	is_int((long long)c.n_fields, 4, "what differs of the runs");
	is_str(c.fields[0].name, "sha", "the commit");
	is_str(c.fields[1].right, "3", "the version of the file");
	is_str(c.fields[2].name, "inputs.to", "an input");
	is_str(c.fields[3].name, "variables", "the names of variables");
	left.event.inputs = "not JSON";
	compare_runs(&c, &left, &right, &arena);
	is_str(c.fields[2].left, NULL, "what cannot be read is nothing");
}

int
main(void)
{
	arena_init(&arena, 0);
	test_five();
	test_statuses();
	test_same();
	test_facts();
	arena_release(&arena);
	return tap_done();
}
