/*
 * language.c - how fast workflow files are checked and planned, beside
 * libyaml's own parse of the same bytes in the same run.
 *
 *	bench/language FILE...
 *
 * For each file the floor and ours take turns, so that all meet the same
 * noise; the best time of each counts. Files that are not well formed are
 * left out of both. Then workflows of growing size, to see that the cost
 * grows with it and no faster.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <yaml.h>

#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/pipeline/decide.h"
#include "lib/pipeline/model.h"

#define ROUNDS 60

struct corpus {
	struct str *files;
	size_t n;
	size_t bytes;
};

static double
now_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* The floor: all events of a text. False when libyaml refuses it. */
static bool
parse_events(const struct str *text)
{
	yaml_parser_t parser;
	yaml_event_t event;
	bool ended = false, good = true;

	if (!yaml_parser_initialize(&parser))
		abort();
	yaml_parser_set_input_string(&parser, (const unsigned char *)text->s,
	    text->len);
	while (good && !ended) {
		good = yaml_parser_parse(&parser, &event) != 0;
		ended = good && event.type == YAML_STREAM_END_EVENT;
		if (good)
			yaml_event_delete(&event);
	}
	yaml_parser_delete(&parser);
	return good;
}

/* Ours: read, checked, looked over. Returns the number of problems. */
static size_t
lint(const struct str *text)
{
	struct arena a = ARENA_INIT(0);
	struct workflow *w;
	struct diags d;
	size_t n;

	diags_init(&d, &a, "bench.yml", text->s, text->len);
	w = workflow_read(text->s, text->len, &a, &d);
	if (w != NULL)
		workflow_lint(w, &a, &d);
	n = d.n;
	arena_release(&a);
	return n;
}

/* Read and plan as a rehearsal. Returns the number of jobs; 0: it cannot be
 * planned alone. */
static size_t
plan(const struct str *text)
{
	const struct run_facts facts = { .rehearsal = true };
	struct arena a = ARENA_INIT(0);
	struct run_plan out = { 0 };
	struct workflow *w;
	struct diags d;
	size_t n = 0;

	diags_init(&d, &a, "bench.yml", text->s, text->len);
	w = workflow_read(text->s, text->len, &a, &d);
	if (w != NULL && d.n_errors == 0 &&
	    run_decide(w, &facts, &a, &d, &out) == 0)
		n = out.n_jobs;
	arena_release(&a);
	return n;
}

static void
load(struct corpus *c, int n, char **paths)
{
	struct err err = { 0 };
	struct str text = STR_INIT;

	c->files = mem_calloc((size_t)n, sizeof(*c->files));
	for (int i = 0; i < n; i++) {
		str_clear(&text);
		if (file_read(paths[i], 1 << 20, &text, &err) == -1) {
			fprintf(stderr, "%s\n", err.text);
			exit(1);
		}
		if (!parse_events(&text))
			continue;
		str_init(&c->files[c->n]);
		str_add_len(&c->files[c->n], text.s, text.len);
		c->bytes += text.len;
		c->n++;
	}
	str_release(&text);
}

static double
best(double before, double took)
{
	return before == 0 || took < before ? took : before;
}

typedef size_t work(const struct str *text);

static size_t
count_events(const struct str *text)
{
	return parse_events(text);
}

/* The kinds of work for one file in turn; the best time of each, and what it
 * counted, are added. A file takes less than the system's time slice, so
 * that what else the machine does is left out of the best. */
static void
measure(const struct str *text, work *const *works, size_t n, double *sums,
    size_t *counts)
{
	double took[8] = { 0 };
	size_t count = 0;

	for (int round = 0; round < ROUNDS; round++)
		for (size_t i = 0; i < n; i++) {
			double start = now_s();

			count = works[i](text);
			took[i] = best(took[i], now_s() - start);
			if (round == 0)
				counts[i] += count;
		}
	for (size_t i = 0; i < n; i++)
		sums[i] += took[i];
}

static long
peak_kib(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_maxrss;
}

static void
compare(const struct corpus *c)
{
	static work *const works[] = { count_events, lint, plan };
	double sums[ARRAY_LEN(works)] = { 0 };
	size_t counts[ARRAY_LEN(works)] = { 0 };

	for (size_t i = 0; i < c->n; i++)
		measure(&c->files[i], works, ARRAY_LEN(works), sums, counts);
	printf("files %zu, bytes %zu, best of %d rounds\n", c->n, c->bytes,
	    ROUNDS);
	printf("libyaml events  %9.0f files/s\n", (double)c->n / sums[0]);
	printf("lint            %9.0f files/s  %.2f times the floor, "
	    "%zu problems\n", (double)c->n / sums[1], sums[1] / sums[0],
	    counts[1]);
	printf("read and plan   %9.0f files/s  %.2f times the floor, "
	    "%zu jobs\n", (double)c->n / sums[2], sums[2] / sums[0],
	    counts[2]);
	printf("peak resident   %9ld KiB\n", peak_kib());
}

/* n jobs, each of which needs the one before. */
static void
write_chain(struct str *out, int n)
{
	str_add(out, "on: push\njobs:\n");
	for (int i = 0; i < n; i++) {
		str_addf(out, "  j%d:\n    runs-on: x\n", i);
		if (i > 0)
			str_addf(out, "    needs: j%d\n", i - 1);
		str_add(out, "    steps:\n      - run: echo ${{ github.ref }}\n");
	}
}

/* A matrix of n jobs. */
static void
write_matrix(struct str *out, int n)
{
	str_add(out, "on: push\njobs:\n  m:\n    runs-on: x\n    strategy:\n"
	    "      matrix:\n        a: [0, 1, 2, 3, 4, 5, 6, 7]\n        b: [");
	for (int i = 0; i < n / 8; i++)
		str_addf(out, "%s%d", i > 0 ? ", " : "", i);
	str_add(out, "]\n    steps:\n      - run: echo ${{ matrix.a }}\n");
}

static void
grow(const char *what, void (*write)(struct str *out, int n), int first,
    int last)
{
	double took;
	size_t jobs = 0;

	for (int n = first; n <= last; n *= 2) {
		struct str text = STR_INIT;

		write(&text, n);
		took = 0;
		for (int i = 0; i < ROUNDS; i++) {
			double start = now_s();

			jobs = plan(&text);
			took = best(took, now_s() - start);
		}
		printf("%-8s %5zu jobs  %8.2f ms  %6.2f us a job  "
		    "peak %6ld KiB\n", what, jobs, took * 1e3,
		    took * 1e6 / n, peak_kib());
		str_release(&text);
	}
}

int
main(int argc, char **argv)
{
	struct corpus c = { 0 };

	load(&c, argc - 1, argv + 1);
	if (c.n > 0)
		compare(&c);
	grow("chain", write_chain, 125, 1000);
	grow("matrix", write_matrix, 32, 256);
	for (size_t i = 0; i < c.n; i++)
		str_release(&c.files[i]);
	free(c.files);
	return 0;
}
