/*
 * rerun.c - see rerun.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/store/rerun.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/map.h"
#include "lib/base/mem.h"
#include "lib/store/audit.h"
#include "lib/store/move.h"

struct old_run {
	int64_t id, repo, number;
	int attempt, newest;
	enum run_state state;
	int64_t cancel_at_ms;
	bool whole; /* there is something to decide it from */
	bool unapproved; /* a fork's, that nobody let run */
};

struct old_job {
	int64_t id;
	const char *key;
	const char *needs; /* JSON: a list */
	enum job_state state;
	int64_t finished_at_ms;
};

struct again {
	struct store *st;
	const struct rerun *how;
	struct arena a;
	struct old_run run;
	struct old_job *jobs;
	size_t n_jobs;
	bool *picked; /* of each: it runs again */
	size_t n_picked;
	struct map rows;  /* keys of those that are picked */
	struct map names; /* what a job that needs one of them may call it */
};

static const struct field run_fields[] = {
	FIELD(INT64, old_run, id),
	FIELD(INT64, old_run, repo),
	FIELD(INT64, old_run, number),
	FIELD(INT, old_run, attempt),
	FIELD(INT, old_run, newest),
	FIELD(RUN, old_run, state),
	FIELD(INT64, old_run, cancel_at_ms),
	FIELD(BOOL, old_run, whole),
	FIELD(BOOL, old_run, unapproved),
};
static const struct shape run_shape = { run_fields, ARRAY_LEN(run_fields),
	sizeof(struct old_run) };

static const struct field job_fields[] = {
	FIELD(INT64, old_job, id),
	FIELD(TEXT, old_job, key),
	FIELD(TEXT, old_job, needs),
	FIELD(JOB, old_job, state),
	FIELD(INT64, old_job, finished_at_ms),
};
static const struct shape old_job_shape = { job_fields,
	ARRAY_LEN(job_fields), sizeof(struct old_job) };

/* --- may it be run again? --------------------------------------------------- */

static int
check_run(const struct old_run *r, struct err *err)
{
	if (r->attempt < r->newest)
		return err_set(err, ERR_CONFLICT, "attempt %d of run #%"
		    PRId64 " is not the newest: run attempt %d again",
		    r->attempt, r->number, r->newest);
	if (!machine_terminal(MACHINE_RUN, (int)r->state))
		return err_set(err, ERR_CONFLICT, "run #%" PRId64 " is %s: it "
		    "can be run again when it has ended", r->number,
		    machine_state_name(MACHINE_RUN, (int)r->state));
	if (!r->whole)
		return err_set(err, ERR_CONFLICT, "run #%" PRId64 " never had "
		    "a pipeline that can be run: push a commit that mends it",
		    r->number);
	if (r->unapproved)
		return err_set(err, ERR_DENIED, "run #%" PRId64 " is of a "
		    "fork, and nobody approved its commit: it cannot be run "
		    "by running it again", r->number);
	if (r->attempt >= RUN_ATTEMPTS_MAX)
		return err_set(err, ERR_CONFLICT, "run #%" PRId64 " was run "
		    "%d times, which is the most", r->number, r->attempt);
	return 0;
}

static int
read_run(struct again *g, int64_t id, struct err *err)
{
	int found = store_row(g->st, SQL_RERUN_SOURCE, PARAMS(P_INT("id",
	    id)), &run_shape, &g->a, &g->run, err);

	if (found == 0)
		return err_set(err, ERR_NOT_FOUND, "there is no run %" PRId64,
		    id);
	if (found == -1 || check_run(&g->run, err) == -1 ||
	    store_rows(g->st, SQL_RERUN_JOBS, PARAMS(P_INT("run", id)),
	    &old_job_shape, &g->a, &g->jobs, &g->n_jobs, err) == -1)
		return -1;
	g->picked = arena_alloc(&g->a, g->n_jobs + 1);
	memset(g->picked, 0, g->n_jobs + 1);
	return 0;
}

/* --- which jobs -------------------------------------------------------------- */

/* What stands in a file for the job "call:2/build:1": "call:2/build:1" and
 * "call:2/build" inside of the call, "call:2" and "call" outside. */
static void
add_names(struct again *g, const char *key)
{
	static char there[] = "";
	size_t len = strlen(key);

	for (;;) {
		size_t name = len;

		map_set(&g->names, arena_strndup(&g->a, key, len), there);
		while (name > 0 && key[name - 1] != '/' && key[name - 1] != ':')
			name--;
		if (name > 0 && key[name - 1] == ':')
			map_set(&g->names, arena_strndup(&g->a, key, name - 1),
			    there);
		while (len > 0 && key[len - 1] != '/')
			len--;
		if (len == 0)
			return;
		len--;
	}
}

static void
pick(struct again *g, size_t i)
{
	if (g->picked[i])
		return;
	g->picked[i] = true;
	g->n_picked++;
	map_set(&g->rows, g->jobs[i].key, &g->jobs[i]);
	add_names(g, g->jobs[i].key);
}

/* Cancelling a run leaves jobs out as skipped that were not asked for their
 * `if`. */
static bool
has_failed(const struct again *g, const struct old_job *j)
{
	return j->state == JOB_FAILED || j->state == JOB_CANCELLED ||
	    (j->state == JOB_SKIPPED && g->run.cancel_at_ms != 0 &&
	    j->finished_at_ms >= g->run.cancel_at_ms);
}

/* Where no job has this key, "call" stands for "call/test" and "call:2/test". */
static bool
is_within(const char *key, const char *name)
{
	size_t len = strlen(name);

	return strncmp(key, name, len) == 0 &&
	    (key[len] == ':' || key[len] == '/');
}

static int
pick_named(struct again *g, const char *name, struct err *err)
{
	for (size_t i = 0; i < g->n_jobs; i++) {
		if (strcmp(g->jobs[i].key, name) == 0) {
			pick(g, i);
			return 0;
		}
	}
	for (size_t i = 0; i < g->n_jobs; i++)
		if (is_within(g->jobs[i].key, name))
			pick(g, i);
	if (g->n_picked > 0)
		return 0;
	return err_set(err, ERR_NOT_FOUND, "run #%" PRId64 " has no job "
	    "\"%s\"", g->run.number, name);
}

/* Does it need one that is picked, or was it written by one? */
static int
depends(const struct again *g, const struct old_job *j, struct err *err)
{
	json_t *needs = json_loads(j->needs, 0, NULL), *need;
	const char *key = j->key;
	bool found = false;
	size_t i;

	if (!json_is_array(needs)) {
		json_decref(needs);
		return err_set(err, ERR_CORRUPT, "what job %" PRId64 " needs "
		    "is no list", j->id);
	}
	json_array_foreach(needs, i, need) {
		const char *name = json_string_value(need);

		found = found || (name != NULL &&
		    map_get(&g->names, name) != NULL);
	}
	for (const char *p = strchr(key, '/'); p != NULL && !found;
	    p = strchr(p + 1, '/')) {
		char *maker = mem_strndup(key, (size_t)(p - key));

		found = map_get(&g->rows, maker) != NULL;
		free(maker);
	}
	json_decref(needs);
	return found;
}

/* All that depends on what is picked, until nothing is added. */
static int
pick_dependents(struct again *g, struct err *err)
{
	size_t before;

	do {
		before = g->n_picked;
		for (size_t i = 0; i < g->n_jobs; i++) {
			int rc = g->picked[i] ? 0 :
			    depends(g, &g->jobs[i], err);

			if (rc == -1)
				return -1;
			if (rc == 1)
				pick(g, i);
		}
	} while (g->n_picked > before);
	return 0;
}

static int
pick_jobs(struct again *g, struct err *err)
{
	const struct rerun *how = g->how;

	for (size_t i = 0; i < g->n_jobs && how->job == NULL; i++)
		if (!how->failed || has_failed(g, &g->jobs[i]))
			pick(g, i);
	if (how->job != NULL && pick_named(g, how->job, err) == -1)
		return -1;
	if (how->failed && g->n_picked == 0)
		return err_set(err, ERR_CONFLICT, "no job of run #%" PRId64
		    " has failed or was cancelled: run all of it again",
		    g->run.number);
	return pick_dependents(g, err);
}

/* --- the attempt ------------------------------------------------------------- */

static int
carry(struct again *g, int64_t run, const struct old_job *j, struct err *err)
{
	struct event_facts facts = { .key = j->key };
	struct job_head h;
	char uuid[37];

	store_uuid(uuid);
	if (store_number(g->st, SQL_RERUN_CARRY, PARAMS(P_INT("id", j->id),
	    P_TEXT("uuid", uuid), P_INT("run", run),
	    P_INT("now", clock_now_ms())), &facts.job, err) == -1 ||
	    job_head_read(g->st, facts.job, &g->a, &h, err) == -1)
		return -1;
	facts.attempt = h.attempt;
	return event_append(g->st, run, "job.carried", NULL,
	    machine_state_name(MACHINE_JOB, (int)j->state), &facts, err);
}

static const char *
what_runs(struct again *g)
{
	const struct rerun *how = g->how;

	return arena_printf(&g->a, "%s%s%s%s", how->job != NULL ? "job \"" :
	    how->failed ? "what failed" : "all jobs",
	    how->job != NULL ? how->job : "", how->job != NULL ? "\"" : "",
	    how->debug ? ", with debug messages" : "");
}

static int
make_attempt(struct again *g, int64_t *run, struct err *err)
{
	const char *word = machine_state_name(MACHINE_RUN, RUN_PENDING);
	struct event_facts facts = { .by = g->how->by,
		.reason = what_runs(g) };
	char uuid[37];

	store_uuid(uuid);
	if (store_number(g->st, SQL_RERUN_INSERT, PARAMS(
	    P_INT("id", g->run.id), P_TEXT("uuid", uuid),
	    P_TEXT("rerun", facts.reason), P_TEXT("by", g->how->by),
	    P_INT("debug", g->how->debug), P_TEXT("state", word),
	    P_INT("now", clock_now_ms())), run, err) == -1 ||
	    store_exec(g->st, SQL_RERUN_FILES, PARAMS(P_INT("id", g->run.id),
	    P_INT("run", *run)), err) == -1 ||
	    event_append(g->st, *run, "run.created", NULL, word, &facts,
	    err) == -1)
		return -1;
	for (size_t i = 0; i < g->n_jobs; i++)
		if (!g->picked[i] && carry(g, *run, &g->jobs[i], err) == -1)
			return -1;
	return 0;
}

int
run_again(struct store *st, int64_t run, const struct rerun *how,
    int64_t *out, size_t *again, struct err *err)
{
	struct again g = { .st = st, .how = how, .a = ARENA_INIT(0),
		.rows = MAP_INIT, .names = MAP_INIT };
	int rc = -1;

	if (how->failed && how->job != NULL)
		return err_set(err, ERR_INVALID, "either one job runs again, "
		    "or those that failed");
	if (store_begin(st, err) == -1)
		return -1;
	if (read_run(&g, run, err) == 0 && pick_jobs(&g, err) == 0)
		rc = make_attempt(&g, out, err);
	rc = store_end(st, audit_run(st, rc, "run.rerun", run, how->job,
	    how->failed ? "what failed" : NULL, err), err);
	*again = g.n_picked;
	map_release(&g.rows);
	map_release(&g.names);
	arena_release(&g.a);
	return rc == -1 ? -1 : 0;
}
