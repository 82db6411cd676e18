/*
 * reader.c - fuzz: any bytes as a workflow file and as an action's.
 *
 * Beside crashes it seeks what later parts rely on: without errors a workflow
 * has its parts, every name points at something that is there, places lie
 * within the file, and reading again finds the same.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/str.h"
#include "lib/pipeline/action.h"
#include "lib/pipeline/expr.h"
#include "lib/pipeline/model.h"
#include "t/fuzz/require.h"

#define ARENA_BYTES ((size_t)256 << 20)
#define MAX_STEPS 2000

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_steps(const struct workflow_step *steps, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct workflow_step *s = &steps[i];

		require(s->id != NULL && s->id[0] != '\0');
		require(s->value != NULL && s->condition != NULL);
		require(s->condition->kind == VALUE_EXPR &&
		    s->condition->expr != NULL);
		require(s->kind != STEP_RUN || s->run != NULL);
		require(s->kind != STEP_USES || s->uses != NULL);
		if (s->kind == STEP_PARALLEL)
			check_steps(s->steps, s->n_steps);
	}
}

static void
check_jobs(const struct workflow *w)
{
	require(w->n_jobs > 0);
	for (size_t i = 0; i < w->n_jobs; i++) {
		const struct workflow_job *j = &w->jobs[i];

		require(workflow_job_find(w, j->id) == j);
		require(j->condition != NULL &&
		    j->condition->kind == VALUE_EXPR);
		require(j->kind != JOB_CALL || j->uses != NULL);
		for (size_t k = 0; k < j->n_needs; k++)
			require(workflow_job_find(w, j->needs[k]->text) !=
			    NULL);
		check_steps(j->steps, j->n_steps);
	}
	for (size_t i = 0; i < w->n_triggers; i++)
		require(workflow_trigger_find(w, w->triggers[i].event) !=
		    NULL);
}

static void
check_diags(const struct diags *d)
{
	int n_lines = count_lines(d->source, d->source_len);

	for (size_t i = 0; i < d->n; i++) {
		require(d->list[i].pos.line >= 1 &&
		    d->list[i].pos.line <= n_lines);
		require(d->list[i].pos.col >= 1 && d->list[i].width >= 1);
		require(d->list[i].text[0] != '\0' &&
		    strchr(d->list[i].text, '\n') == NULL);
	}
}

/* What is found, as text. */
static void
read_workflow(const char *text, size_t len, struct str *out)
{
	struct arena a = ARENA_INIT(ARENA_BYTES);
	const struct workflow *w;
	struct diags d;

	diags_init(&d, &a, ".ci.yml", text, len);
	w = workflow_read(text, len, &a, &d);
	require(w != NULL || d.n_errors > 0);
	if (w != NULL && d.n_errors == 0) {
		check_jobs(w);
		workflow_check(w, &a, &d);
		for (size_t i = 0; i < w->n_jobs; i++)
			if (w->jobs[i].kind == JOB_CALL)
				workflow_check_call(&w->jobs[i], w, &a, &d);
	}
	check_diags(&d);
	require(!arena_exceeded(&a));
	diags_print(&d, out);
	arena_release(&a);
}

static void
read_action(const char *text, size_t len)
{
	struct arena a = ARENA_INIT(ARENA_BYTES);
	const struct action *action;
	struct diags d;

	diags_init(&d, &a, "action.yml", text, len);
	action = action_read(text, len, &a, &d);
	require(action != NULL || d.n_errors > 0);
	if (action != NULL && d.n_errors == 0) {
		require(action->runs != NULL && action->using != NULL);
		check_steps(action->steps, action->n_steps);
	}
	check_diags(&d);
	arena_release(&a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str first = STR_INIT, second = STR_INIT;
	char *text = malloc(size + 1); /* without a NUL */

	require(text != NULL);
	if (size > 0)
		memcpy(text, data, size);
	read_workflow(text, size, &first);
	read_workflow(text, size, &second);
	require(str_equal(first.s, second.s));
	read_action(text, size);
	str_release(&first);
	str_release(&second);
	free(text);
	return 0;
}
