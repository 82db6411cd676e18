/*
 * planner_parse.c - parse the pipeline files, which anybody who may push has
 * written, under limits of the kernel (planner_limits.c).
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/planner.h"

#include "lib/base/yaml.h"
#include "workerd/planner_limits.h"

/* What one file's tree and plan may take. */
#define FILE_ARENA_BYTES (64 * 1024 * 1024)

static void
parse(struct planner *p, struct plan_file *f)
{
	const struct plan_event event = { p->event_name, p->ref };
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
	struct planner_limits before;

	planner_limits_set(&before);
	p->arena.limit = p->arena.used + p->n_files * FILE_ARENA_BYTES;
	for (size_t i = 0; i < p->n_files; i++)
		parse(p, &p->files[i]);
	p->arena.limit = 0;
	planner_limits_restore(&before);
}
