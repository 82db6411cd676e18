/*
 * look.h - how a state looks: one table for badges, pages and the command
 * line, so that the same state has the same word and colour everywhere.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RENDER_LOOK_H
#define PAWL_RENDER_LOOK_H

#include "lib/store/state.h"

/* Many states look alike: what matters to a person is one of these. */
enum look {
	LOOK_PENDING,   /* will run */
	LOOK_RUNNING,
	LOOK_SUCCEEDED,
	LOOK_FAILED,
	LOOK_CANCELLED,
	LOOK_SKIPPED,
};
#define LOOK_N (LOOK_SKIPPED + 1)

enum look
look_run(enum run_state state);
enum look
look_job(enum job_state state);
enum look
look_step(enum step_state state);

/* "running": for people, and the CSS class. */
const char *
look_word(enum look look);

/* "passing", as badges say it, and "#4CAF50". */
const char *
look_badge(enum look look);
const char *
look_color(enum look look);

/* What is drawn for it in a square of 16, in the colour of the text. */
const char *
look_icon(enum look look);

/* The look of many together: what a person wants to know of them first. */
enum look
look_worse(enum look a, enum look b);

#endif
