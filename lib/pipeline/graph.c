/*
 * graph.c - the graph of jobs, in an order in which it can run.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/graph.h"

#include <stdint.h>
#include <stdlib.h>

#include "lib/base/map.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"

enum mark { MARK_NEW, MARK_OPEN, MARK_PLACED };

struct builder {
	const struct workflow *w;
	struct arena *a;
	struct diags *d;
	struct graph *g;
	struct map jobs;   /* id in small letters -> node */
	struct map stages; /* name -> node */
	const char **ids;  /* for suggestions; end with NULL */
	const char **stage_names;
	bool *filled;      /* by stage: it has a job */
	enum mark *marks;  /* by node */
	size_t *path;      /* nodes that are open, outermost first */
	size_t n_path;
	size_t n_order;
};

static const char *
lower(struct arena *a, const char *s)
{
	char *copy = arena_strdup(a, s);

	for (char *c = copy; *c != '\0'; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c - 'A' + 'a');
	return copy;
}

static void
add_need(struct builder *b, struct graph_node *node, size_t need)
{
	size_t *room = arena_push(b->a, &node->needs, &node->n_needs,
	    sizeof(*room));

	*room = need;
}

static void
report_unknown(struct builder *b, const struct value *at, const char *rule,
    const char *const *words, const char *what)
{
	const char *near = b->d->truncated ? NULL :
	    suggest_word(at->text, words);

	diag_error(b->d, at->pos, at->width, rule, near == NULL ? NULL :
	    arena_printf(b->a, "did you mean \"%s\"?", near), "%s \"%s\"",
	    what, at->text);
}

/* --- nodes ------------------------------------------------------------------- */

static size_t
n_stages(const struct workflow *w)
{
	return w->stages != NULL && w->stages->kind == VALUE_LIST ?
	    w->stages->n_items : 0;
}

static void
make_nodes(struct builder *b)
{
	const struct workflow *w = b->w;
	size_t n = w->n_jobs + n_stages(w);

	b->g->n = n;
	b->g->nodes = arena_alloc(b->a, n * sizeof(*b->g->nodes));
	b->g->order = arena_alloc(b->a, n * sizeof(*b->g->order));
	b->ids = mem_calloc(w->n_jobs + 1, sizeof(*b->ids));
	b->stage_names = mem_calloc(n_stages(w) + 1, sizeof(*b->stage_names));
	b->filled = mem_calloc(n_stages(w) + 1, sizeof(*b->filled));
	b->marks = mem_calloc(n + 1, sizeof(*b->marks));
	b->path = mem_calloc(n + 1, sizeof(*b->path));
	for (size_t i = 0; i < w->n_jobs; i++) {
		struct graph_node *node = &b->g->nodes[i];

		node->job = &w->jobs[i];
		node->name = b->ids[i] = w->jobs[i].id;
		map_set(&b->jobs, lower(b->a, node->name), node);
	}
	for (size_t i = 0; i < n_stages(w); i++) {
		struct graph_node *node = &b->g->nodes[w->n_jobs + i];

		node->name = b->stage_names[i] = w->stages->items[i]->text;
		map_set(&b->stages, node->name, node);
	}
}

/* --- edges ------------------------------------------------------------------- */

static void
add_needs(struct builder *b, struct graph_node *node)
{
	for (size_t i = 0; i < node->job->n_needs; i++) {
		const struct value *need = node->job->needs[i];
		const struct graph_node *other =
		    map_get(&b->jobs, lower(b->a, need->text));

		if (other != NULL)
			add_need(b, node, (size_t)(other - b->g->nodes));
		else
			report_unknown(b, need, "unknown-job", b->ids,
			    arena_printf(b->a, "job \"%s\" needs unknown job",
			    node->name));
	}
}

static void
add_stage(struct builder *b, size_t job)
{
	struct graph_node *node = &b->g->nodes[job], *stage;
	const char *name = value_literal(node->job->stage);
	size_t first = b->w->n_jobs, index;

	if (name == NULL)
		return;
	stage = map_get(&b->stages, name);
	if (stage == NULL) {
		report_unknown(b, node->job->stage, "unknown-stage",
		    b->stage_names, n_stages(b->w) == 0 ?
		    "there is no list of \"stages\" at the top, but a job is "
		    "in stage" : "\"stages\" does not list");
		return;
	}
	index = (size_t)(stage - b->g->nodes);
	add_need(b, stage, job);
	b->filled[index - first] = true;
	if (node->job->n_needs == 0 && index > first)
		add_need(b, node, index - 1);
}

static void
make_edges(struct builder *b)
{
	for (size_t i = 0; i < b->w->n_jobs; i++) {
		add_needs(b, &b->g->nodes[i]);
		add_stage(b, i);
	}
	/* A stage without jobs ends with the one before. */
	for (size_t i = 1; i < n_stages(b->w); i++)
		if (!b->filled[i])
			add_need(b, &b->g->nodes[b->w->n_jobs + i],
			    b->w->n_jobs + i - 1);
}

/* --- order ------------------------------------------------------------------- */

static void
add_name(struct str *text, const struct graph_node *node, const char *end)
{
	str_addf(text, "%s%s%s", node->job == NULL ? "stage " : "",
	    node->name, end);
}

static void
report_circle(struct builder *b, const struct graph_node *node,
    size_t target)
{
	const struct value *at = node->job == NULL ? b->w->stages :
	    node->job->n_needs > 0 ? node->job->needs[0] : node->job->key;
	struct str text = STR_INIT;
	size_t i = 0;

	while (b->path[i] != target)
		i++;
	for (; i < b->n_path; i++)
		add_name(&text, &b->g->nodes[b->path[i]], " -> ");
	add_name(&text, &b->g->nodes[target], "");
	diag_error(b->d, at->pos, at->width, "needs-circle",
	    "remove one of these needs", "jobs need each other: %s", text.s);
	str_release(&text);
}

/* Depth is bounded by the number of jobs and stages of one file. */
static void
place(struct builder *b, size_t index)
{
	const struct graph_node *node = &b->g->nodes[index];

	b->marks[index] = MARK_OPEN;
	b->path[b->n_path++] = index;
	for (size_t i = 0; i < node->n_needs; i++) {
		size_t need = node->needs[i];

		if (b->marks[need] == MARK_NEW)
			place(b, need);
		else if (b->marks[need] == MARK_OPEN)
			report_circle(b, node, need);
	}
	b->n_path--;
	b->marks[index] = MARK_PLACED;
	b->g->order[b->n_order++] = index;
}

int
graph_build(const struct workflow *w, struct arena *a, struct diags *d,
    struct graph *out)
{
	struct builder b = { .w = w, .a = a, .d = d, .g = out,
		.jobs = MAP_INIT, .stages = MAP_INIT };
	size_t before = d->n_errors;

	make_nodes(&b);
	make_edges(&b);
	for (size_t i = 0; i < out->n; i++)
		if (b.marks[i] == MARK_NEW)
			place(&b, i);
	map_release(&b.jobs);
	map_release(&b.stages);
	free(b.ids);
	free(b.stage_names);
	free(b.filled);
	free(b.marks);
	free(b.path);
	return d->n_errors > before ? -1 : 0;
}
