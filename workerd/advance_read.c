/*
 * advance_read.c - from rows to facts: what has become of a run's jobs, what
 * its expressions see, and the files that it uses.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/advancing.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/str.h"

/* Outputs of one job, as values. */
#define OUTPUTS_MAX_BYTES (64UL * 1024 * 1024)

/* By the order in which they ended; those that have not come last. */
static int
by_end(const void *x, const void *y)
{
	const struct decision_job *const *a = x, *const *b = y;
	int64_t m = (*a)->ended_seq, n = (*b)->ended_seq;

	if (m != n)
		return m == 0 ? 1 : n == 0 || m < n ? -1 : 1;
	return (*a)->id < (*b)->id ? -1 : 1;
}

static enum job_result
result_of(enum job_state state)
{
	switch (state) {
	case JOB_SUCCEEDED:
		return RESULT_SUCCESS;
	case JOB_FAILED:
		return RESULT_FAILURE;
	case JOB_CANCELLED:
		return RESULT_CANCELLED;
	case JOB_SKIPPED:
		return RESULT_SKIPPED;
	case JOB_BLOCKED:
	case JOB_WAITING:
	case JOB_PENDING:
	case JOB_ASSIGNED:
	case JOB_RUNNING:
	case JOB_COMPLETING:
		break;
	}
	return RESULT_NONE;
}

static int
add_outcome(struct advance *v, const struct decision_job *j,
    struct job_outcome *o, struct err *err)
{
	struct expr_value outputs = expr_null();

	o->key = j->key;
	o->result = result_of(j->state);
	o->whole = o->result != RESULT_NONE && !j->expanded;
	o->unstarted = j->state == JOB_CANCELLED && j->expanded &&
	    !j->frozen;
	o->generated = j->generated;
	o->generated_len = j->generated != NULL ? strlen(j->generated) : 0;
	if (j->outputs == NULL)
		return 0;
	if (expr_json_read(j->outputs, strlen(j->outputs), OUTPUTS_MAX_BYTES,
	    &v->a, &outputs, err) == -1)
		return err_wrap(err, "the outputs of job \"%s\"", j->key);
	if (outputs.type == EXPR_OBJECT)
		o->outputs = outputs.object;
	return 0;
}

static int
read_outcomes(struct advance *v, struct err *err)
{
	size_t n = v->snap.n_jobs, n_outcomes = 0;
	const struct decision_job **order = arena_alloc(&v->a,
	    (n + 1) * sizeof(*order));
	struct job_outcome *list = arena_alloc(&v->a,
	    (n + 1) * sizeof(*list));

	for (size_t i = 0; i < n; i++)
		order[i] = &v->snap.jobs[i];
	qsort(order, n, sizeof(*order), by_end);
	for (size_t i = 0; i < n; i++) {
		if (order[i]->state == JOB_BLOCKED)
			continue;
		if (add_outcome(v, order[i], &list[n_outcomes++], err) == -1)
			return -1;
	}
	v->facts.outcomes = list;
	v->facts.n_outcomes = n_outcomes;
	return 0;
}

int
advance_read(struct advance *v, struct err *err)
{
	if (run_context_read(&v->snap, 0, &v->a, &v->context, err) == -1 ||
	    read_outcomes(v, err) == -1)
		return -1;
	v->facts.github = v->context.github;
	v->facts.inputs = v->context.inputs;
	v->facts.vars = v->context.vars;
	v->facts.cancelled = v->snap.cancel_at_ms != 0;
	v->facts.fetch = advance_fetch_workflow;
	v->facts.ctx = v;
	return 0;
}

/* 1 with the text, 0 when the run has no such file. */
static int
find_file(struct advance *v, const char *uses, struct arena *a,
    const char **text, size_t *len, struct err *err)
{
	struct run_file file;
	int rc = run_file_find(v->st, v->snap.id, uses, a, &file, err);

	if (rc == -1)
		v->broken = *err;
	if (rc != 1)
		return rc;
	if (file.text == NULL)
		return err_set(err, ERR_NOT_FOUND, "%s", file.error);
	*text = file.text;
	*len = strlen(file.text);
	return 1;
}

int
advance_fetch_workflow(void *ctx, const char *uses, struct arena *a,
    const char **text, size_t *len, struct err *err)
{
	int rc = find_file(ctx, uses, a, text, len, err);

	if (rc == 0)
		return err_set(err, ERR_NOT_FOUND, "the workflow \"%s\" was "
		    "not read when the run was made", uses);
	return rc == -1 ? -1 : 0;
}

/* What is not among the files needs none: docker://, or built in. */
int
advance_fetch_action(void *ctx, const char *uses, struct arena *a,
    const char **text, size_t *len, struct err *err)
{
	int rc = find_file(ctx, uses, a, text, len, err);

	return rc == -1 ? -1 : !rc;
}
