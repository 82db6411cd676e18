/*
 * decide.c - job by job in the order of the graph: does it wait, run, or is
 * it left out?
 *
 * What status functions ask (has something before it failed?) is carried
 * along the edges, so that a workflow costs as much as it has needs.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/decide.h"

#include <stdint.h>
#include <string.h>

#include "lib/base/str.h"
#include "lib/pipeline/decider.h"
#include "lib/pipeline/evaluate.h"
#include "lib/pipeline/outside.h"

const char *
job_result_name(enum job_result result)
{
	static const char *const names[] = { "", "success", "failure",
		"cancelled", "skipped" };

	return names[result];
}

const char *
planned_state_name(enum planned_state state)
{
	static const char *const names[] = { "blocked", "ready", "running",
		"skipped", "cancelled", "failed", "ended" };

	return names[state];
}

/* --- what stands before a job ---------------------------------------------------- */

static void
join(struct progress *into, const struct progress *p, bool of_stage)
{
	into->ended = into->ended && p->ended;
	into->failed = into->failed || p->failed;
	into->cancelled = into->cancelled || p->cancelled;
	/* The order of stages needs no success of what was left out. */
	into->skipped = into->skipped || (p->skipped && !of_stage);
}

static struct progress
join_needs(const struct scope *s, const struct graph_node *node)
{
	struct progress p = { .ended = true };

	for (size_t i = 0; i < node->n_needs; i++) {
		size_t need = node->needs[i];

		join(&p, &s->progress[need],
		    node->job == NULL || s->graph.nodes[need].job == NULL);
	}
	return p;
}

/* The `needs` context: what has ended. */
static struct expr_object *
needs_context(const struct scope *s, const struct graph_node *node)
{
	struct arena *a = s->run->a;
	struct expr_object *needs = expr_object_new(a);

	for (size_t i = 0; i < node->n_needs; i++) {
		const struct progress *p = &s->progress[node->needs[i]];
		const char *name = s->graph.nodes[node->needs[i]].name;
		struct expr_object *one;

		if (s->graph.nodes[node->needs[i]].job == NULL || !p->ended)
			continue;
		one = expr_object_new(a);
		expr_object_add(one, "result",
		    expr_string(job_result_name(p->result)));
		expr_object_add(one, "outputs", expr_from_object(
		    p->outputs != NULL ? p->outputs : expr_object_new(a)));
		expr_object_add(needs, name, expr_from_object(one));
	}
	return needs;
}

/* success('a', 'b') and failure('a', 'b'). */
static bool
named_status(const struct turn *t, enum expr_status which,
    const char *const *jobs, size_t n)
{
	const struct scope *s = t->scope;
	bool all = true, any = false;

	for (size_t i = 0; i < n; i++) {
		const struct workflow_job *job =
		    workflow_job_find(s->w, jobs[i]);
		enum job_result result = job == NULL ? RESULT_NONE :
		    s->progress[job - s->w->jobs].result;

		all = all && result == RESULT_SUCCESS;
		any = any || result == RESULT_FAILURE;
	}
	return which == EXPR_SUCCESS ? all : any;
}

static bool
status(void *ctx, enum expr_status which, const char *const *jobs, size_t n)
{
	const struct turn *t = ctx;
	const struct progress *p = &t->before;
	bool cancelled = t->scope->run->facts->cancelled;

	switch (which) {
	case EXPR_SUCCESS:
		if (n > 0)
			return !cancelled && named_status(t, which, jobs, n);
		return !cancelled && !p->failed && !p->cancelled &&
		    !p->skipped;
	case EXPR_FAILURE:
		if (n > 0)
			return !cancelled && named_status(t, which, jobs, n);
		return !cancelled && p->failed;
	case EXPR_CANCELLED:
		return cancelled;
	case EXPR_ALWAYS:
		return true;
	}
	return false;
}

struct expr_env
turn_env(const struct turn *t, struct expr_object *matrix,
    struct expr_object *strategy)
{
	const struct expr_object *shared = t->scope->contexts;
	struct expr_object *contexts = expr_object_new(t->scope->run->a);

	for (size_t i = 0; i < shared->n; i++)
		expr_object_add_len(contexts, shared->members[i].name,
		    shared->members[i].value);
	if (t->needs != NULL)
		expr_object_add(contexts, "needs",
		    expr_from_object(t->needs));
	if (matrix != NULL)
		expr_object_add(contexts, "matrix", expr_from_object(matrix));
	if (strategy != NULL)
		expr_object_add(contexts, "strategy",
		    expr_from_object(strategy));
	return (struct expr_env) { .contexts = contexts, .status = status,
		.ctx = (void *)(uintptr_t)t };
}

/* --- sentences --------------------------------------------------------------------- */

static const char *
waits_for(const struct turn *t)
{
	const struct scope *s = t->scope;
	const struct graph_node *node = &s->graph.nodes[t->node];
	struct str text = STR_INIT;
	const char *kept;

	for (size_t i = 0; i < node->n_needs; i++) {
		const struct graph_node *need =
		    &s->graph.nodes[node->needs[i]];

		if (s->progress[node->needs[i]].ended)
			continue;
		str_addf(&text, "%s%s%s", text.len > 0 ? ", " : "waits for ",
		    need->job == NULL ? "stage " : "", need->name);
	}
	kept = arena_strdup(s->run->a, text.s);
	str_release(&text);
	return kept;
}

/* Why success() does not hold, by the first need that it is true of. */
static const char *
blame(const struct turn *t)
{
	static const char *const words[] = { [RESULT_NONE] = "did not end",
		[RESULT_SUCCESS] = "succeeded", [RESULT_FAILURE] = "failed",
		[RESULT_CANCELLED] = "was cancelled",
		[RESULT_SKIPPED] = "was skipped" };
	const struct scope *s = t->scope;
	const struct graph_node *node = &s->graph.nodes[t->node];

	if (s->run->facts->cancelled)
		return "the run was cancelled";
	for (size_t i = 0; i < node->n_needs; i++) {
		const struct progress *p = &s->progress[node->needs[i]];
		const struct graph_node *need =
		    &s->graph.nodes[node->needs[i]];

		if (need->job == NULL && (p->failed || p->cancelled))
			return arena_printf(s->run->a, "a job of stage %s, or "
			    "before it, %s", need->name, p->failed ? "failed" :
			    "was cancelled");
		if (need->job != NULL && p->result != RESULT_SUCCESS)
			return arena_printf(s->run->a, "needs %s, which %s",
			    need->name, words[p->result]);
		if (need->job != NULL &&
		    (p->failed || p->cancelled || p->skipped))
			return arena_printf(s->run->a, "needs %s, and a job "
			    "before that %s", need->name, p->failed ?
			    "failed" : p->cancelled ? "was cancelled" :
			    "was skipped");
	}
	return t->job->if_written == NULL ? "a job before it did not succeed" :
	    NULL;
}

static struct pos
condition_pos(const struct workflow_job *job)
{
	if (job->if_written != NULL)
		return job->if_written->pos;
	return job->n_needs > 0 ? job->needs[0]->pos : job->key->pos;
}

/* `if` as it was written, on one line. */
static const char *
condition_text(const struct turn *t)
{
	const char *text = t->job->if_written->yaml != NULL ?
	    t->job->if_written->yaml->text : t->job->if_written->text;
	char *copy = arena_strdup(t->scope->run->a, text);
	size_t len = strlen(copy);

	while (len > 0 && copy[len - 1] == '\n')
		copy[--len] = '\0';
	for (size_t i = 0; i < len; i++)
		if (copy[i] == '\n')
			copy[i] = ' ';
	return copy;
}

static void
explain(struct turn *t, bool holds, const struct expr *written)
{
	const char *blamed = holds ? NULL : blame(t);
	bool implied = t->job->if_written == NULL || written == NULL ||
	    !written->uses_status;

	t->pos = condition_pos(t->job);
	if (holds && t->job->if_written == NULL)
		t->why = t->scope->graph.nodes[t->node].n_needs == 0 ?
		    "it needs nothing" : "all that it needs has succeeded";
	else if (!holds && implied && blamed != NULL)
		t->why = blamed;
	else
		t->why = arena_printf(t->scope->run->a, "`if: %s` is %s",
		    condition_text(t), holds ? "true" : "false");
}

/* --- one job ------------------------------------------------------------------------- */

/* 1, 0, or -1: it cannot be evaluated. */
static int
condition_holds(struct turn *t)
{
	struct arena *a = t->scope->run->a;
	struct expr_env env = turn_env(t, NULL, NULL);
	const struct value *condition = t->job->condition;
	struct expr_trace trace = { 0 };
	struct str values = STR_INIT;
	struct expr_value v;

	env.trace = &trace;
	if (value_eval(condition, &env, a, t->scope->d, &v) == -1) {
		t->why = t->scope->d->list[t->scope->d->n - 1].text;
		t->pos = condition_pos(t->job);
		return -1;
	}
	explain(t, expr_truthy(&v), t->job->if_written != NULL ?
	    t->job->if_written->expr : NULL);
	if (t->job->if_written != NULL && condition->expr != NULL) {
		expr_trace_print(&trace, condition->expr->text, &values);
		t->values = arena_strdup(a, values.s);
		str_release(&values);
	}
	return expr_truthy(&v);
}

static bool
has_started(const struct turn *t)
{
	struct scope *s = t->scope;

	return map_get(&s->run->started, arena_printf(s->run->a, "%s%s",
	    s->key_prefix, t->job->id)) != NULL;
}

/* What ended before it was multiplied out stays as it ended, whatever became
 * of the run since. */
static bool
ended_whole(struct turn *t, struct progress *end)
{
	struct scope *s = t->scope;
	const struct job_outcome *outcome = map_get(&s->run->outcomes,
	    arena_printf(s->run->a, "%s%s", s->key_prefix, t->job->id));
	struct planned_job *j;

	if (outcome == NULL || !outcome->whole)
		return false;
	t->why = arena_printf(s->run->a, "it has ended: %s",
	    job_result_name(outcome->result));
	t->pos = condition_pos(t->job);
	j = turn_add(t, PLANNED_ENDED);
	if (j != NULL)
		j->result = outcome->result;
	end->ended = t->before.ended;
	progress_add(end, outcome->result);
	return true;
}

static void
decide_job(struct turn *t, struct progress *end)
{
	int holds;

	if (ended_whole(t, end))
		return;
	if (!t->before.ended) {
		t->why = waits_for(t);
		t->pos = t->job->n_needs > 0 ? t->job->needs[0]->pos :
		    condition_pos(t->job);
		end->ended = false;
		turn_expand(t, PLANNED_BLOCKED, end);
		return;
	}
	if (has_started(t)) {
		t->stopped = t->scope->run->facts->cancelled &&
		    condition_holds(t) != 1;
		t->why = t->values = NULL;
		t->pos = condition_pos(t->job);
		turn_expand(t, PLANNED_READY, end);
		return;
	}
	if (t->rehearsed && value_uses(t->job->condition, "needs")) {
		t->why = "what its `if` comes to is known when all that it "
		    "needs has ended";
		t->pos = condition_pos(t->job);
		turn_add(t, PLANNED_BLOCKED);
		progress_add(end, RESULT_SUCCESS);
		return;
	}
	holds = condition_holds(t);
	if (holds == 1) {
		turn_expand(t, PLANNED_READY, end);
		return;
	}
	turn_add(t, holds == 0 ? PLANNED_SKIPPED : PLANNED_FAILED);
	progress_add(end, holds == 0 ? RESULT_SKIPPED : RESULT_FAILURE);
}

static void
decide_node(struct scope *s, size_t index)
{
	const struct graph_node *node = &s->graph.nodes[index];
	struct progress end = { .ended = true };
	struct turn t = { .scope = s, .node = index, .job = node->job,
		.rehearsed = s->run->facts->rehearsal };

	t.before = join_needs(s, node);
	if (node->job == NULL) {
		s->progress[index] = t.before;
		return;
	}
	t.needs = needs_context(s, node);
	decide_job(&t, &end);
	/* From here on it stands before others with all that was before it. */
	end.failed = end.result == RESULT_FAILURE || t.before.failed;
	end.cancelled = end.result == RESULT_CANCELLED || t.before.cancelled;
	end.skipped = end.result == RESULT_SKIPPED || t.before.skipped;
	if (!end.ended)
		end.result = RESULT_NONE;
	s->progress[index] = end;
}

int
scope_decide(struct scope *s, struct progress *end)
{
	struct arena *a = s->run->a;

	*end = (struct progress) { .ended = true };
	if (graph_build(s->w, a, s->d, &s->graph) == -1)
		return -1;
	s->progress = arena_alloc(a, s->graph.n * sizeof(*s->progress));
	for (size_t i = 0; i < s->graph.n; i++)
		decide_node(s, s->graph.order[i]);
	for (size_t i = 0; i < s->w->n_jobs; i++) {
		end->ended = end->ended && s->progress[i].ended;
		progress_add(end, s->progress[i].result);
	}
	if (!end->ended)
		end->result = RESULT_NONE;
	return 0;
}

/* --- the run ------------------------------------------------------------------------- */

static const char *
member_text(struct expr_object *o, const char *name, struct arena *a)
{
	const struct expr_value *v = expr_object_member(o, name);

	return v == NULL || v->type == EXPR_NULL ? NULL :
	    expr_to_string(v, a);
}

/* The name of a ref of one kind, which strangers choose; else null. */
static struct expr_value
behind(const char *ref, const char *prefix)
{
	struct expr_value v;

	if (ref == NULL || !str_starts_with(ref, prefix))
		return expr_null();
	v = expr_string(ref + strlen(prefix));
	expr_mark_outside(&v);
	return v;
}

/* branch, tag, event and sha: short for values of github. */
static void
add_short_names(struct expr_object *contexts, struct expr_object *github,
    struct arena *a)
{
	const char *ref = member_text(github, "ref", a);

	expr_object_add(contexts, "branch", behind(ref, "refs/heads/"));
	expr_object_add(contexts, "tag", behind(ref, "refs/tags/"));
	expr_object_add(contexts, "event",
	    expr_string(member_text(github, "event_name", a)));
	expr_object_add(contexts, "sha",
	    expr_string(member_text(github, "sha", a)));
}

struct expr_object *
run_contexts(const struct run_facts *facts, struct arena *a)
{
	struct expr_object *contexts = expr_object_new(a);
	struct expr_object *none = expr_object_new(a);
	struct expr_object *github =
	    facts->github != NULL ? facts->github : none;

	expr_object_add(contexts, "github", expr_from_object(github));
	expr_object_add(contexts, "vars", expr_from_object(
	    facts->vars != NULL ? facts->vars : none));
	expr_object_add(contexts, "inputs", expr_from_object(
	    facts->inputs != NULL ? facts->inputs : none));
	github_mark_outside(github);
	if (facts->inputs != NULL)
		expr_object_mark_outside(facts->inputs);
	add_short_names(contexts, github, a);
	return contexts;
}

static void
put_text(struct expr_object *o, const char *name, const char *text)
{
	expr_object_put(o, (struct expr_text){ name, strlen(name) },
	    expr_string(text));
}

/* A member that is there and is no empty text; NULL. */
static const char *
text_of(struct expr_object *o, const char *name)
{
	const struct expr_value *v = expr_object_member(o, name);

	return v != NULL && v->type == EXPR_STRING && v->text.len > 0 ?
	    expr_to_string(v, o->arena) : NULL;
}

void
run_put_workflow(struct expr_object *github, const struct workflow *w)
{
	const char *text = value_literal(w->name), *sha, *ref, *repository;
	struct arena *a = github->arena;

	if (text == NULL || text[0] == '\0')
		text = w->file;
	put_text(github, "workflow", arena_strdup(a, text));
	repository = text_of(github, "repository");
	ref = text_of(github, "ref");
	sha = text_of(github, "sha");
	if (repository != NULL && ref != NULL)
		put_text(github, "workflow_ref", arena_printf(a, "%s/%s@%s",
		    repository, w->file, ref));
	if (sha != NULL)
		put_text(github, "workflow_sha", sha);
}

/* What stands at the top of the file. */
static int
decide_top(const struct scope *s, struct run_plan *out)
{
	struct expr_env env = { .contexts = s->contexts };
	struct arena *a = s->run->a;

	out->name = value_eval_text(s->w->name, s->w->file, &env, a, s->d);
	if (out->name == NULL)
		return -1;
	if (s->w->run_name != NULL) {
		out->run_name = value_eval_text(s->w->run_name, NULL, &env, a,
		    s->d);
		if (out->run_name == NULL)
			return -1;
	}
	return decide_concurrency(&s->w->concurrency, &env, a, s->d,
	    &out->concurrency);
}

/* "call:2/build:3" stands for the jobs "call" and "call:2/build". */
static void
add_started(struct decider *run, const struct job_outcome *outcome)
{
	const char *key = outcome->key;

	map_set(&run->outcomes, key, (void *)(uintptr_t)outcome);
	for (const char *end = key;; end++) {
		const char *last = end;
		char *prefix;

		end += strcspn(end, "/");
		last += strcspn(last, ":/");
		if (*end == '\0' && (outcome->whole || outcome->unstarted))
			return;
		prefix = arena_strndup(run->a, key, (size_t)(last - key));
		map_set(&run->started, prefix, run);
		if (*end == '\0')
			return;
	}
}

int
run_decide(const struct workflow *w, const struct run_facts *facts,
    struct arena *a, struct diags *d, struct run_plan *out)
{
	struct decider run = { .facts = facts, .a = a, .plan = out,
		.outcomes = MAP_INIT, .started = MAP_INIT,
		.called = MAP_INIT };
	struct planned_call *call = arena_alloc(a, sizeof(*call));
	struct scope s = { .run = &run, .w = w, .call = call, .d = d,
		.key_prefix = "", .name_prefix = "", .level = 1 };
	struct progress end;
	int r = -1;

	memset(out, 0, sizeof(*out));
	call->workflow = w;
	call->inputs = facts->inputs;
	for (size_t i = 0; i < facts->n_outcomes; i++)
		add_started(&run, &facts->outcomes[i]);
	if (facts->github != NULL)
		run_put_workflow(facts->github, w);
	s.contexts = run_contexts(facts, a);
	if (decide_top(&s, out) == -1 || scope_decide(&s, &end) == -1)
		goto out;
	out->result = end.result;
	if (!run.full)
		r = 0;
out:
	diags_sort(d);
	map_release(&run.outcomes);
	map_release(&run.started);
	map_release(&run.called);
	return r;
}
