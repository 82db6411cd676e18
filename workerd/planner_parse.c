/*
 * planner_parse.c - parse the pipeline files, which anybody who may push has
 * written, under limits of the kernel.
 *
 * The reader has its own bounds and messages; these limits hold when one of
 * those is missing. A planner that runs into one is killed and fails the
 * delivery after its attempts, nothing else.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/planner.h"

#include <sys/resource.h>

#include "lib/base/yaml.h"

/* Processor time and address space of one planner while it parses. */
#define PARSE_CPU_S 30
#define PARSE_MEMORY_BYTES (1024UL * 1024 * 1024)

/* What one file's tree and plan may take. */
#define FILE_ARENA_BYTES (64 * 1024 * 1024)

/* Lower the soft limits only, so that they can be raised again. */
static void
set_limits(const struct rlimit before[2])
{
	struct rlimit cpu = before[0];

	if (cpu.rlim_cur > PARSE_CPU_S)
		cpu.rlim_cur = PARSE_CPU_S;
	setrlimit(RLIMIT_CPU, &cpu);
#ifndef __SANITIZE_ADDRESS__ /* its shadow needs terabytes of addresses */
	struct rlimit memory = before[1];

	if (memory.rlim_cur > PARSE_MEMORY_BYTES)
		memory.rlim_cur = PARSE_MEMORY_BYTES;
	setrlimit(RLIMIT_AS, &memory);
#endif
}

static void
parse(struct planner *p, struct plan_file *f)
{
	const struct plan_event event = { p->delivery.event, p->push.ref };
	struct pipeline *pipeline;
	struct diags d;

	if (f->too_large) {
		str_addf(&f->problems, "%s: error: the file has more than %d "
		    "bytes\n", f->path, YAML_MAX_BYTES);
		return;
	}
	diags_init(&d, &p->arena, f->path, f->text.s, f->text.len);
	pipeline = pipeline_read(f->text.s, f->text.len, &p->arena, &d);
	diags_sort(&d);
	diags_print(&d, &f->problems);
	if (pipeline == NULL)
		return;
	f->plan = pipeline_plan(pipeline);
	f->triggered = pipeline_triggers(pipeline, &event, &f->why);
}

void
planner_parse(struct planner *p)
{
	struct rlimit before[2];
	bool known;

	known = getrlimit(RLIMIT_CPU, &before[0]) == 0 &&
	    getrlimit(RLIMIT_AS, &before[1]) == 0;
	if (known)
		set_limits(before);
	p->arena.limit = p->arena.used + p->n_files * FILE_ARENA_BYTES;
	for (size_t i = 0; i < p->n_files; i++)
		parse(p, &p->files[i]);
	p->arena.limit = 0;
	if (known) {
		setrlimit(RLIMIT_CPU, &before[0]);
		setrlimit(RLIMIT_AS, &before[1]);
	}
}
