/*
 * dag.c - fuzz: the graph of a run.
 *
 * Lines of the input are jobs, "KEY TITLE<NEED,NEED": whatever they say, units
 * do not cover each other, edges lead forward to units that are there, every
 * job stands in one unit, and the drawing has a bound.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/render/dag.h"
#include "t/fuzz/require.h"

#define JOBS_MAX 200

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A JSON list of the words between commas; what is no UTF-8 stays a text that
 * cannot be read. */
static const char *
list_of(char *text, struct arena *a)
{
	struct str s = STR_INIT;
	const char *out;
	char *save = NULL;

	for (char *w = strtok_r(text, ",", &save); w != NULL;
	    w = strtok_r(NULL, ",", &save)) {
		json_t *word = json_string(w);
		char *quoted = word != NULL ? json_dumps(word,
		    JSON_ENCODE_ANY) : NULL;

		str_addf(&s, "%c%s", s.len == 0 ? '[' : ',',
		    quoted != NULL ? quoted : w);
		free(quoted);
		json_decref(word);
	}
	str_add(&s, s.len == 0 ? "[]" : "]");
	out = arena_strdup(a, s.s);
	str_release(&s);
	return out;
}

static size_t
read_jobs(char *text, struct dag_job *jobs, struct arena *a)
{
	size_t n = 0;
	char *save = NULL;

	for (char *line = strtok_r(text, "\n", &save); line != NULL &&
	    n < JOBS_MAX; line = strtok_r(NULL, "\n", &save)) {
		char *needs = strchr(line, '<'), *title;

		if (needs != NULL)
			*needs++ = '\0';
		title = strchr(line, ' ');
		if (title != NULL)
			*title++ = '\0';
		jobs[n] = (struct dag_job){ .key = line, .title =
			title != NULL ? title : line, .state = "word",
			.needs = needs != NULL ? list_of(needs, a) : "[]",
			.look = (enum look)((unsigned char)line[0] % LOOK_N),
			.started_at_ms = (unsigned char)line[0],
			.finished_at_ms = (int64_t)strlen(line) * 7 };
		n++;
	}
	return n;
}

static void
check_units(const struct dag *g)
{
	size_t jobs = 0;

	for (size_t i = 0; i < g->n_units; i++) {
		const struct dag_unit *u = &g->units[i];

		jobs += u->n_jobs;
		require(u->n_jobs > 0 && u->layer < g->n_layers);
		require(u->x >= 0 && u->y >= 0 && u->x + u->w <= g->width &&
		    u->y + u->h <= g->height);
		for (size_t k = 0; k < i; k++) {
			const struct dag_unit *o = &g->units[k];

			require(u->x >= o->x + o->w || o->x >= u->x + u->w ||
			    u->y >= o->y + o->h || o->y >= u->y + u->h);
		}
	}
	require(jobs == g->n_jobs);
}

static void
check(const struct dag_job *jobs, size_t n, enum dag_detail detail)
{
	static const struct dag_drawing d = { "/j/", "?job=", "?stage=", "t",
		true };
	struct arena a = ARENA_INIT(0);
	struct str svg = STR_INIT;
	bool mark[JOBS_MAX];
	struct dag g;

	dag_build(&g, jobs, n, detail, &a);
	dag_lay_out(&g, &a);
	check_units(&g);
	for (size_t i = 0; i < g.n_edges; i++)
		require(g.edges[i].from < g.n_units && g.edges[i].to <
		    g.n_units && g.units[g.edges[i].from].layer <
		    g.units[g.edges[i].to].layer);
	dag_svg(&g, &d, &svg);
	require(svg.len > 0);
	json_decref(dag_json(&g));
	dag_critical(&g, mark);
	dag_first_failed(&g, mark);
	str_release(&svg);
	arena_release(&a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = ARENA_INIT(0);
	struct dag_job jobs[JOBS_MAX];
	char *text = malloc(size + 1);
	size_t n;

	require(text != NULL);
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	n = read_jobs(text, jobs, &a);
	for (int detail = DAG_JOBS; detail <= DAG_STAGES; detail++)
		check(jobs, n, (enum dag_detail)detail);
	free(text);
	arena_release(&a);
	return 0;
}
