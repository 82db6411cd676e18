/*
 * dag_json.c - a graph as nodes and edges.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/render/dag.h"

#include <string.h>

#include "lib/render/dag_internal.h"
#include "lib/render/json.h"

/* The id of a unit's node: that of its job or, when it is of many, the key
 * with ":*". */
static const char *
unit_id(const struct dag *g, const struct dag_unit *u, struct arena *a)
{
	if (g->detail == DAG_STAGES)
		return arena_printf(a, "stage:%s", u->key);
	if (u->n_jobs == 1)
		return g->jobs[u->jobs[0]].key;
	return arena_printf(a, "%s:*", u->key);
}

static json_t *
node(const char *id, const char *label, const char *type, const char *state,
    enum look look, int64_t from_ms, int64_t to_ms)
{
	return json_pack("{s:o, s:o, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o}",
	    "id", json_text_of(id), "label", json_text_of(label), "type", type,
	    "status", state, "color", look_color(look), "start",
	    json_time_of(from_ms), "end", json_time_of(to_ms), "started_at",
	    json_time_of(from_ms), "finished_at", json_time_of(to_ms),
	    "duration_ms", from_ms != 0 && to_ms >= from_ms ?
	    json_integer(to_ms - from_ms) : json_null());
}

static void
add_jobs(const struct dag *g, const struct dag_unit *u, const char *parent,
    json_t *nodes)
{
	for (size_t i = 0; i < u->n_jobs; i++) {
		const struct dag_job *j = &g->jobs[u->jobs[i]];
		json_t *o = node(j->key, j->title, "job", j->state, j->look,
		    j->started_at_ms, j->finished_at_ms);

		if (parent != NULL)
			json_object_set_new(o, "parent",
			    json_text_of(parent));
		json_array_append_new(nodes, o);
	}
}

json_t *
dag_json(const struct dag *g)
{
	json_t *nodes = json_array(), *edges = json_array();
	struct arena a = ARENA_INIT(0);
	const char **ids = arena_alloc(&a, (g->n_units + 1) * sizeof(*ids));

	for (size_t i = 0; i < g->n_units; i++) {
		const struct dag_unit *u = &g->units[i];
		bool many = u->n_jobs > 1 || g->detail == DAG_STAGES;

		ids[i] = unit_id(g, u, &a);
		if (many) {
			json_t *o = node(ids[i], u->label, "stage",
			    look_word(u->look), u->look, u->started_at_ms,
			    u->finished_at_ms);

			json_object_set_new(o, "jobs",
			    json_integer((json_int_t)u->n_jobs));
			json_array_append_new(nodes, o);
		}
		if (!many || g->detail == DAG_JOBS)
			add_jobs(g, u, many ? ids[i] : NULL, nodes);
	}
	for (size_t i = 0; i < g->n_edges; i++)
		json_array_append_new(edges, json_pack("{s:o, s:o, s:s}",
		    "source", json_text_of(ids[g->edges[i].from]), "target",
		    json_text_of(ids[g->edges[i].to]), "type", "depends_on"));
	arena_release(&a);
	return json_pack("{s:o, s:o, s:b}", "nodes", nodes, "edges", edges,
	    "truncated", g->cut);
}
