/*
 * why.h - why a job ran, waits, was skipped, tried again, cancelled, or
 * failed; and the same of a run. For `pawl why`, the API and the pages alike.
 *
 * All of it is what was stored when it happened: events, what the decision
 * said, and the pipeline files as they were when the run was made. Nothing is
 * evaluated again, so the answer is the same whatever became of the
 * repository since. Only why a pending job waits is asked of the queue as it
 * is now.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RENDER_WHY_H
#define PAWL_RENDER_WHY_H

#include <jansson.h>
#include "lib/base/conf.h"
#include "lib/store/runs.h"

/* What a line is about. */
enum why_kind {
	WHY_ANSWER,   /* the whole in one sentence */
	WHY_RUN,      /* the event and the rule that started the run */
	WHY_RERUN,    /* it is another attempt: of what, who asked */
	WHY_JOB,      /* where the job is written, its matrix */
	WHY_DECISION, /* `needs`, `if`, groups, max-parallel */
	WHY_GATE,     /* an approval, or a time */
	WHY_QUEUE,    /* it became free to start, and was taken */
	WHY_ATTEMPT,  /* it was started */
	WHY_LOST,     /* an attempt was lost to the host */
	WHY_RETRY,    /* an attempt failed, and `retry` asks for another */
	WHY_CANCEL,   /* somebody asked for its end */
	WHY_STEP,     /* a step that failed */
	WHY_END,
	WHY_N,
};

struct why_line {
	enum why_kind kind;
	const char *text;   /* a sentence */
	const char *file;   /* of the rule; NULL: none */
	int line, col;      /* from 1; 0: not known */
	const char *values; /* "text => value" in lines; NULL: none */
	int64_t at_ms;      /* 0: not known */
};

/* The answer first, then what led to it in order of time. */
struct why {
	struct why_line *lines;
	size_t n;
};

/* Texts live in `a`. */
int
why_run(struct store *st, const struct run *run, struct arena *a,
    struct why *out, struct err *err);
int
why_job(struct store *st, const struct config *config, const struct run *run,
    const struct job *job, struct arena *a, struct why *out,
    struct err *err);

/* Does the text name the place itself? */
bool
why_says_place(const struct why_line *line);

/* "answer", "run", ... */
const char *
why_kind_name(enum why_kind kind);

/* A list of objects, in the same order. */
json_t *
json_why(const struct why *why);

#endif
