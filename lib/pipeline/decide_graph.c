/*
 * decide_graph.c - the plan of a run as nodes and edges, as libraries that
 * draw graphs take them.
 *
 * A job that became many (a matrix, a call, jobs that were generated) is a
 * node of type "stage" with its jobs in it, and so is a stage of the file.
 * Edges go between jobs as the file names them: one for each need, however
 * many jobs stand behind it.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/decide.h"

#include <string.h>

#include "lib/base/json_text.h"
#include "lib/base/map.h"

struct drawing {
	const struct run_plan *plan;
	struct str *out;
	struct arena a;
	struct map keys;   /* of planned jobs */
	struct map groups; /* jobs that became many, as the file names them */
	struct map drawn;  /* ids of nodes, edges, orders of stages */
};

/* --- keys: "call:2/build:3" ------------------------------------------------------ */

/* "call:2/", or "". */
static const char *
prefix_of(struct drawing *d, const char *key)
{
	const char *slash = strrchr(key, '/');

	return slash == NULL ? "" :
	    arena_strndup(&d->a, key, (size_t)(slash + 1 - key));
}

/* "call:2", or NULL. */
static const char *
outer_of(struct drawing *d, const char *key)
{
	const char *slash = strrchr(key, '/');

	return slash == NULL ? NULL :
	    arena_strndup(&d->a, key, (size_t)(slash - key));
}

/* "call:2/build": the job of the file. */
static const char *
base_of(struct drawing *d, const char *key)
{
	const char *last = strrchr(key, '/');

	last = last != NULL ? last + 1 : key;
	return arena_strndup(&d->a, key,
	    (size_t)(last - key) + strcspn(last, ":"));
}

/* The node that stands for a job of the file. */
static const char *
node_of(struct drawing *d, const char *base)
{
	return map_get(&d->groups, base) == NULL ? base :
	    arena_printf(&d->a, "%s:*", base);
}

static void
find_groups(struct drawing *d)
{
	struct map bases = MAP_INIT;

	for (size_t i = 0; i < d->plan->n_jobs; i++) {
		const char *key = d->plan->jobs[i].key;

		map_set(&d->keys, key, d);
		if (map_set(&bases, base_of(d, key), d) != NULL)
			map_set(&d->groups, base_of(d, key), d);
		for (key = outer_of(d, key); key != NULL;
		    key = outer_of(d, key))
			map_set(&d->groups, base_of(d, key), d);
	}
	map_release(&bases);
}

/* --- nodes ---------------------------------------------------------------------- */

static void
add_member(struct drawing *d, const char *name, const char *text)
{
	json_text_name(d->out, name);
	json_text(d->out, text);
}

static void
begin_node(struct drawing *d, const char *id, const char *label,
    const char *type)
{
	json_text_next(d->out);
	str_add(d->out, "\n{");
	add_member(d, "id", id);
	add_member(d, "label", label);
	add_member(d, "type", type);
}

static bool
is_new(struct drawing *d, const char *id)
{
	return map_set(&d->drawn, id, d) == NULL;
}

static const char *
stage_node(struct drawing *d, const char *prefix, const char *stage)
{
	return arena_printf(&d->a, "%sstage:%s", prefix, stage);
}

/* The node that a job of the file stands in; NULL: none. */
static const char *
around(struct drawing *d, const char *key, const struct workflow_job *job)
{
	const char *outer = outer_of(d, key);
	const char *stage = job != NULL ? value_literal(job->stage) : NULL;

	if (stage != NULL)
		return stage_node(d, prefix_of(d, key), stage);
	return outer != NULL ? node_of(d, base_of(d, outer)) : NULL;
}

static void
draw_stage(struct drawing *d, const char *key, const struct workflow_job *job)
{
	const char *stage = job != NULL ? value_literal(job->stage) : NULL;
	const char *parent = around(d, key, NULL), *id;

	if (stage == NULL)
		return;
	id = stage_node(d, prefix_of(d, key), stage);
	if (!is_new(d, id))
		return;
	begin_node(d, id, stage, "stage");
	if (parent != NULL)
		add_member(d, "parent", parent);
	str_add_char(d->out, '}');
}

/* The group of a key, if it is in one, with those around it first. `job` is
 * what the file has of it; a job that generated has been drawn before, and
 * NULL will do. */
static void
draw_group(struct drawing *d, const char *key, const struct workflow_job *job,
    const struct planned_call *call)
{
	const char *base = base_of(d, key), *outer = outer_of(d, key);
	const char *parent;

	if (outer != NULL && map_get(&d->keys, outer) != NULL)
		draw_group(d, outer, NULL, call);
	else if (outer != NULL)
		draw_group(d, outer, call->job, call->caller);
	draw_stage(d, key, job);
	if (map_get(&d->groups, base) == NULL || !is_new(d, node_of(d, base)))
		return;
	begin_node(d, node_of(d, base), strrchr(base, '/') != NULL ?
	    strrchr(base, '/') + 1 : base, "stage");
	parent = around(d, key, job);
	if (parent != NULL)
		add_member(d, "parent", parent);
	str_add_char(d->out, '}');
}

static void
draw_job(struct drawing *d, const struct planned_job *j)
{
	const char *base = base_of(d, j->key);
	const char *parent = map_get(&d->groups, base) != NULL ?
	    node_of(d, base) : around(d, j->key, j->job);

	draw_group(d, j->key, j->job, j->call);
	begin_node(d, j->key, j->name, "job");
	add_member(d, "status", j->result != RESULT_NONE ?
	    job_result_name(j->result) : planned_state_name(j->state));
	if (parent != NULL)
		add_member(d, "parent", parent);
	str_add_char(d->out, '}');
}

/* --- edges ---------------------------------------------------------------------- */

static void
draw_edge(struct drawing *d, const char *source, const char *target)
{
	if (!is_new(d, arena_printf(&d->a, "%s\n%s", source, target)))
		return;
	json_text_next(d->out);
	str_add(d->out, "\n{");
	add_member(d, "source", source);
	add_member(d, "target", target);
	add_member(d, "type", "depends_on");
	str_add_char(d->out, '}');
}

static void
draw_needs(struct drawing *d, const char *key, const struct workflow *w,
    const struct workflow_job *job)
{
	const char *prefix = prefix_of(d, key);

	for (size_t i = 0; i < job->n_needs; i++) {
		const struct workflow_job *need =
		    workflow_job_find(w, job->needs[i]->text);

		if (need != NULL)
			draw_edge(d, node_of(d, arena_printf(&d->a, "%s%s",
			    prefix, need->id)), node_of(d, base_of(d, key)));
	}
}

/* One stage behind the other, as far as they have jobs. */
static void
draw_order(struct drawing *d, const char *key, const struct workflow *w)
{
	const char *before = NULL;

	if (!is_new(d, arena_printf(&d->a, "%s\n", prefix_of(d, key))))
		return;
	for (size_t i = 0; w->stages != NULL && i < w->stages->n_items; i++) {
		const char *id = stage_node(d, prefix_of(d, key),
		    w->stages->items[i]->text);

		if (map_get(&d->drawn, id) == NULL)
			continue;
		if (before != NULL)
			draw_edge(d, before, id);
		before = id;
	}
}

static void
draw_edges(struct drawing *d, const struct planned_job *j)
{
	const struct planned_call *call = j->call;
	const char *key = j->key;

	draw_needs(d, key, call->workflow, j->job);
	draw_order(d, key, call->workflow);
	/* What a calling job needs; it has no place in the plan itself, but
	 * one that generated has. */
	while ((key = outer_of(d, key)) != NULL && call->caller != NULL) {
		if (map_get(&d->keys, key) != NULL)
			continue;
		draw_needs(d, key, call->caller->workflow, call->job);
		call = call->caller;
	}
}

void
run_plan_graph(const struct run_plan *plan, struct str *out)
{
	struct drawing d = { .plan = plan, .out = out, .a = ARENA_INIT(0),
		.keys = MAP_INIT, .groups = MAP_INIT, .drawn = MAP_INIT };

	find_groups(&d);
	str_add(out, "{\"nodes\": [");
	for (size_t i = 0; i < plan->n_jobs; i++)
		draw_job(&d, &plan->jobs[i]);
	str_add(out, "],\n\"edges\": [");
	for (size_t i = 0; i < plan->n_jobs; i++)
		draw_edges(&d, &plan->jobs[i]);
	str_add(out, "]}\n");
	map_release(&d.keys);
	map_release(&d.groups);
	map_release(&d.drawn);
	arena_release(&d.a);
}
