/*
 * compare.h - two runs beside each other: what started them, and of each job
 * what became of it, what it gave and where it ran.
 *
 * It is pure: what is read is given, and the same runs give the same answer.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RENDER_COMPARE_H
#define PAWL_RENDER_COMPARE_H

#include <jansson.h>
#include "lib/store/details.h"
#include "lib/store/runs.h"

/* One of them. `places` has an entry for each job. */
struct compare_side {
	struct run run;
	struct run_event event;
	struct job *jobs;
	struct job_place *places;
	size_t n_jobs;
};

/* What a job is to the one with the same key on the other side; the first
 * that fits. */
enum compare_status {
	COMPARE_ONLY_LEFT, COMPARE_ONLY_RIGHT,
	COMPARE_LEFT_SKIPPED, COMPARE_RIGHT_SKIPPED,
	COMPARE_STATUS_DIFFERENT,
	COMPARE_OUTPUT_DIFFERENT,
	COMPARE_SETTINGS_DIFFERENT, /* image, labels, environment */
	COMPARE_IDENTICAL,
	COMPARE_N
};

/* A field with another value; NULL: there is none. Outputs are named
 * "outputs.NAME" and are JSON. */
struct compare_field {
	const char *name, *left, *right;
};

struct compare_row {
	const char *key;
	const struct job *left, *right; /* or NULL */
	const struct job_place *left_place, *right_place;
	enum compare_status status;
	struct compare_field *fields;
	size_t n_fields;
};

struct compare {
	const struct compare_side *left, *right;
	struct compare_row *rows; /* in the order of the left one's jobs, then
	                             those that only the right one has */
	size_t n_rows;
	size_t n_different;
	const struct compare_row *first; /* that differs: the one that ended
	                                    first; or NULL */
	struct compare_field *fields;    /* of the runs themselves */
	size_t n_fields;
};

/* Texts live in `a`, or where they came from. */
void
compare_runs(struct compare *c, const struct compare_side *left,
    const struct compare_side *right, struct arena *a);

/* "output_different": for programs. */
const char *
compare_status_name(enum compare_status status);

/*
 * {"summary": {left_status, right_status, left_duration_ms,
 * right_duration_ms, steps_different, steps_identical}, "diff": {FIELD:
 * {left, right}}, "step_diffs": [{step, status, left_output, right_output,
 * diff, reason, ...}]}; a step is a job.
 */
json_t *
compare_json(const struct compare *c);

#endif
