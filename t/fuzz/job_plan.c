/*
 * job_plan.c - fuzz: any bytes as a job's stored plan.
 *
 * Beside crashes it seeks plans that are not kept whole: what was read must
 * be read again from what is written of it, and be written the same.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/str.h"
#include "lib/pipeline/job_plan.h"
#include "t/fuzz/require.h"

#define ARENA_BYTES ((size_t)64 << 20)

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_steps(const struct job_plan *plan)
{
	for (size_t i = 0; i < plan->n_steps; i++) {
		const struct job_plan_step *s = &plan->steps[i];

		require(s->condition != NULL && s->title != NULL);
		require(s->action < (int)plan->n_actions);
	}
	require(plan->needs != NULL && plan->matrix != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = ARENA_INIT(ARENA_BYTES);
	char *text = arena_strndup(&a, (const char *)data, size);
	struct str first = STR_INIT, second = STR_INIT;
	struct err err = { 0 };
	struct job_plan plan;

	if (job_plan_read(text, &a, &plan, &err) == 0) {
		check_steps(&plan);
		job_plan_write(&plan, &first);
		require(first.len <= JOB_PLAN_MAX_BYTES);
		if (job_plan_read(first.s, &a, &plan, &err) == 0) {
			job_plan_write(&plan, &second);
			require(strcmp(first.s, second.s) == 0);
		} else {
			require(err.code == ERR_TOO_LARGE);
		}
	} else {
		require(err.code == ERR_CORRUPT ||
		    err.code == ERR_TOO_LARGE);
	}
	str_release(&first);
	str_release(&second);
	arena_release(&a);
	return 0;
}
