/*
 * vars.h - the variables that every step gets without asking: what runs, and
 * why. Names and meaning are those of GitHub Actions ("Default environment
 * variables"), so that scripts written for it find what they look for.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RUN_VARS_H
#define PAWL_RUN_VARS_H

#include <stdbool.h>
#include <stdint.h>
#include "lib/run/environment.h"

/* What the context `runner` says. */
#define VARS_TEMP "/tmp"
#define VARS_TOOL_CACHE "/runner/tools"
#define VARS_EVENT "event.json" /* in ENGINE_RUNNER */

/* GitHub's word for this machine's kind; the kernel's where it has none. */
const char *
vars_architecture(void);

/* What a pipeline may set otherwise: CI, PAWL, GIT_COMMIT_SHA, JOB_ID. */
void
vars_add_plain(struct environment *e, struct expr_object *github,
    int64_t job);

/* MATRIX_OS for the axis "os": letters are made large, what no variable can
 * have in its name becomes "_". */
void
vars_add_matrix(struct environment *e, struct expr_object *matrix);

/* GITHUB_... and RUNNER_..., which nobody else can set: from the context
 * `github` as a step sees it. What that has not is left out. */
void
vars_add_github(struct environment *e, struct expr_object *github,
    bool debug);

/* Is it one of those? */
bool
vars_is_fixed(const char *name);

#endif
