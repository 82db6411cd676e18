/*
 * vars.h - the variables that every step gets without asking: what runs, and
 * why. Names and meaning are those of GitHub Actions ("Default environment
 * variables"), so that scripts written for it find what they look for.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RUN_VARS_H
#define PAWL_RUN_VARS_H

#include <stddef.h>
#include <stdint.h>
#include "lib/base/arena.h"
#include "lib/pipeline/pipeline.h"

/* What is known about a job's run. A NULL text or a number 0 is not known,
 * and its variable is left out. */
struct run_facts {
	const char *owner; /* of the repository */
	const char *name;
	const char *event; /* "push" */
	const char *ref;   /* "refs/heads/main" */
	const char *sha;
	const char *actor;
	const char *workflow;
	const char *job; /* its id */
	int64_t run_id;  /* unique on this server */
	int64_t run_number;
	int attempt;
	int64_t job_id;         /* unique on this server */
	const char *server_url; /* "base-url" of the configuration */
};

/* The variables for struct job_order. They live in `a`. */
void
run_vars(const struct run_facts *facts, struct arena *a,
    struct plan_var **out, size_t *n);

#endif
