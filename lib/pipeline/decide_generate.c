/*
 * decide_generate.c - jobs that make a workflow: its jobs take part in the
 * run, behind the one that made them and under its key.
 *
 * They stand in the same scope: the same contexts, and secrets come down to
 * them as they do to the job. All who need the job wait for them.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/decide.h"

#include "lib/base/str.h"
#include "lib/pipeline/decider.h"

/* One file and what is read of it: as much as a planner gives to all. */
#define CHECK_ARENA_BYTES ((size_t)256 * 1024 * 1024)

/* A job that ended well, with what it made. */
struct making {
	struct turn *turn;
	size_t maker; /* its place in the plan, which may move in memory */
	const char *file;
	const struct job_outcome *outcome;
	struct diags d; /* of the made file */
};

static void
fail(struct making *m, const char *why, struct progress *end)
{
	struct scope *s = m->turn->scope;
	struct planned_job *j = &s->run->plan->jobs[m->maker];
	const struct value *at = m->turn->job->generate;

	diag_error(s->d, at->pos, at->width, "generate", NULL, "%s", why);
	j->result = j->continue_on_error ? RESULT_SUCCESS : RESULT_FAILURE;
	j->why = why;
	j->pos = at->pos;
	progress_add(end, j->result);
}

/* NULL: it has errors, which stand in `d`. */
static const struct workflow *
read_text(const char *file, const char *text, size_t len, struct arena *a,
    struct diags *d)
{
	struct workflow *w;

	diags_init(d, a, file, text, len);
	w = workflow_read(text, len, a, d);
	if (w != NULL && d->n_errors == 0)
		workflow_check(w, a, d);
	return d->n_errors == 0 ? w : NULL;
}

static const struct workflow *
read_made(struct making *m, const char **why)
{
	const struct job_outcome *o = m->outcome;
	struct scope *s = m->turn->scope;
	struct arena *a = s->run->a;
	const struct workflow *w;

	*why = NULL;
	if (o->generated == NULL)
		*why = arena_printf(a, "it ended without the file \"%s\" that "
		    "it was to generate", m->file);
	else if (s->level == PLAN_MAX_LEVELS)
		*why = arena_printf(a, "jobs may generate jobs, and call "
		    "workflows, over %d levels; this is one more",
		    PLAN_MAX_LEVELS);
	if (*why != NULL)
		return NULL;
	w = read_text(m->file, o->generated, o->generated_len, a, &m->d);
	if (w == NULL)
		*why = decide_error(&m->d, DECIDE_IN_MADE, a);
	return w;
}

static void
plan_made(struct making *m, const struct workflow *w, struct progress *end)
{
	struct scope *outer = m->turn->scope;
	struct arena *a = outer->run->a;
	const struct planned_job *j = &outer->run->plan->jobs[m->maker];
	struct planned_call *call = arena_alloc(a, sizeof(*call));
	struct scope s = { .run = outer->run, .w = w, .call = call,
		.d = &m->d, .level = outer->level + 1,
		.key_prefix = arena_printf(a, "%s/", j->key),
		.name_prefix = arena_printf(a, "%s / ", j->name),
		.contexts = outer->contexts };
	struct progress inner;

	*call = *outer->call;
	call->workflow = w;
	if (call->at == NULL)
		call->at = m->turn->job->generate;
	if (scope_decide(&s, &inner) == -1 || m->d.n_errors > 0)
		fail(m, decide_error(&m->d, DECIDE_IN_MADE, a), end);
	end->ended = end->ended && inner.ended;
	progress_add(end, inner.result);
}

void
turn_generated(struct turn *t, size_t maker, const char *file,
    const struct job_outcome *outcome, struct progress *end)
{
	struct making m = { .turn = t, .maker = maker, .file = file,
		.outcome = outcome };
	const char *why;
	const struct workflow *w = read_made(&m, &why);

	if (w == NULL)
		fail(&m, why, end);
	else
		plan_made(&m, w, end);
}

int
generated_check(const char *file, const char *text, size_t len,
    struct str *problems, struct err *err)
{
	struct arena a = ARENA_INIT(CHECK_ARENA_BYTES);
	struct diags d;
	int r = 0;

	if (read_text(file, text, len, &a, &d) == NULL) {
		diags_print(&d, problems);
		r = err_set(err, ERR_INVALID, "%s",
		    decide_error(&d, DECIDE_IN_MADE, &a));
	}
	arena_release(&a);
	return r;
}
