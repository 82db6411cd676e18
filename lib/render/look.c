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
