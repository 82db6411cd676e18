/*
 * look.c - see look.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/render/look.h"

static const struct {
	const char *word;
	const char *badge;
	const char *color;
} looks[] = {
	[LOOK_PENDING] = { "pending", "pending", "#FF9800" },
	[LOOK_RUNNING] = { "running", "running", "#2196F3" },
	[LOOK_SUCCEEDED] = { "succeeded", "passing", "#4CAF50" },
	[LOOK_FAILED] = { "failed", "failing", "#F44336" },
	[LOOK_CANCELLED] = { "cancelled", "cancelled", "#9f9f9f" },
	[LOOK_SKIPPED] = { "skipped", "skipped", "#9f9f9f" },
};

static const enum look run_looks[] = {
	[RUN_PENDING] = LOOK_PENDING,
	[RUN_RUNNING] = LOOK_RUNNING,
	[RUN_SUCCEEDED] = LOOK_SUCCEEDED,
	[RUN_FAILED] = LOOK_FAILED,
	[RUN_CANCELLED] = LOOK_CANCELLED,
	[RUN_SKIPPED] = LOOK_SKIPPED,
};

static const enum look job_looks[] = {
	[JOB_BLOCKED] = LOOK_PENDING,
	[JOB_WAITING] = LOOK_PENDING,
	[JOB_PENDING] = LOOK_PENDING,
	[JOB_ASSIGNED] = LOOK_RUNNING,
	[JOB_RUNNING] = LOOK_RUNNING,
	[JOB_COMPLETING] = LOOK_RUNNING,
	[JOB_SUCCEEDED] = LOOK_SUCCEEDED,
	[JOB_FAILED] = LOOK_FAILED,
	[JOB_CANCELLED] = LOOK_CANCELLED,
	[JOB_SKIPPED] = LOOK_SKIPPED,
};

static const enum look step_looks[] = {
	[STEP_QUEUED] = LOOK_PENDING,
	[STEP_RUNNING] = LOOK_RUNNING,
	[STEP_SUCCEEDED] = LOOK_SUCCEEDED,
	[STEP_FAILED] = LOOK_FAILED,
	[STEP_SKIPPED] = LOOK_SKIPPED,
	[STEP_CANCELLED] = LOOK_CANCELLED,
};

static const char *const icons[LOOK_N] = {
	[LOOK_PENDING] =
	    "<circle cx=\"8\" cy=\"8\" r=\"6.25\"/><path d=\"M8 4.5V8l2.5 "
	    "1.5\"/>",
	[LOOK_RUNNING] =
	    "<circle cx=\"8\" cy=\"8\" r=\"6.25\" class=\"rail\"/>"
	    "<path d=\"M8 1.75A6.25 6.25 0 0 1 14.25 8\"/>",
	[LOOK_SUCCEEDED] =
	    "<circle cx=\"8\" cy=\"8\" r=\"7\" class=\"disc\"/>"
	    "<path d=\"M4.75 8.25 7 10.5l4.25-4.75\" class=\"mark\"/>",
	[LOOK_FAILED] =
	    "<circle cx=\"8\" cy=\"8\" r=\"7\" class=\"disc\"/>"
	    "<path d=\"m5.5 5.5 5 5m0-5-5 5\" class=\"mark\"/>",
	[LOOK_CANCELLED] =
	    "<circle cx=\"8\" cy=\"8\" r=\"6.25\"/>"
	    "<path d=\"m3.75 12.25 8.5-8.5\"/>",
	[LOOK_SKIPPED] =
	    "<circle cx=\"8\" cy=\"8\" r=\"6.25\"/><path d=\"M5 8h6\"/>",
};

/* Larger counts more, where many are shown as one. */
static const int weights[LOOK_N] = {
	[LOOK_SKIPPED] = 0, [LOOK_SUCCEEDED] = 1, [LOOK_PENDING] = 2,
	[LOOK_CANCELLED] = 3, [LOOK_RUNNING] = 4, [LOOK_FAILED] = 5,
};

enum look
look_run(enum run_state state)
{
	return run_looks[state];
}

enum look
look_job(enum job_state state)
{
	return job_looks[state];
}

enum look
look_step(enum step_state state)
{
	return step_looks[state];
}

const char *
look_word(enum look look)
{
	return looks[look].word;
}

const char *
look_badge(enum look look)
{
	return looks[look].badge;
}

const char *
look_color(enum look look)
{
	return looks[look].color;
}

const char *
look_icon(enum look look)
{
	return icons[look];
}

enum look
look_worse(enum look a, enum look b)
{
	return weights[a] >= weights[b] ? a : b;
}
