/*
 * advance.c - a run goes on: decide, store, again while there are new facts.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/advancing.h"

#include <inttypes.h>
#include <string.h>

#include "lib/base/log.h"
#include "workerd/limits.h"

/* Others that are faster each time would be more than are possible; the mark
 * stays, and somebody else goes on. */
#define ROUNDS_MAX 1000

/* What a decision may take: the file, all that it calls, and the plan. */
#define ARENA_BYTES (512UL * 1024 * 1024)

/* Why there is no plan, as printed. */
static void
take_problem(struct advance *v)
{
	struct str text = STR_INIT;

	diags_print(&v->diags, &text);
	v->problem = arena_strdup(&v->a, text.len > 0 ? text.s :
	    "the run cannot be decided\n");
	str_release(&text);
}

/* Database errors in the midst of deciding say nothing of the workflow. */
static int
decide(struct advance *v, struct err *err)
{
	struct decision_snapshot *s = &v->snap;
	struct workflow *w;
	struct limits before;

	limits_set(&before);
	diags_init(&v->diags, &v->a, s->file, s->config, strlen(s->config));
	w = workflow_read(s->config, strlen(s->config), &v->a, &v->diags);
	if (w == NULL || v->diags.n_errors > 0 || run_decide(w, &v->facts,
	    &v->a, &v->diags, &v->plan) == -1)
		take_problem(v);
	else
		advance_make(v);
	limits_restore(&before);
	if (v->broken.code == ERR_NONE)
		return 0;
	return err_set(err, v->broken.code, "%s", v->broken.text);
}

/* Why there is nothing to be asked: NULL, or a problem. */
static const char *
find_problem(const struct decision_snapshot *s)
{
	if (s->tries > DECIDE_TRIES)
		return "what the run does next was to be decided several "
		    "times, without an end: it may ask for too much\n";
	if (s->config == NULL || s->context == NULL)
		return "the run was made by an older version of Pawl: "
		    "start it again\n";
	return NULL;
}

/* What cannot be read now will not be read the next time either, unless the
 * infrastructure is to blame. */
static int
read_facts(struct advance *v, struct err *err)
{
	if (decision_jobs(v->st, &v->a, &v->snap, err) == 0 &&
	    advance_read(v, err) == 0)
		return 0;
	if (err_kind(err->code) == ERR_KIND_INFRA)
		return -1;
	v->problem = arena_printf(&v->a, "what the run's jobs gave out cannot "
	    "be read: %s\n", err->text);
	err_clear(err);
	return 0;
}

/* 1: decided and stored; 0: there is nothing to decide; -1. */
static int
advance_once(struct store *st, const struct config *config, int64_t run,
    struct err *err)
{
	struct advance v = { .st = st, .a = ARENA_INIT(ARENA_BYTES),
		.facts.max_matrix_jobs = (size_t)config->matrix_limit };
	int rc;

	rc = decision_run(st, run, &v.a, &v.snap, err);
	if (rc == 1 && v.snap.facts == v.snap.decided)
		rc = 0;
	if (rc != 1)
		goto out;
	v.problem = find_problem(&v.snap);
	if (v.problem == NULL && read_facts(&v, err) == -1)
		rc = -1;
	else if (v.problem == NULL && decide(&v, err) == -1)
		rc = -1;
	if (rc == 1)
		rc = advance_store(&v, err) == -1 ? -1 : 1;
out:
	arena_release(&v.a);
	return rc;
}

int
run_advance(struct store *st, const struct config *config, int64_t run,
    struct err *err)
{
	int rc = 1;

	for (int i = 0; rc == 1 && i < ROUNDS_MAX; i++)
		rc = advance_once(st, config, run, err);
	return rc == -1 ? err_wrap(err, "deciding run %" PRId64, run) : 0;
}
