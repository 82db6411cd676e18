/*
 * history.c - what claims, lists and pages cost with a million finished runs,
 * beside a database that has few.
 *
 *	bench/history [RUNS [ROUNDS]]
 *
 * Both are asked in turn; printed are the medians, their ratio, and how many
 * instructions of SQLite's machine each took. Commits wait for no disk. The
 * database is made below TMPDIR, 1.3 kB for each run, and removed.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "t/lib/fixture.h"
#include "t/lib/history.h"

#define FEW 6000
#define MAX_ROUNDS 18 /* a claim takes one of 40 jobs each time */

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
median(double *list, int n)
{
	qsort(list, (size_t)n, sizeof(*list), by_value);
	return list[n / 2];
}

static void
compare(struct store *few, struct store *many,
    const struct history_look *look, int rounds)
{
	double a_us[MAX_ROUNDS], b_us[MAX_ROUNDS], a, b;
	struct history_cost x = { 0 }, y = { 0 };

	history_measure(few, look);
	history_measure(many, look);
	for (int i = 0; i < rounds; i++) {
		x = history_measure(few, look);
		y = history_measure(many, look);
		a_us[i] = x.us;
		b_us[i] = y.us;
	}
	a = median(a_us, rounds);
	b = median(b_us, rounds);
	printf("%-34s %9.0f us %9.0f us  %5.2f  %8lld %8lld\n", look->name, a,
	    b, b / a, (long long)x.steps, (long long)y.steps);
}

int
main(int argc, char **argv)
{
	int64_t n = argc > 1 ? atoll(argv[1]) : 1000000;
	int rounds = argc > 2 ? atoi(argv[2]) : MAX_ROUNDS;
	time_t began = time(NULL);
	struct store *few, *many;
	const char *path;
	struct stat size;

	if (n < FEW || rounds < 1 || rounds > MAX_ROUNDS) {
		fprintf(stderr, "usage: history [RUNS, at least %d [ROUNDS, 1 "
		    "to %d]]\n", FEW, MAX_ROUNDS);
		return 2;
	}
	few = history_make(FEW, NULL);
	many = history_make(n, &path);
	printf("%lld runs, %lld MB, made in %lld s\n", (long long)n,
	    stat(path, &size) == 0 ? (long long)size.st_size >> 20 : -1,
	    (long long)(time(NULL) - began));
	printf("%-34s %12s %12s  ratio  %s\n", "", "few", "many",
	    "instructions of both");
	for (size_t i = 0; i < history_n_looks; i++)
		compare(few, many, &history_looks[i], rounds);
	store_close(few);
	store_close(many);
	return 0;
}
