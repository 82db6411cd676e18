/*
 * advance-t.c - a run goes on from job to job: what comes, what starts, what
 * is left out, what waits, and how it ends; by the whole way of deciding and
 * storing, without processes.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/store/decisions.h"
#include "lib/store/rebuild.h"
#include "t/lib/fixture.h"
#include "t/lib/tap.h"
#include "workerd/advance.h"

#define ON "on: push\njobs:\n"
#define STEPS "runs-on: ubuntu, steps: [{ run: make }]"

static bool
has_state(struct store *st, int64_t id, const char *state)
{
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };
	struct job job;
	bool has;

	must(job_find_id(st, id, &a, &job, &err));
	has = str_equal(machine_state_name(MACHINE_JOB, (int)job.state),
	    state);
	arena_release(&a);
	return has;
}

/* Bring one job to its end; those before it in the queue are started, too. */
static void
end_job(struct store *st, int64_t run, const char *key, const char *on,
    const char *outputs)
{
	int64_t id = fixture_job(st, run, key);
	int attempt;

	while (id != 0 && has_state(st, id, "pending"))
		fixture_start(st, &attempt);
	if (id == 0 || !has_state(st, id, "running")) {
		printf("Bail out! job \"%s\" cannot run: %s\n", key,
		    fixture_jobs(st, run));
		exit(1);
	}
	fixture_end_with(st, id, 1, on, outputs);
}

/* "build=s" succeeds, "=f" fails, "=c" is cancelled, with outputs behind;
 * "cancel" asks for the end of the run. */
static void
play(struct store *st, int64_t run, const char *script)
{
	char *copy = strdup(script), *save = NULL;

	if (copy == NULL)
		abort();
	for (char *w = strtok_r(copy, " ", &save); w != NULL;
	    w = strtok_r(NULL, " ", &save)) {
		char *end = strrchr(w, '=');

		if (strcmp(w, "cancel") == 0) {
			fixture_cancel(st, run);
			continue;
		}
		*end++ = '\0';
		end_job(st, run, w, *end == 's' ? "succeed" : *end == 'f' ?
		    "fail" : "cancel", end[1] != '\0' ? end + 1 : NULL);
	}
	free(copy);
}

static void
tell(void *ctx, const char *text)
{
	str_addf(ctx, "%s\n", text);
}

static void
verify(struct store *st)
{
	struct str text = STR_INIT;
	struct err err = { 0 };
	int64_t n;

	must(store_verify_events(st, 0, tell, &text, &n, &err));
	is_str(text.s, "", "and the events say the same");
	str_release(&text);
}

static const struct {
	const char *what;
	const char *workflow;
	const char *script;
	const char *jobs, *run;
} cases[] = {
	{ "a matrix has a job for each combination", ON
	    "  build: { strategy: { matrix: { os: [a, b], include: [{ os: c }]"
	    " } }, " STEPS " }\n", "build:2=s build=s",
	    "build=succeeded build:2=succeeded build:3=pending", "running" },
	{ "fail-fast ends what runs and what waits", ON
	    "  build: { strategy: { matrix: { os: [a, b, c] } }, " STEPS
	    " }\n  after: { needs: build, " STEPS " }\n", "build:2=f build=c",
	    "build=cancelled build:2=failed build:3=cancelled after=skipped",
	    "failed" },
	{ "without fail-fast all go on", ON
	    "  build: { strategy: { fail-fast: false, matrix: { os: [a, b] } "
	    "}, " STEPS " }\n", "build=f build:2=s",
	    "build=failed build:2=succeeded", "failed" },
	{ "a matrix from outputs comes when they are there", ON
	    "  list: { outputs: { all: x }, " STEPS " }\n"
	    "  build: { needs: list, strategy: { matrix: { os: \"${{ "
	    "fromJSON(needs.list.outputs.all) }}\" } }, " STEPS " }\n"
	    "  last: { needs: build, " STEPS " }\n",
	    "list=s{\"all\":\"[1,2]\"} build=s build:2=s last=s",
	    "list=succeeded build=succeeded last=succeeded "
	    "build:2=succeeded", "succeeded" },
	{ "a wrong matrix fails its job", ON
	    "  list: { outputs: { all: x }, " STEPS " }\n"
	    "  build: { needs: list, strategy: { matrix: { os: \"${{ "
	    "fromJSON(needs.list.outputs.all) }}\" } }, " STEPS " }\n",
	    "list=s{\"all\":\"[1\"}", "list=succeeded build=failed",
	    "failed" },
	{ "a job whose `if` is false is skipped, and what needs it", ON
	    "  a: { if: \"github.ref == 'refs/heads/x'\", " STEPS " }\n"
	    "  b: { needs: a, " STEPS " }\n"
	    "  c: { " STEPS " }\n", "c=s",
	    "a=skipped b=skipped c=succeeded", "succeeded" },
	{ "a run whose jobs are all skipped is skipped", ON
	    "  a: { if: false, " STEPS " }\n", "", "a=skipped", "skipped" },
	{ "failure() and always() run behind a failure", ON
	    "  a: { " STEPS " }\n"
	    "  b: { needs: a, " STEPS " }\n"
	    "  c: { needs: a, if: failure(), " STEPS " }\n"
	    "  d: { needs: [a, b], if: always(), " STEPS " }\n",
	    "a=f c=s d=s",
	    "a=failed b=skipped c=succeeded d=succeeded", "failed" },
	{ "continue-on-error counts as success", ON
	    "  a: { continue-on-error: true, " STEPS " }\n"
	    "  b: { needs: a, " STEPS " }\n", "a=f b=s",
	    "a=failed b=succeeded", "succeeded" },
	{ "a cancelled run still runs what always() asks for", ON
	    "  a: { " STEPS " }\n"
	    "  b: { needs: a, " STEPS " }\n"
	    "  c: { needs: a, if: always(), " STEPS " }\n"
	    "  d: { needs: a, if: cancelled(), " STEPS " }\n",
	    "cancel c=s d=s",
	    "a=cancelled b=skipped c=succeeded d=succeeded", "cancelled" },
	{ "what was skipped before a cancel stays so", ON
	    "  a: { if: cancelled(), " STEPS " }\n"
	    "  b: { " STEPS " }\n", "cancel",
	    "a=skipped b=cancelled", "cancelled" },
	{ "a running always() job is not told of a cancel", ON
	    "  a: { if: always(), " STEPS " }\n"
	    "  b: { needs: a, " STEPS " }\n", "cancel a=s",
	    "a=succeeded b=skipped", "cancelled" },
	{ "cancelled twice, nothing is left", ON
	    "  a: { if: always(), " STEPS " }\n"
	    "  b: { needs: a, if: always(), " STEPS " }\n", "cancel cancel",
	    "a=cancelled b=cancelled", "cancelled" },
	{ "stages stand behind each other",
	    "on: push\nstages: [one, two]\njobs:\n"
	    "  a: { stage: two, " STEPS " }\n"
	    "  b: { stage: one, " STEPS " }\n", "b=s a=s",
	    "b=succeeded a=succeeded", "succeeded" },
	{ "max-parallel holds the others back", ON
	    "  a: { strategy: { max-parallel: 2, matrix: { n: [1, 2, 3, 4] } "
	    "}, " STEPS " }\n", "a:2=s",
	    "a=running a:2=succeeded a:3=pending a:4=blocked", "running" },
	{ "a job with a concurrency group waits for its holder", ON
	    "  a: { concurrency: x, " STEPS " }\n"
	    "  b: { concurrency: X, " STEPS " }\n", "",
	    "a=pending b=blocked", "pending" },
	{ "and starts when that has ended", ON
	    "  a: { concurrency: x, " STEPS " }\n"
	    "  b: { concurrency: X, " STEPS " }\n", "a=f b=s",
	    "a=failed b=succeeded", "failed" },
	{ "of those that wait, the newest stays", ON
	    "  a: { concurrency: x, " STEPS " }\n"
	    "  b: { concurrency: x, " STEPS " }\n"
	    "  c: { concurrency: x, " STEPS " }\n", "a=s c=s",
	    "a=succeeded b=cancelled c=succeeded", "cancelled" },
	{ "with a queue, all wait", ON
	    "  a: { concurrency: { group: x, queue: max }, " STEPS " }\n"
	    "  b: { concurrency: { group: x, queue: max }, " STEPS " }\n"
	    "  c: { concurrency: { group: x, queue: max }, " STEPS " }\n",
	    "a=s b=s c=s", "a=succeeded b=succeeded c=succeeded",
	    "succeeded" },
	{ "a job in the group of its own run can never start",
	    "on: push\nconcurrency: x\njobs:\n"
	    "  a: { concurrency: x, " STEPS " }\n", "",
	    "a=failed", "failed" },
};

static void
test_cases(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct store *st = fixture_store(NULL);
		int64_t run = fixture_workflow(st, fixture_repo(st, "r"), 1,
		    cases[i].workflow);

		play(st, run, cases[i].script);
		is_str(fixture_jobs(st, run), cases[i].jobs, "%s",
		    cases[i].what);
		is_str(fixture_run_state(st, run), cases[i].run,
		    "and its run is %s", cases[i].run);
		verify(st);
		store_close(st);
	}
}

int
main(void)
{
	test_cases();
	return tap_done();
}
