/*
 * week.c - a week of a host with four slots, with the real claim and a clock
 * that is moved on: who waits for how long.
 *
 *	bench/week [SEED]
 *
 * Five owners who work in different ways share the host. Their jobs are made,
 * claimed and ended by the store as always; nothing runs. The same week is
 * played twice: as it is, and with all jobs in one repository of one owner,
 * where priority and age alone decide: so it was before shares.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <inttypes.h>
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/store/internal.h"
#include "t/lib/fixture.h"

#define SLOTS 4
#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define MONDAY INT64_C(1799625600000) /* 2027-01-11, 00:00 UTC */
#define MAX_RUNS 4000
#define MAX_JOBS 20000

/* How an owner works: runs an hour by day, on work days; bursts at one time
 * of each day. */
struct habit {
	const char *owner;
	int repos;
	double by_day;      /* runs in an hour, 8 to 18 o'clock */
	int burst, at_hour; /* runs at once, each day; 0: none */
	int jobs;           /* of a run, at most */
	int matrix;         /* of one run in 20: a large matrix */
	double minutes;     /* median of a job */
};
static const struct habit habits[] = {
	{ "acme", 6, 9, 0, 0, 5, 0, 4 },
	{ "ada", 2, 1.5, 0, 0, 3, 0, 3 },
	{ "bots", 4, 0, 40, 9, 2, 0, 5 },
	{ "mono", 1, 2, 0, 0, 3, 120, 4 },
	{ "nightly", 2, 0, 12, 2, 3, 0, 25 },
};

static const char *const refs[] = { "main", "tag", "feature" };
static const int priorities[] = { 10, 5, 1 };
#define N_REFS ARRAY_LEN(refs)
#define N_HABITS ARRAY_LEN(habits)

struct arrival {
	int64_t at_ms;
	int who, repo, ref, jobs;
};

struct wait {
	int who, ref;
	double minutes;
};

struct week {
	struct arrival runs[MAX_RUNS];
	int n_runs;
	struct wait waits[MAX_JOBS];
	int n_waits;
	double used_min[N_HABITS];
	int64_t busy_ms, end_ms;
};

/* --- chance, the same for the same seed ------------------------------------ */

static uint64_t state;

static double
chance(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (double)(state >> 11) / 9007199254740992.0;
}

static int
one_of(int n)
{
	return (int)(chance() * n);
}

/* Of a job: half are shorter than the median, one in a hundred is five times
 * as long or longer. */
static int64_t
length_ms(double median_min)
{
	double normal = sqrt(-2 * log(chance() + 1e-12)) *
	    cos(2 * 3.14159265358979 * chance());
	double minutes = median_min * exp(0.7 * normal);

	return (int64_t)((minutes > 90 ? 90 : minutes) * (double)MINUTE) +
	    SECOND;
}

/* --- what comes ------------------------------------------------------------ */

static void
add_arrival(struct week *w, int who, int64_t at_ms)
{
	const struct habit *h = &habits[who];
	struct arrival *a = &w->runs[w->n_runs];
	double kind = chance();

	if (w->n_runs == MAX_RUNS)
		return;
	w->n_runs++;
	*a = (struct arrival){ at_ms, who, one_of(h->repos),
		kind < 0.2 ? 0 : kind < 0.22 ? 1 : 2, 1 + one_of(h->jobs) };
	if (h->matrix > 0 && chance() < 0.05)
		a->jobs = h->matrix;
}

static int
by_time(const void *a, const void *b)
{
	const struct arrival *x = a, *y = b;

	return (x->at_ms > y->at_ms) - (x->at_ms < y->at_ms);
}

static void
make_week(struct week *w)
{
	for (int who = 0; who < (int)N_HABITS; who++)
		for (int hour = 0; hour < 7 * 24; hour++) {
			const struct habit *h = &habits[who];
			int64_t at = MONDAY + hour * HOUR;
			bool work = hour / 24 < 5 && hour % 24 >= 8 &&
			    hour % 24 < 18;

			if (h->burst > 0 && hour % 24 == h->at_hour)
				for (int i = 0; i < h->burst; i++)
					add_arrival(w, who, at + i * SECOND);
			for (double left = work ? h->by_day : 0;
			    chance() < left; left--)
				add_arrival(w, who, at + (int64_t)(chance() *
				    (double)HOUR));
		}
	qsort(w->runs, (size_t)w->n_runs, sizeof(w->runs[0]), by_time);
}

/* --- the host -------------------------------------------------------------- */

struct slot {
	int64_t job, ends_ms; /* 0: free */
	int attempt;
};

static void
submit(struct store *st, const int64_t *repos, const struct arrival *a,
    bool shared)
{
	struct str graph = STR_INIT;

	for (int i = 0; i < a->jobs; i++)
		str_addf(&graph, "%sj%d", i > 0 ? " " : "", i);
	fixture_run(st, shared ? repos[a->who * 8 + a->repo] : repos[0],
	    priorities[a->ref], graph.s);
	str_release(&graph);
}

/* Fill the free slots. */
static void
start(struct week *w, struct store *st, struct slot *slots, int64_t now)
{
	const struct queue_limits limits = { .host = SLOTS };

	for (int i = 0; i < SLOTS; i++) {
		struct arena a = ARENA_INIT(0);
		struct err err = { 0 };
		const struct arrival *from;
		struct job job;
		int64_t length;

		if (slots[i].job != 0)
			continue;
		if (must(queue_claim(st, "w", DAY, &limits, &a, &job,
			&err)) == 0)
			return;
		from = &w->runs[job.run - 1];
		length = length_ms(habits[from->who].minutes);
		must(job_start(st, job.id, job.attempt, "sandbox", NULL, "l",
		    &err));
		slots[i] = (struct slot){ job.id, now + length, job.attempt };
		if (w->n_waits < MAX_JOBS)
			w->waits[w->n_waits++] = (struct wait){ from->who,
				from->ref, (double)(now - from->at_ms) /
				(double)MINUTE };
		w->used_min[from->who] += (double)length / (double)MINUTE;
		w->busy_ms += length;
		arena_release(&a);
	}
}

static struct slot *
next_end(struct slot *slots)
{
	struct slot *next = NULL;

	for (int i = 0; i < SLOTS; i++)
		if (slots[i].job != 0 &&
		    (next == NULL || slots[i].ends_ms < next->ends_ms))
			next = &slots[i];
	return next;
}

static void
play(struct week *w, struct store *st, const int64_t *repos, bool shared)
{
	struct slot slots[SLOTS] = { { 0, 0, 0 } }, *end;
	int next = 0;

	while ((end = next_end(slots)) != NULL || next < w->n_runs) {
		bool comes = next < w->n_runs && (end == NULL ||
		    w->runs[next].at_ms <= end->ends_ms);
		int64_t now = comes ? w->runs[next].at_ms : end->ends_ms;

		clock_stand_at(now);
		if (comes) {
			submit(st, repos, &w->runs[next++], shared);
		} else {
			fixture_end(st, end->job, end->attempt, "succeed");
			end->job = 0;
		}
		start(w, st, slots, now);
		w->end_ms = now;
	}
	clock_stand_at(0);
}

/* --- what came of it -------------------------------------------------------- */

static int
by_minutes(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Median, 95th of a hundred, longest; who and ref -1: all. */
static int
waits_of(const struct week *w, int who, int ref, double out[3])
{
	static double list[MAX_JOBS];
	int n = 0;

	for (int i = 0; i < w->n_waits; i++)
		if ((who == -1 || w->waits[i].who == who) &&
		    (ref == -1 || w->waits[i].ref == ref))
			list[n++] = w->waits[i].minutes;
	qsort(list, (size_t)n, sizeof(*list), by_minutes);
	out[0] = n > 0 ? list[n / 2] : 0;
	out[1] = n > 0 ? list[n * 95 / 100] : 0;
	out[2] = n > 0 ? list[n - 1] : 0;
	return n;
}

static void
print_row(const struct week *shared, const struct week *single, int who,
    int ref)
{
	double a[3], b[3];
	int n = waits_of(shared, who, ref, a);

	waits_of(single, who, ref, b);
	if (n > 0)
		printf("%-8s %-8s %6d %7.1f %7.1f %7.1f   %7.1f %7.1f %7.1f\n",
		    who == -1 ? "all" : habits[who].owner,
		    ref == -1 ? "all" : refs[ref], n, a[0], a[1], a[2], b[0],
		    b[1], b[2]);
}

static void
print_week(const struct week *shared, const struct week *single)
{
	double days = (double)(shared->end_ms - MONDAY) / (double)DAY;

	printf("%d runs, %d jobs, %d slots, %.0f%% used over %.1f days\n",
	    shared->n_runs, shared->n_waits, SLOTS,
	    100 * (double)shared->busy_ms / SLOTS /
	    (double)(shared->end_ms - MONDAY), days);
	printf("minutes of waiting             shared                  "
	    "by priority and age alone\n");
	printf("%-8s %-8s %6s %7s %7s %7s   %7s %7s %7s\n", "owner", "ref",
	    "jobs", "median", "95th", "most", "median", "95th", "most");
	for (int who = 0; who < (int)N_HABITS; who++) {
		for (int ref = 0; ref < (int)N_REFS; ref++)
			print_row(shared, single, who, ref);
		print_row(shared, single, who, -1);
	}
	print_row(shared, single, -1, -1);
	printf("slot time:");
	for (int who = 0; who < (int)N_HABITS; who++)
		printf(" %s %.0f h", habits[who].owner,
		    shared->used_min[who] / 60);
	printf("\n");
}

static void
run_week(struct week *w, uint64_t seed, bool shared)
{
	int64_t repos[N_HABITS * 8] = { 0 };
	struct store *st = fixture_store(NULL);

	if (sqlite3_exec(st->db, "PRAGMA synchronous = OFF", NULL, NULL,
	    NULL) != SQLITE_OK)
		exit(1);
	memset(w, 0, sizeof(*w));
	state = seed;
	make_week(w);
	for (int i = 0; i < (int)N_HABITS; i++)
		for (int k = 0; k < habits[i].repos; k++) {
			char name[] = "r0";

			name[1] += (char)k;
			repos[i * 8 + k] = fixture_repo_of(st,
			    habits[i].owner, name);
		}
	play(w, st, repos, shared);
	store_close(st);
}

int
main(int argc, char **argv)
{
	static struct week shared, single;
	uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;

	if (seed == 0)
		seed = 1;
	seed *= UINT64_C(0x9e3779b97f4a7c15);
	run_week(&shared, seed, true);
	run_week(&single, seed, false);
	print_week(&shared, &single);
	return 0;
}
