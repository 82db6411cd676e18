/*
 * planner_parse.c - parse the pipeline files, which anybody who may push has
 * written, under limits of the kernel (limits.c).
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/planner.h"

#include <string.h>

#include "lib/base/yaml.h"
#include "lib/pipeline/inputs.h"
#include "workerd/limits.h"

/* What one file's tree and plan may take. */
#define FILE_ARENA_BYTES (64 * 1024 * 1024)

/* Started by hand or by the clock: is it this workflow, and are the inputs what
 * it takes? */
static void
take_inputs(struct planner *p, struct plan_file *f)
{
	struct err err = { 0 };

	f->inputs = p->inputs;
	if (p->only_file == NULL)
		return;
	if (strcmp(p->only_file, f->path) != 0) {
		f->triggered = false;
		f->why = arena_printf(&p->arena, "%s was started by %s, not "
		    "this one", p->only_file, p->inputs != NULL ? "hand" :
		    "its schedule");
	} else if (p->inputs == NULL) {
		return;
	} else if (dispatch_inputs(f->workflow, p->inputs, &p->arena,
	    &f->inputs, &err) == -1) {
		f->triggered = false;
		f->why = arena_strdup(&p->arena, err.text);
	} else {
		dispatch_tell_event(p->github, f->inputs, &p->arena);
	}
}

static void
parse(struct planner *p, struct plan_file *f)
{
	struct event_decision decision;
	struct workflow *w;
	struct diags d;

	f->why = "the pipeline file has errors";
	if (f->too_large) {
		str_addf(&f->problems, "%s: error: the file has more than %d "
		    "bytes\n", f->path, YAML_MAX_BYTES);
		return;
	}
	diags_init(&d, &p->arena, f->path, f->text.s, f->text.len);
	w = workflow_read(f->text.s, f->text.len, &p->arena, &d);
	if (w != NULL)
		workflow_check(w, &p->arena, &d);
	diags_sort(&d);
	diags_print(&d, &f->problems);
	if (w == NULL || d.n_errors > 0)
		return;
	f->workflow = w;
	event_decide(w, &p->event, &p->arena, &decision);
	f->triggered = decision.starts;
	f->skipped = decision.skipped;
	f->why = decision.why;
	if (decision.pos.line > 0)
		f->why_place = arena_printf(&p->arena, "%s:%d:%d", f->path,
		    decision.pos.line, decision.pos.col);
	if (f->triggered)
		take_inputs(p, f);
}

void
planner_parse(struct planner *p)
{
	struct limits before;

	limits_set(&before);
	p->arena.limit = p->arena.used + p->n_files * FILE_ARENA_BYTES;
	for (size_t i = 0; i < p->n_files; i++)
		parse(p, &p->files[i]);
	p->arena.limit = 0;
	limits_restore(&before);
}
