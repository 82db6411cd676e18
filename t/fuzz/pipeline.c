/*
 * pipeline.c - fuzz: any bytes as a pipeline file; what is planned must come
 * back from its stored form the same.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/str.h"
#include "lib/pipeline/pipeline.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_stored(const struct plan_job *job, struct arena *a)
{
	struct str once = STR_INIT, twice = STR_INIT;
	struct err err = { ERR_NONE, "" };
	struct plan_job back;

	plan_job_write(job, &once);
	if (plan_job_read(once.s, a, &back, &err) < 0)
		abort();
	plan_job_write(&back, &twice);
	if (!str_equal(once.s, twice.s))
		abort();
	str_release(&once);
	str_release(&twice);
}

static void
check_plan(const struct pipeline *p, struct arena *a)
{
	static const char *const refs[] = {
		"refs/heads/main", "refs/tags/v1.2.3", "refs/pull/1/head", ""
	};
	const struct plan *plan = pipeline_plan(p);
	struct str out = STR_INIT;

	for (size_t i = 0; i < plan->n_jobs; i++)
		check_stored(&plan->jobs[i], a);
	plan_print(plan, &out);
	for (size_t i = 0; i < sizeof(refs) / sizeof(refs[0]); i++) {
		struct plan_event event = { "push", refs[i] };

		pipeline_triggers(p, &event, &out);
	}
	str_release(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a;
	struct diags d;
	struct str out = STR_INIT;
	const struct pipeline *p;

	arena_init(&a, 64 << 20);
	diags_init(&d, &a, ".ci.yml", (const char *)data, size);
	p = pipeline_read((const char *)data, size, &a, &d);
	if ((p == NULL) != (d.n_errors > 0))
		abort();
	if (p != NULL)
		check_plan(p, &a);
	diags_print(&d, &out);
	str_release(&out);
	arena_release(&a);
	return 0;
}
