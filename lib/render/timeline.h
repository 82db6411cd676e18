/*
 * timeline.h - when the jobs of a run waited and ran, as bars on one axis.
 *
 * Bars are SVG whose places are parts of the width, so that they fit any
 * screen; colours are classes: those of look_word(), and "retried" for what
 * succeeded, but not at once. All of it is pure.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RENDER_TIMELINE_H
#define PAWL_RENDER_TIMELINE_H

#include <jansson.h>
#include "lib/store/details.h"
#include "lib/store/runs.h"

/* The axis. */
struct timeline {
	int64_t from_ms, to_ms; /* to_ms is after from_ms */
	int64_t tick_ms;        /* between two marks */
};

/* From the run's start to its end, or to `now_ms` while it goes on. What was
 * carried over from an earlier attempt is before that. */
void
timeline_init(struct timeline *t, const struct run *run,
    const struct job *jobs, size_t n, int64_t now_ms);

/* Append the marks with their times as <svg>. */
void
timeline_axis_svg(const struct timeline *t, struct str *out);

/*
 * Append <svg> with a bar from `from_ms` to `to_ms` (0: to the end of the
 * axis), and before it a thin one from `free_ms` on (0: none), the time in
 * which it could have run. What begins at 0 has no bar. What lies outside of
 * the axis is cut.
 */
void
timeline_bar_svg(const struct timeline *t, int64_t free_ms, int64_t from_ms,
    int64_t to_ms, const char *class, struct str *out);

/* The class of a job's bar. */
const char *
timeline_class(const struct job *job);

/* What an execution did, in the form that API and exports have: its steps are
 * the jobs, and theirs those of the job. Lists are as read; `critical` has a
 * place for each job. */
struct timeline_facts {
	const struct run *run;
	const struct job *jobs;
	size_t n_jobs;
	const struct step *steps; /* by job */
	size_t n_steps;
	const struct job_place *places; /* one for each job */
	const bool *critical;
};
json_t *
timeline_json(const struct timeline_facts *f);

#endif
