/*
 * reports.h - what jobs have to say beside their logs (annotations, summaries),
 * and what became of the logs' files.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_REPORTS_H
#define PAWL_STORE_REPORTS_H

#include "lib/store/store.h"

/* An error, warning or notice that a step has printed. */
struct annotation {
	int64_t job;
	const char *key, *job_title; /* of the job, for reading */
	int step;
	const char *level;           /* "error", "warning", "notice" */
	const char *title, *file;    /* or NULL */
	int line, end_line, col, end_col; /* 0: none */
	const char *message;
};

/* Store one; `number` counts those of an attempt from 1. Nothing happens when
 * the job is another attempt's. */
int
annotation_add(struct store *st, int attempt, int number,
    const struct annotation *a, struct err *err);

/* Those of a run, of the newest attempts, errors first. */
#define ANNOTATIONS_SHOWN 200
int
annotation_list(struct store *st, int64_t run, struct arena *a,
    struct annotation **out, size_t *n, struct err *err);

/* What a step has written to GITHUB_STEP_SUMMARY, as finished HTML. */
struct summary {
	int64_t id, job;
	const char *key, *job_title;
	int step;
	const char *title; /* of the step */
	int64_t bytes;     /* of the HTML */
};

int
summary_set(struct store *st, int64_t job, int attempt, int step,
    const char *title, const char *html, struct err *err);

/* GitHub shows 20 of a run. */
#define SUMMARIES_SHOWN 20
int
summary_list(struct store *st, int64_t run, struct arena *a,
    struct summary **out, size_t *n, struct err *err);
int
summary_html(struct store *st, int64_t id, struct arena *a,
    const char **html, struct err *err);

/* Runs whose logs' files are to be packed or removed: those that ended before
 * `before_ms`, the oldest first, at most LOGS_AT_ONCE. */
#define LOGS_AT_ONCE 500
enum logs_state { LOGS_PLAIN, LOGS_PACKED, LOGS_GONE };
struct logs_run {
	int64_t id;
	const char *owner, *name;
	int64_t number;
	int attempt;
};
int
logs_old(struct store *st, enum logs_state next, int64_t before_ms,
    struct arena *a, struct logs_run **out, size_t *n, struct err *err);
int
logs_set(struct store *st, int64_t run, enum logs_state state,
    struct err *err);

#endif
