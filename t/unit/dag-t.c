/*
 * dag-t.c - the graph of a run: what needs what, that nothing covers or
 * crosses what it does not belong to, and that no input makes it large.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/render/dag.h"
#include "lib/render/dag_sizes.h"
#include "t/lib/tap.h"

static struct arena arena;

/* "a b:a c:a,b" as jobs; "x" before a key is one that failed. */
static struct dag_job *
jobs_of(const char *text, size_t *n)
{
	struct dag_job *jobs = NULL;
	char *copy = arena_strdup(&arena, text), *save = NULL;

	*n = 0;
	for (char *w = strtok_r(copy, " ", &save); w != NULL;
	    w = strtok_r(NULL, " ", &save)) {
		struct dag_job *j = arena_push(&arena, &jobs, n, sizeof(*j));
		char *needs = strchr(w, '<');
		struct str list = STR_INIT;

		if (needs != NULL)
			*needs++ = '\0';
		j->look = *w == '!' ? LOOK_FAILED : LOOK_SUCCEEDED;
		j->key = *w == '!' ? w + 1 : w;
		j->title = j->key;
		j->state = look_word(j->look);
		str_add(&list, "[");
		for (char *k = needs; k != NULL && *k != '\0';) {
			size_t len = strcspn(k, ",");

			str_addf(&list, "%s\"%.*s\"", list.len > 1 ? "," : "",
			    (int)len, k);
			k += len + (k[len] == ',');
		}
		str_add(&list, "]");
		j->needs = arena_strdup(&arena, list.s);
		str_release(&list);
	}
	return jobs;
}

/* "a>b b>c | 0 a | 1 b": edges, then units with their layers. */
static const char *
drawn(const char *text, enum dag_detail detail)
{
	struct str s = STR_INIT;
	const char *out;
	struct dag g;
	size_t n;
	struct dag_job *jobs = jobs_of(text, &n);

	dag_build(&g, jobs, n, detail, &arena);
	for (size_t i = 0; i < g.n_edges; i++)
		str_addf(&s, "%s>%s ", g.units[g.edges[i].from].key,
		    g.units[g.edges[i].to].key);
	str_add(&s, "|");
	for (size_t i = 0; i < g.n_units; i++)
		str_addf(&s, " %s:%zu*%zu", g.units[i].key, g.units[i].layer,
		    g.units[i].n_jobs);
	out = arena_strdup(&arena, s.s);
	str_release(&s);
	return out;
}

static void
test_edges(void)
{
	is_str(drawn("", DAG_JOBS), "|", "no jobs");
	is_str(drawn("a b<a c<a d<b,c", DAG_JOBS),
	    "a>b a>c b>d c>d | a:0*1 b:1*1 c:1*1 d:2*1", "a diamond");
	is_str(drawn("d<c,b c<a b<a a", DAG_JOBS),
	    "c>d b>d a>c a>b | d:2*1 c:1*1 b:1*1 a:0*1",
	    "jobs in another order");
	is_str(drawn("build:1 build:2 build:3 test<build", DAG_JOBS),
	    "build>test | build:0*3 test:1*1", "a matrix is one unit");
	is_str(drawn("a<a b<c c<b d<nobody e<e,a", DAG_JOBS),
	    "a>e | a:0*1 b:0*1 c:0*1 d:0*1 e:1*1",
	    "what needs itself, a circle, nobody");
	is_str(drawn("a b<a,a,a", DAG_JOBS), "a>b | a:0*1 b:1*1", "doubles");
}

static void
test_calls(void)
{
	static const char call[] = "x call/a<x call/b<call/a,x "
	    "call/c:1<call/a,x call/c:2<call/a,x end<call";

	is_str(drawn(call, DAG_JOBS), "x>call/a call/a>call/b call/a>call/c "
	    "call/b>end call/c>end | x:0*1 call/a:1*1 call/b:2*1 call/c:2*2 "
	    "end:3*1", "a call: its first jobs need, its last are needed");
	is_str(drawn(call, DAG_CALLS), "x>call call>end | x:0*1 call:1*4 "
	    "end:2*1", "a call as one unit");
	is_str(drawn("c:1/a c:2/a c:1/b<c:1/a c:2/b<c:2/a e<c", DAG_JOBS),
	    "c:1/a>c:1/b c:2/a>c:2/b c:1/b>e c:2/b>e | c:1/a:0*1 c:2/a:0*1 "
	    "c:1/b:1*1 c:2/b:1*1 e:2*1", "a call of a matrix");
	is_str(drawn("a b<a c<a d<b", DAG_STAGES), "1>2 2>3 | 1:0*1 2:1*2 "
	    "3:2*1", "stages");
}

/* --- geometry ------------------------------------------------------------ */

static bool
overlap(const struct dag_unit *a, const struct dag_unit *b)
{
	return a->x < b->x + b->w && b->x < a->x + a->w &&
	    a->y < b->y + b->h && b->y < a->y + a->h;
}

static bool
units_are_apart(const struct dag *g)
{
	for (size_t i = 0; i < g->n_units; i++) {
		const struct dag_unit *u = &g->units[i];

		if (u->x < 0 || u->y < 0 || u->x + u->w > g->width ||
		    u->y + u->h > g->height)
			return false;
		for (size_t k = 0; k < i; k++)
			if (overlap(u, &g->units[k]))
				return false;
	}
	return true;
}

/* Bends are where no unit of their layer is. */
static bool
bends_are_free(const struct dag *g)
{
	for (size_t i = 0; i < g->n_edges; i++) {
		const struct dag_edge *e = &g->edges[i];

		for (size_t b = 0; b < e->n_bends; b++)
			for (size_t k = 0; k < g->n_units; k++) {
				const struct dag_unit *u = &g->units[k];

				if (u->layer == g->units[e->from].layer + b +
				    1 && e->bends[b] >= u->y &&
				    e->bends[b] < u->y + u->h)
					return false;
			}
	}
	return true;
}

static bool
edges_go_right(const struct dag *g)
{
	for (size_t i = 0; i < g->n_edges; i++) {
		const struct dag_unit *a = &g->units[g->edges[i].from];
		const struct dag_unit *b = &g->units[g->edges[i].to];

		if (a->layer >= b->layer || a->x + a->w > b->x ||
		    g->edges[i].n_bends != b->layer - a->layer - 1)
			return false;
	}
	return true;
}

static unsigned seed = 1;

static size_t
below(size_t n)
{
	seed = seed * 1103515245u + 12345u;
	return n == 0 ? 0 : (seed >> 8) % n;
}

/* `n` jobs, each needing up to `fan` earlier ones, some of them matrices. */
static struct dag_job *
random_jobs(size_t n, size_t fan)
{
	struct dag_job *jobs = arena_alloc(&arena, n * sizeof(*jobs));

	for (size_t i = 0; i < n; i++) {
		struct str needs = STR_INIT;

		str_add(&needs, "[");
		for (size_t k = below(fan + 1); k > 0 && i > 0; k--)
			str_addf(&needs, "%s\"j%zu\"", needs.len > 1 ? "," :
			    "", below(i));
		str_add(&needs, "]");
		jobs[i] = (struct dag_job){ .key = below(5) == 0 && i > 0 ?
			arena_printf(&arena, "j%zu:%zu", i - 1, i) :
			arena_printf(&arena, "j%zu", i),
			.needs = arena_strdup(&arena, needs.s),
			.look = (enum look)below(LOOK_N), .state = "word",
			.started_at_ms = 1000, .finished_at_ms = 5000 };
		jobs[i].title = jobs[i].key;
		str_release(&needs);
	}
	return jobs;
}

static void
test_geometry(void)
{
	bool apart = true, free = true, right = true;

	for (int round = 0; round < 60; round++) {
		size_t n = 1 + below(60);
		struct dag_job *jobs = random_jobs(n, 1 + below(4));
		struct dag g;

		dag_build(&g, jobs, n, DAG_JOBS, &arena);
		dag_lay_out(&g, &arena);
		apart = apart && units_are_apart(&g);
		free = free && bends_are_free(&g);
		right = right && edges_go_right(&g);
	}
	ok(apart, "no unit covers another or leaves the picture");
	ok(free, "no edge crosses a unit that it does not lead to");
	ok(right, "edges lead to the right, with a bend in each layer between");
}

static void
test_order(void)
{
	size_t n;
	struct dag_job *jobs = jobs_of("a b c x<c y<b z<a", &n);
	struct dag g;

	dag_build(&g, jobs, n, DAG_JOBS, &arena);
	dag_lay_out(&g, &arena);
	ok(g.units[5].y < g.units[4].y && g.units[4].y < g.units[3].y,
	    "what can be drawn without a crossing has none");
	ok(g.units[0].y == g.units[5].y && g.units[1].y == g.units[4].y,
	    "and its edges are straight");
}

/* --- size ---------------------------------------------------------------- */

static const struct dag_drawing drawing = { "/jobs/", "?job=", "?stage=",
	"Jobs", true };

static void
test_large(void)
{
	struct dag_job *jobs = random_jobs(1000, 5);
	struct str svg = STR_INIT, again = STR_INIT;
	int64_t before = clock_mono_ms();
	struct arena a = ARENA_INIT(0);
	struct dag g;

	dag_build(&g, jobs, 1000, DAG_JOBS, &a);
	dag_lay_out(&g, &a);
	ok(units_are_apart(&g) && bends_are_free(&g), "1,000 jobs are apart");
	ok(a.used < 32 << 20, "in %zu KiB", a.used / 1024);
	dag_build_within(&g, jobs, 1000, DAG_PAGE_UNITS, DAG_PAGE_EDGES, &a);
	dag_lay_out(&g, &a);
	dag_svg(&g, &drawing, &svg);
	ok(g.detail == DAG_STAGES && svg.len < 64 * 1024,
	    "and %zu bytes as stages of a page", svg.len);
	dag_build_within(&g, jobs, 1000, DAG_PAGE_UNITS, DAG_PAGE_EDGES, &a);
	dag_lay_out(&g, &a);
	dag_svg(&g, &drawing, &again);
	is_str(again.s, svg.s, "the same jobs are the same bytes");
	tap_note("all of it in %" PRId64 " ms", clock_mono_ms() - before);
	str_release(&svg);
	str_release(&again);
	arena_release(&a);
}

/* 500 jobs that each need all of 500 others. */
static void
test_dense(void)
{
	struct dag_job *jobs = arena_alloc(&arena, 1000 * sizeof(*jobs));
	struct str all = STR_INIT;
	struct arena a = ARENA_INIT(0);
	struct dag g;

	str_add(&all, "[\"a0\"");
	for (int i = 1; i < 500; i++)
		str_addf(&all, ",\"a%d\"", i);
	str_add(&all, "]");
	for (int i = 0; i < 1000; i++)
		jobs[i] = (struct dag_job){ .key = arena_printf(&arena,
			i < 500 ? "a%d" : "b%d", i), .title = "t",
			.state = "w", .needs = i < 500 ? "[]" : all.s };
	dag_build(&g, jobs, 1000, DAG_JOBS, &a);
	dag_lay_out(&g, &a);
	ok(g.cut && g.n_edges == DAG_EDGES_MAX && units_are_apart(&g),
	    "250,000 needs are cut, and said to be");
	ok(a.used < 64 << 20, "in %zu KiB", a.used / 1024);
	str_release(&all);
	arena_release(&a);
}

/* --- SVG and JSON -------------------------------------------------------- */

static void
test_svg(void)
{
	size_t n;
	struct dag_job *jobs = jobs_of("a b<a", &n);
	struct str svg = STR_INIT;
	struct dag g;

	jobs[0].title = "<b>&\"x\" with a name that is much too long for it";
	jobs[0].key = "a/\"<";
	dag_build(&g, jobs, n, DAG_JOBS, &arena);
	dag_lay_out(&g, &arena);
	dag_svg(&g, &drawing, &svg);
	ok(strstr(svg.s, "<b>") == NULL && strstr(svg.s, "&lt;b&gt;&amp;") !=
	    NULL, "text is escaped");
	ok(strstr(svg.s, "/jobs/a%2F%22%3C\"") != NULL, "and so are links");
	ok(strstr(svg.s, "\342\200\246") != NULL, "what is too long is cut");
	str_release(&svg);
}

static void
test_json(void)
{
	size_t n;
	struct dag_job *jobs = jobs_of("build:1 !build:2 test<build", &n);
	struct dag g;
	json_t *o;
	char *s;

	jobs[0].started_at_ms = 1000;
	jobs[0].finished_at_ms = 3000;
	dag_build(&g, jobs, n, DAG_JOBS, &arena);
	o = dag_json(&g);
	is_int((long long)json_array_size(json_object_get(o, "nodes")), 4,
	    "a node for the matrix and one for each job");
	s = json_dumps(json_object_get(o, "edges"), JSON_COMPACT);
	is_str(s, "[{\"source\":\"build:*\",\"target\":\"test\",\"type\":"
	    "\"depends_on\"}]", "an edge for the need");
	free(s);
	s = json_dumps(json_array_get(json_object_get(o, "nodes"), 1),
	    JSON_COMPACT);
	is_str(s, "{\"id\":\"build:1\",\"label\":\"build:1\",\"type\":\"job\","
	    "\"status\":\"succeeded\",\"color\":\"#4CAF50\",\"start\":"
	    "\"1970-01-01T00:00:01.000Z\",\"end\":\"1970-01-01T00:00:03.000Z\","
	    "\"started_at\":\"1970-01-01T00:00:01.000Z\",\"finished_at\":"
	    "\"1970-01-01T00:00:03.000Z\",\"duration_ms\":2000,\"parent\":"
	    "\"build:*\"}", "a node");
	free(s);
	json_decref(o);
}

/* --- what follows -------------------------------------------------------- */

static void
test_failed(void)
{
	size_t n;
	struct dag_job *jobs = jobs_of("!a b<a !c<b !d e<d", &n);
	bool mark[5];
	struct dag g;

	dag_build(&g, jobs, n, DAG_JOBS, &arena);
	dag_first_failed(&g, mark);
	ok(mark[0] && !mark[1] && !mark[2] && mark[3] && !mark[4],
	    "first causes, not what failed behind them");
}

static void
test_critical(void)
{
	static const int64_t ends[] = { 5, 9, 12, 11 };
	size_t n;
	struct dag_job *jobs = jobs_of("a b c<a,b d<a", &n);
	bool mark[4];
	struct dag g;

	for (size_t i = 0; i < n; i++) {
		jobs[i].started_at_ms = 1;
		jobs[i].finished_at_ms = ends[i];
	}
	dag_build(&g, jobs, n, DAG_JOBS, &arena);
	dag_critical(&g, mark);
	ok(!mark[0] && mark[1] && mark[2] && !mark[3],
	    "the critical path goes along what ended last");
}

int
main(void)
{
	arena_init(&arena, 0);
	test_edges();
	test_calls();
	test_geometry();
	test_order();
	test_large();
	test_dense();
	test_svg();
	test_json();
	test_failed();
	test_critical();
	arena_release(&arena);
	return tap_done();
}
