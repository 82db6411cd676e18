/*
 * dag_layout.c - a place for every unit: layers side by side, the order in
 * each by the middle of the neighbours, then heights as near to them as the
 * order allows.
 *
 * After K. Sugiyama, S. Tagawa, M. Toda, "Methods for visual understanding of
 * hierarchical system structures" (1981): what leads over several layers has
 * a place of its own in each of them, so that it crosses no unit. All numbers
 * are whole, so that every machine draws the same.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/render/dag.h"

#include <stdlib.h>
#include <string.h>

#include "lib/render/dag_internal.h"
#include "lib/render/dag_sizes.h"

#define SWEEPS 6  /* for the order */
#define PASSES 4  /* for the heights */
#define FINE 1024 /* parts of a px while places are averaged */

/* A unit, or a bend of an edge. */
struct item {
	size_t unit;  /* n_units: a bend */
	size_t edge;  /* of a bend */
	size_t layer, place;
	int64_t h, y; /* parts of a px */
	size_t *before, n_before; /* items in the layers beside */
	size_t *after, n_after;
};

struct layout {
	struct dag *g;
	struct arena *a;
	struct item *items;
	size_t n_items;
	struct layer {
		size_t *items;
		size_t n;
	} *layers;
};

/* --- items --------------------------------------------------------------- */

static size_t
add_item(struct layout *l, size_t unit, size_t edge, size_t layer, int h)
{
	struct layer *at = &l->layers[layer];
	struct item *i = arena_push(l->a, &l->items, &l->n_items,
	    sizeof(*i));
	size_t *place = arena_push(l->a, &at->items, &at->n, sizeof(*place));

	i->unit = unit;
	i->edge = edge;
	i->layer = layer;
	i->place = at->n - 1;
	i->h = (int64_t)h * FINE;
	*place = l->n_items - 1;
	return l->n_items - 1;
}

static void
link_items(struct layout *l, size_t from, size_t to)
{
	struct item *x = &l->items[from], *y = &l->items[to];
	size_t *place;

	place = arena_push(l->a, &x->after, &x->n_after, sizeof(*place));
	*place = to;
	place = arena_push(l->a, &y->before, &y->n_before, sizeof(*place));
	*place = from;
}

static int
unit_height(struct dag_unit *u, enum dag_detail detail)
{
	size_t lines;

	if (u->n_jobs == 1 && detail != DAG_STAGES)
		return DAG_UNIT_HEIGHT;
	lines = detail == DAG_JOBS ? u->n_jobs : 0;
	u->shown = lines > DAG_LINES_MAX ? DAG_LINES_MAX : lines;
	/* What is left out has a line that says so. */
	return DAG_UNIT_HEIGHT + DAG_BAR_HEIGHT + DAG_LINE_HEIGHT *
	    (int)(u->shown + (lines > u->shown)) +
	    (u->shown > 0 ? DAG_LINES_PAD : 0);
}

static void
make_items(struct layout *l)
{
	struct dag *g = l->g;
	size_t bends = 0;

	for (size_t i = 0; i < g->n_units; i++) {
		struct dag_unit *u = &g->units[i];

		u->w = DAG_UNIT_WIDTH;
		u->h = unit_height(u, g->detail);
		(void)add_item(l, i, 0, u->layer, u->h);
	}
	for (size_t i = 0; i < g->n_edges; i++) {
		const struct dag_edge *e = &g->edges[i];
		size_t span = g->units[e->to].layer - g->units[e->from].layer;
		size_t at = e->from;

		if (span > 1 && bends + span > DAG_BENDS_MAX) {
			g->cut = true;
			continue;
		}
		for (size_t k = 1; k < span; k++) {
			size_t bend = add_item(l, g->n_units, i,
			    g->units[e->from].layer + k, DAG_BEND_HEIGHT);

			link_items(l, at, bend);
			at = bend;
			bends++;
		}
		link_items(l, at, e->to);
	}
}

/* --- the order in the layers --------------------------------------------- */

struct rank {
	int64_t key;
	size_t place, item;
};

static int
compare_ranks(const void *a, const void *b)
{
	const struct rank *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return (x->place > y->place) - (x->place < y->place);
}

static int64_t
middle_place(const struct layout *l, const struct item *i, bool forward)
{
	const size_t *near = forward ? i->before : i->after;
	size_t n = forward ? i->n_before : i->n_after;
	int64_t sum = 0;

	if (n == 0)
		return (int64_t)i->place * FINE;
	for (size_t k = 0; k < n; k++)
		sum += (int64_t)l->items[near[k]].place * FINE;
	return sum / (int64_t)n;
}

static void
order_layer(struct layout *l, struct layer *at, bool forward,
    struct rank *ranks)
{
	for (size_t i = 0; i < at->n; i++) {
		const struct item *it = &l->items[at->items[i]];

		ranks[i] = (struct rank){ middle_place(l, it, forward),
			it->place, at->items[i] };
	}
	if (at->n > 1)
		qsort(ranks, at->n, sizeof(*ranks), compare_ranks);
	for (size_t i = 0; i < at->n; i++) {
		at->items[i] = ranks[i].item;
		l->items[ranks[i].item].place = i;
	}
}

static void
order_all(struct layout *l)
{
	struct rank *ranks = arena_alloc(l->a, (l->n_items + 1) *
	    sizeof(*ranks));
	size_t n = l->g->n_layers;

	for (int s = 0; s < SWEEPS; s++)
		for (size_t i = 1; i < n; i++)
			order_layer(l, &l->layers[s % 2 == 0 ? i : n - 1 - i],
			    s % 2 == 0, ranks);
}

/* --- heights ------------------------------------------------------------- */

static int64_t
middle(const struct item *i)
{
	return i->y + i->h / 2;
}

static int64_t
wished(const struct layout *l, const struct item *i, bool forward)
{
	const size_t *near = forward ? i->before : i->after;
	size_t n = forward ? i->n_before : i->n_after;
	int64_t sum = 0;

	if (n == 0)
		return i->y;
	for (size_t k = 0; k < n; k++)
		sum += middle(&l->items[near[k]]);
	return sum / (int64_t)n - i->h / 2;
}

/* Neighbours that want to be in each other's place share one: the mean of
 * their wishes. */
struct block {
	int64_t sum, weight;
	size_t n;
};

/*
 * As near to the wishes as the order and the gaps allow, by least squares:
 * less what stands above it, each place must be at least that of the one
 * before it (isotonic regression, "pool adjacent violators").
 */
static void
settle_layer(struct layout *l, struct layer *at, bool forward,
    struct block *blocks)
{
	int64_t above = 0;
	size_t n = 0, k = 0;

	for (size_t i = 0; i < at->n; i++) {
		const struct item *it = &l->items[at->items[i]];
		int64_t weight = it->unit < l->g->n_units ? 4 : 1;

		blocks[n++] = (struct block){ (wished(l, it, forward) -
		    above) * weight, weight, 1 };
		while (n > 1 && blocks[n - 2].sum / blocks[n - 2].weight >
		    blocks[n - 1].sum / blocks[n - 1].weight) {
			blocks[n - 2].sum += blocks[n - 1].sum;
			blocks[n - 2].weight += blocks[n - 1].weight;
			blocks[n - 2].n += blocks[n - 1].n;
			n--;
		}
		above += it->h + DAG_GAP_Y * FINE;
	}
	above = 0;
	for (size_t i = 0; i < n; i++)
		for (size_t c = 0; c < blocks[i].n; c++) {
			struct item *it = &l->items[at->items[k++]];

			it->y = blocks[i].sum / blocks[i].weight + above;
			above += it->h + DAG_GAP_Y * FINE;
		}
}

static void
stack(struct layout *l)
{
	for (size_t i = 0; i < l->g->n_layers; i++) {
		int64_t y = 0;

		for (size_t k = 0; k < l->layers[i].n; k++) {
			struct item *it = &l->items[l->layers[i].items[k]];

			it->y = y;
			y += it->h + DAG_GAP_Y * FINE;
		}
	}
}

static void
settle_all(struct layout *l)
{
	struct block *blocks = arena_alloc(l->a, (l->n_items + 1) *
	    sizeof(*blocks));
	size_t n = l->g->n_layers;

	stack(l);
	for (int p = 0; p < PASSES; p++)
		for (size_t i = 1; i < n; i++)
			settle_layer(l, &l->layers[p % 2 == 0 ? i : n - 1 - i],
			    p % 2 == 0, blocks);
}

/* --- what comes of it ---------------------------------------------------- */

static void
place_unit(struct dag *g, const struct item *it, int y)
{
	struct dag_unit *u = &g->units[it->unit];

	u->x = DAG_MARGIN + (int)it->layer * (DAG_UNIT_WIDTH + DAG_GAP_X);
	u->y = y;
	if (u->x + u->w + DAG_MARGIN > g->width)
		g->width = u->x + u->w + DAG_MARGIN;
}

static void
place_all(struct layout *l)
{
	struct dag *g = l->g;
	int64_t top = 0;

	for (size_t i = 0; i < l->n_items; i++)
		if (i == 0 || l->items[i].y < top)
			top = l->items[i].y;
	/* Bends stand behind the units, those of an edge in its direction. */
	for (size_t i = 0; i < l->n_items; i++) {
		const struct item *it = &l->items[i];
		int y = DAG_MARGIN + (int)((it->y - top) / FINE);

		if (y + (int)(it->h / FINE) + DAG_MARGIN > g->height)
			g->height = y + (int)(it->h / FINE) + DAG_MARGIN;
		if (it->unit < g->n_units) {
			place_unit(g, it, y);
			continue;
		}
		struct dag_edge *e = &g->edges[it->edge];
		int *bend = arena_push(l->a, &e->bends, &e->n_bends,
		    sizeof(*bend));

		*bend = y + DAG_BEND_HEIGHT / 2;
	}
}

void
dag_lay_out(struct dag *g, struct arena *a)
{
	struct layout l = { .g = g, .a = a };

	if (g->n_units == 0)
		return;
	l.layers = arena_alloc(a, g->n_layers * sizeof(*l.layers));
	make_items(&l);
	order_all(&l);
	settle_all(&l);
	place_all(&l);
}
