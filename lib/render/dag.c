/*
 * dag.c - jobs into units, needs into edges, and the layers of both.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/render/dag.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/map.h"
#include "lib/render/dag_internal.h"

/* Jobs of a unit, or units of a call: a list that grows in the arena. */
struct list {
	size_t *of;
	size_t n;
};

struct building {
	struct dag *g;
	struct arena *a;
	struct map units;   /* key -> struct list of its jobs */
	struct map calls;   /* "call:2" and "call" -> list of units in them */
	size_t *unit_of;    /* of each job */
	struct dag_edge *edges;
	size_t n_edges;
};

static void
list_add(struct arena *a, struct list *l, size_t value)
{
	size_t *place = arena_push(a, &l->of, &l->n, sizeof(*place));

	*place = value;
}

static struct list *
list_of(struct map *m, const char *key, struct arena *a)
{
	struct list *l = map_get(m, key);

	if (l == NULL) {
		l = arena_alloc(a, sizeof(*l));
		map_set(m, key, l);
	}
	return l;
}

/* --- units --------------------------------------------------------------- */

/* "call:2/build:3" stands for "call:2/build" in its file; seen from the run's
 * own file for "call". */
const char *
dag_base(const char *key, enum dag_detail detail, struct arena *a)
{
	const char *last = strrchr(key, '/');

	if (detail == DAG_CALLS)
		return arena_strndup(a, key, strcspn(key, ":/"));
	last = last != NULL ? last + 1 : key;
	return arena_strndup(a, key, (size_t)(last - key) +
	    strcspn(last, ":"));
}

static const char *
last_part(const char *key)
{
	const char *slash = strrchr(key, '/');

	return slash != NULL ? slash + 1 : key;
}

static void
count_jobs(struct dag_unit *u, const struct dag_job *jobs)
{
	bool ended = true;

	u->look = jobs[u->jobs[0]].look;
	for (size_t i = 0; i < u->n_jobs; i++) {
		const struct dag_job *j = &jobs[u->jobs[i]];

		u->look = look_worse(u->look, j->look);
		u->looks[j->look]++;
		ended = ended && j->look != LOOK_PENDING &&
		    j->look != LOOK_RUNNING;
		if (j->started_at_ms != 0 && (u->started_at_ms == 0 ||
		    j->started_at_ms < u->started_at_ms))
			u->started_at_ms = j->started_at_ms;
		if (j->started_at_ms != 0 &&
		    j->finished_at_ms > u->finished_at_ms)
			u->finished_at_ms = j->finished_at_ms;
	}
	if (!ended)
		u->finished_at_ms = 0;
	/* Some wait and others have ended: it is under way. */
	if (u->look == LOOK_PENDING && u->started_at_ms != 0)
		u->look = LOOK_RUNNING;
}

/* "Build" of "Build (gcc)", which is one of many. */
static const char *
common_title(const char *title, const char *otherwise, struct arena *a)
{
	const char *open = strstr(title, " (");

	return open == NULL || open == title ||
	    title[strlen(title) - 1] != ')' ? otherwise :
	    arena_strndup(a, title, (size_t)(open - title));
}

static void
name_unit(struct dag_unit *u, const struct dag_job *jobs,
    enum dag_detail detail, struct arena *a)
{
	const char *last = last_part(u->key);

	u->label = detail == DAG_CALLS && u->n_jobs > 1 ? last :
	    u->n_jobs == 1 ? jobs[u->jobs[0]].title :
	    common_title(jobs[u->jobs[0]].title, last, a);
	if (last > u->key)
		u->above = arena_strndup(a, u->key,
		    (size_t)(last - u->key) - 1);
}

static void
make_units(struct building *b)
{
	struct dag *g = b->g;

	for (size_t i = 0; i < g->n_jobs; i++) {
		const char *key = dag_base(g->jobs[i].key, g->detail, b->a);
		struct list *l = list_of(&b->units, key, b->a);

		list_add(b->a, l, i);
	}
	g->n_units = b->units.n;
	g->units = arena_alloc(b->a, (g->n_units + 1) * sizeof(*g->units));
	for (size_t i = 0; i < g->n_units; i++) {
		const struct list *l = b->units.entries[i].value;
		struct dag_unit *u = &g->units[i];

		u->key = arena_strdup(b->a, b->units.entries[i].key);
		u->jobs = l->of;
		u->n_jobs = l->n;
		for (size_t k = 0; k < l->n; k++)
			b->unit_of[l->of[k]] = i;
		count_jobs(u, g->jobs);
		name_unit(u, g->jobs, g->detail, b->a);
	}
}

/* --- edges --------------------------------------------------------------- */

static void
add_edge(struct building *b, size_t from, size_t to)
{
	struct dag_edge *e;

	if (from == to)
		return;
	if (b->n_edges >= 2 * (size_t)DAG_EDGES_MAX) {
		b->g->cut = true;
		return;
	}
	e = arena_push(b->a, &b->edges, &b->n_edges, sizeof(*e));
	e->from = from;
	e->to = to;
}

static int
compare_edges(const void *a, const void *b)
{
	const struct dag_edge *x = a, *y = b;

	if (x->to != y->to)
		return x->to < y->to ? -1 : 1;
	return (x->from > y->from) - (x->from < y->from);
}

static void
sort_edges(struct building *b)
{
	size_t n = 0;

	if (b->n_edges > 0)
		qsort(b->edges, b->n_edges, sizeof(*b->edges), compare_edges);
	for (size_t i = 0; i < b->n_edges; i++)
		if (n == 0 || compare_edges(&b->edges[n - 1],
		    &b->edges[i]) != 0)
			b->edges[n++] = b->edges[i];
	if (n > DAG_EDGES_MAX) {
		n = DAG_EDGES_MAX;
		b->g->cut = true;
	}
	b->n_edges = n;
}

/* How deep a key stands in calls. */
static size_t
depth(const char *key)
{
	size_t n = 0;

	for (; *key != '\0'; key++)
		n += *key == '/';
	return n;
}

/* A job of a call needs what its call needs, too. Where it needs something in
 * its call, that comes by it. */
static size_t
deepest(const json_t *needs)
{
	size_t max = 0, i;
	json_t *need;

	json_array_foreach(needs, i, need) {
		size_t d = json_is_string(need) ?
		    depth(json_string_value(need)) : 0;

		max = d > max ? d : max;
	}
	return max;
}

static void
add_need(struct building *b, const char *name, size_t to)
{
	const char *key = dag_base(name, b->g->detail, b->a);
	const struct list *jobs = map_get(&b->units, key);
	const struct list *call = map_get(&b->calls, name);

	if (jobs != NULL)
		add_edge(b, b->unit_of[jobs->of[0]], to);
	/* The last of a call, when nothing in it needs them: marked below. */
	for (size_t i = 0; jobs == NULL && call != NULL && i < call->n; i++)
		add_edge(b, call->of[i], to);
}

static void
add_needs(struct building *b, size_t job, bool calls)
{
	json_t *needs = json_loads(b->g->jobs[job].needs, 0, NULL);
	size_t deep = deepest(needs), i;
	json_t *need;

	json_array_foreach(needs, i, need) {
		const char *name = json_string_value(need);
		bool call;

		if (name == NULL || depth(name) != deep)
			continue;
		call = map_get(&b->units, dag_base(name, b->g->detail,
		    b->a)) == NULL;
		if (call == calls)
			add_need(b, name, b->unit_of[job]);
	}
	json_decref(needs);
}

/* "a:2/b/c" stands in "a:2/b", "a:2" and, for who needs them all, "a". */
static void
find_calls(struct building *b)
{
	struct dag *g = b->g;

	for (size_t i = 0; i < g->n_units; i++) {
		const char *key = g->units[i].key;

		for (const char *p = strchr(key, '/'); p != NULL;
		    p = strchr(p + 1, '/')) {
			const char *call = arena_strndup(b->a, key,
			    (size_t)(p - key));
			const char *base = dag_base(call, DAG_JOBS, b->a);

			list_add(b->a, list_of(&b->calls, call, b->a), i);
			if (strcmp(base, call) != 0)
				list_add(b->a, list_of(&b->calls, base,
				    b->a), i);
		}
	}
}

/* Who needs a call waits for its last jobs: those that nothing else in it
 * needs. `edges` are those within, sorted by what needs. */
static void
keep_last(struct building *b, const struct dag_edge *edges, size_t n)
{
	bool *needed = arena_alloc(b->a, b->g->n_units + 1);

	for (size_t c = 0; c < b->calls.n; c++) {
		struct list *l = b->calls.entries[c].value;
		size_t *last = arena_alloc(b->a, l->n * sizeof(*last));
		size_t kept = 0, *in;

		in = arena_alloc(b->a, (b->g->n_units + 1) * sizeof(*in));
		memset(needed, 0, b->g->n_units + 1);
		for (size_t i = 0; i < l->n; i++)
			in[l->of[i]] = 1;
		for (size_t i = 0; i < n; i++)
			if (in[edges[i].from] && in[edges[i].to])
				needed[edges[i].from] = true;
		for (size_t i = 0; i < l->n; i++)
			if (!needed[l->of[i]])
				last[kept++] = l->of[i];
		l->of = last;
		l->n = kept;
	}
}

static void
make_edges(struct building *b)
{
	struct dag *g = b->g;

	find_calls(b);
	for (size_t i = 0; i < g->n_jobs; i++)
		add_needs(b, i, false);
	sort_edges(b);
	if (b->calls.n > 0 && b->calls.n <= DAG_CALLS_MAX)
		keep_last(b, b->edges, b->n_edges);
	for (size_t i = 0; b->calls.n > 0 && i < g->n_jobs; i++)
		add_needs(b, i, true);
	sort_edges(b);
	g->edges = b->edges;
	g->n_edges = b->n_edges;
}

/* --- layers -------------------------------------------------------------- */

/* The longest way from the start, along edges in their order. What is in a
 * cycle is never reached, and stays in front. */
static void
find_layers(struct dag *g, struct arena *a)
{
	size_t *waits = arena_alloc(a, (g->n_units + 1) * sizeof(*waits));
	size_t *line = arena_alloc(a, (g->n_units + 1) * sizeof(*line));
	struct dag_out out;
	size_t n = 0, kept = 0;

	dag_out_init(&out, g, a);
	for (size_t i = 0; i < g->n_edges; i++)
		waits[g->edges[i].to]++;
	for (size_t i = 0; i < g->n_units; i++)
		if (waits[i] == 0)
			line[n++] = i;
	for (size_t i = 0; i < n; i++) {
		size_t u = line[i];

		for (size_t k = out.first[u]; k < out.first[u + 1]; k++) {
			size_t to = g->edges[out.edges[k]].to;

			if (g->units[to].layer < g->units[u].layer + 1)
				g->units[to].layer = g->units[u].layer + 1;
			if (--waits[to] == 0)
				line[n++] = to;
		}
	}
	for (size_t i = 0; i < g->n_edges; i++)
		if (g->units[g->edges[i].from].layer <
		    g->units[g->edges[i].to].layer &&
		    waits[g->edges[i].to] == 0 && waits[g->edges[i].from] == 0)
			g->edges[kept++] = g->edges[i];
	g->cut = g->cut || kept < g->n_edges;
	g->n_edges = kept;
	for (size_t i = 0; i < g->n_units; i++)
		if (waits[i] > 0)
			g->units[i].layer = 0;
	for (size_t i = 0; i < g->n_units; i++)
		if (g->units[i].layer >= g->n_layers)
			g->n_layers = g->units[i].layer + 1;
}

void
dag_out_init(struct dag_out *out, const struct dag *g, struct arena *a)
{
	size_t *at;

	out->first = arena_alloc(a, (g->n_units + 2) * sizeof(*out->first));
	out->edges = arena_alloc(a, (g->n_edges + 1) * sizeof(*out->edges));
	at = arena_alloc(a, (g->n_units + 2) * sizeof(*at));
	for (size_t i = 0; i < g->n_edges; i++)
		out->first[g->edges[i].from + 1]++;
	for (size_t i = 0; i < g->n_units; i++)
		out->first[i + 1] += out->first[i];
	memcpy(at, out->first, (g->n_units + 1) * sizeof(*at));
	for (size_t i = 0; i < g->n_edges; i++)
		out->edges[at[g->edges[i].from]++] = i;
}

/* --- all of it ----------------------------------------------------------- */

/* One unit for each layer of the finest graph, one behind the other. */
static void
build_stages(struct dag *g, struct arena *a)
{
	struct dag fine;
	struct list *l;

	dag_build(&fine, g->jobs, g->n_jobs, DAG_JOBS, a);
	l = arena_alloc(a, (fine.n_layers + 1) * sizeof(*l));
	for (size_t i = 0; i < fine.n_units; i++)
		for (size_t k = 0; k < fine.units[i].n_jobs; k++)
			list_add(a, &l[fine.units[i].layer],
			    fine.units[i].jobs[k]);
	g->n_units = g->n_layers = fine.n_layers;
	g->units = arena_alloc(a, (g->n_units + 1) * sizeof(*g->units));
	g->edges = arena_alloc(a, (g->n_units + 1) * sizeof(*g->edges));
	for (size_t i = 0; i < g->n_units; i++) {
		struct dag_unit *u = &g->units[i];

		u->key = arena_printf(a, "%zu", i + 1);
		u->label = arena_printf(a, "Stage %zu", i + 1);
		u->jobs = l[i].of;
		u->n_jobs = l[i].n;
		u->layer = i;
		count_jobs(u, g->jobs);
		if (i > 0)
			g->edges[g->n_edges++] = (struct dag_edge){
				i - 1, i, NULL, 0 };
	}
}

void
dag_build(struct dag *g, const struct dag_job *jobs, size_t n,
    enum dag_detail detail, struct arena *a)
{
	struct building b = { .g = g, .a = a, .units = MAP_INIT,
		.calls = MAP_INIT };

	*g = (struct dag){ .jobs = jobs, .n_jobs = n, .detail = detail };
	if (detail == DAG_STAGES) {
		build_stages(g, a);
		return;
	}
	b.unit_of = arena_alloc(a, (n + 1) * sizeof(*b.unit_of));
	make_units(&b);
	make_edges(&b);
	find_layers(g, a);
	map_release(&b.units);
	map_release(&b.calls);
}

void
dag_build_within(struct dag *g, const struct dag_job *jobs, size_t n,
    size_t max_units, size_t max_edges, struct arena *a)
{
	static const enum dag_detail details[] = { DAG_JOBS, DAG_CALLS };

	for (size_t i = 0; i < 2; i++) {
		dag_build(g, jobs, n, details[i], a);
		if (g->n_units <= max_units && g->n_edges <= max_edges)
			return;
	}
	dag_build(g, jobs, n, DAG_STAGES, a);
}

/* --- what follows from it ------------------------------------------------ */

/* Of the jobs of a unit, the one that ended last; n_jobs: none started. */
static size_t
last_of(const struct dag *g, const struct dag_unit *u)
{
	size_t best = g->n_jobs;

	for (size_t i = 0; i < u->n_jobs; i++) {
		const struct dag_job *j = &g->jobs[u->jobs[i]];

		if (j->started_at_ms != 0 && j->finished_at_ms != 0 &&
		    (best == g->n_jobs ||
		    j->finished_at_ms > g->jobs[best].finished_at_ms))
			best = u->jobs[i];
	}
	return best;
}

void
dag_critical(const struct dag *g, bool *mark)
{
	size_t at = g->n_units;
	size_t best = g->n_jobs;

	memset(mark, 0, g->n_jobs * sizeof(*mark));
	for (size_t i = 0; i < g->n_units; i++) {
		size_t job = last_of(g, &g->units[i]);

		if (job < g->n_jobs && (best == g->n_jobs ||
		    g->jobs[job].finished_at_ms >
		    g->jobs[best].finished_at_ms)) {
			best = job;
			at = i;
		}
	}
	while (best < g->n_jobs) {
		size_t to = at;

		mark[best] = true;
		best = g->n_jobs;
		for (size_t i = 0; i < g->n_edges; i++) {
			size_t job = g->edges[i].to == to ?
			    last_of(g, &g->units[g->edges[i].from]) :
			    g->n_jobs;

			if (job < g->n_jobs && (best == g->n_jobs ||
			    g->jobs[job].finished_at_ms >
			    g->jobs[best].finished_at_ms)) {
				best = job;
				at = g->edges[i].from;
			}
		}
	}
}

void
dag_first_failed(const struct dag *g, bool *mark)
{
	struct arena a = ARENA_INIT(0);
	bool *behind = arena_alloc(&a, g->n_units + 1);

	memset(mark, 0, g->n_jobs * sizeof(*mark));
	/* Layer by layer, for an edge leads to a later one. */
	for (size_t l = 1; l < g->n_layers; l++)
		for (size_t i = 0; i < g->n_edges; i++) {
			const struct dag_edge *e = &g->edges[i];

			if (g->units[e->to].layer == l &&
			    (behind[e->from] ||
			    g->units[e->from].looks[LOOK_FAILED] > 0))
				behind[e->to] = true;
		}
	for (size_t i = 0; i < g->n_units; i++)
		for (size_t k = 0; k < g->units[i].n_jobs && !behind[i]; k++)
			mark[g->units[i].jobs[k]] = g->jobs[
			    g->units[i].jobs[k]].look == LOOK_FAILED;
	arena_release(&a);
}
