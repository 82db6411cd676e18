/*
 * advance.c - what it costs to decide a run of many jobs anew after each of
 * them.
 *
 *	bench/advance [JOBS]
 *
 * Half of the jobs need nothing, each of the others needs one of those. All
 * are brought to their ends; printed are the first decision, which freezes
 * and stores half of the jobs, and the mean and longest of the others.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "lib/base/str.h"
#include "t/lib/fixture.h"

static double
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

int
main(int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : 1000;
	struct store *st = fixture_store(NULL);
	int64_t repo = fixture_repo(st, "r");
	struct str graph = STR_INIT;
	double began, first, took, longest = 0, sum = 0;
	int64_t run;

	for (int i = 0; i < n / 2; i++)
		str_addf(&graph, "a%d ", i);
	for (int i = 0; i < n / 2; i++)
		str_addf(&graph, "b%d:a%d ", i, i);
	began = now_ms();
	run = fixture_run(st, repo, 1, graph.s);
	first = now_ms() - began;
	for (int i = 0; i < n / 2 * 2; i++) {
		int attempt;
		int64_t job = fixture_start(st, &attempt);

		began = now_ms();
		fixture_end(st, job, attempt, "succeed");
		took = now_ms() - began;
		sum += took;
		longest = took > longest ? took : longest;
	}
	printf("%d jobs, run %s: first decision %.1f ms; each job's end with "
	    "its decision %.2f ms, at most %.1f ms\n", n,
	    fixture_run_state(st, run), first, sum / n, longest);
	str_release(&graph);
	store_close(st);
	return 0;
}
