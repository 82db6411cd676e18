/*
 * shape.c - the members of contexts. Facts: GitHub's "Contexts reference".
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/shape.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "lib/base/mem.h"
#include "lib/pipeline/action.h"

/* Values of a matrix that are looked at; of more, any may be there. */
#define MAX_LOOKED_AT 64

#define STRING &shape_string
#define OBJECT(table) { .kind = SHAPE_OBJECT, .members = table }

const struct shape shape_any = { .kind = SHAPE_ANY };
const struct shape shape_null = { .kind = SHAPE_NULL };
const struct shape shape_bool = { .kind = SHAPE_BOOL };
const struct shape shape_number = { .kind = SHAPE_NUMBER };
const struct shape shape_string = { .kind = SHAPE_STRING };
const struct shape shape_anything = { .kind = SHAPE_OBJECT,
	.other = &shape_any };
static const struct shape strings = { .kind = SHAPE_OBJECT,
	.other = STRING };

static const struct shape_member github_members[] = {
	{ "action", STRING }, { "action_path", STRING },
	{ "action_ref", STRING }, { "action_repository", STRING },
	{ "action_status", STRING }, { "actor", STRING },
	{ "actor_id", STRING }, { "api_url", STRING },
	{ "artifact_cache_size_limit", &shape_number },
	{ "base_ref", STRING }, { "env", STRING },
	{ "event", &shape_anything }, { "event_name", STRING },
	{ "event_path", STRING }, { "graphql_url", STRING },
	{ "head_ref", STRING }, { "job", STRING },
	{ "job_workflow_sha", STRING }, { "output", STRING },
	{ "path", STRING }, { "ref", STRING }, { "ref_name", STRING },
	{ "ref_protected", &shape_bool }, { "ref_type", STRING },
	{ "repository", STRING }, { "repository_id", STRING },
	{ "repository_owner", STRING }, { "repository_owner_id", STRING },
	{ "repository_visibility", STRING }, { "repositoryUrl", STRING },
	{ "retention_days", STRING }, { "run_attempt", STRING },
	{ "run_id", STRING }, { "run_number", STRING },
	{ "secret_source", STRING }, { "server_url", STRING },
	{ "sha", STRING }, { "state", STRING }, { "step_summary", STRING },
	{ "token", STRING }, { "triggering_actor", STRING },
	{ "workflow", STRING }, { "workflow_ref", STRING },
	{ "workflow_sha", STRING }, { "workspace", STRING },
	{ NULL, NULL },
};
static const struct shape_member runner_members[] = {
	{ "name", STRING }, { "os", STRING }, { "arch", STRING },
	{ "temp", STRING }, { "tool_cache", STRING }, { "debug", STRING },
	{ "environment", STRING }, { "workspace", STRING }, { NULL, NULL },
};
static const struct shape_member container_members[] = {
	{ "id", STRING }, { "network", STRING }, { NULL, NULL },
};
static const struct shape_member service_members[] = {
	{ "id", STRING }, { "network", STRING }, { "ports", &strings },
	{ NULL, NULL },
};
static const struct shape container = OBJECT(container_members);
static const struct shape service = OBJECT(service_members);
static const struct shape services = { .kind = SHAPE_OBJECT,
	.other = &service };
static const struct shape_member job_members[] = {
	{ "container", &container }, { "services", &services },
	{ "status", STRING }, { "check_run_id", &shape_number },
	{ "workflow_ref", STRING }, { "workflow_sha", STRING },
	{ "workflow_repository", STRING }, { "workflow_file_path", STRING },
	{ NULL, NULL },
};
static const struct shape_member strategy_members[] = {
	{ "fail-fast", &shape_bool }, { "job-index", &shape_number },
	{ "job-total", &shape_number }, { "max-parallel", &shape_number },
	{ NULL, NULL },
};
static const struct shape_member step_members[] = {
	{ "outputs", &strings }, { "conclusion", STRING },
	{ "outcome", STRING }, { NULL, NULL },
};
static const struct shape step = OBJECT(step_members);

static const struct shape runner = OBJECT(runner_members);
static const struct shape job = OBJECT(job_members);
static const struct shape strategy = OBJECT(strategy_members);

/* --- growing ones --------------------------------------------------------------- */

struct growing {
	struct arena *a;
	struct shape_member *members;
	size_t n;
	bool open;
};

static void
add(struct growing *g, const char *name, const struct shape *shape)
{
	struct shape_member *room = arena_push(g->a, &g->members, &g->n,
	    sizeof(*room));

	*room = (struct shape_member) { name, shape };
}

static const struct shape *
finish(struct growing *g, const struct shape *other)
{
	struct shape *s = arena_alloc(g->a, sizeof(*s));

	add(g, NULL, NULL);
	s->kind = SHAPE_OBJECT;
	s->members = g->members;
	s->other = g->open ? other : NULL;
	return s;
}

static const struct shape *
shape_of_value(struct arena *a, const struct value *v)
{
	struct growing g = { .a = a };

	switch (v->kind) {
	case VALUE_NULL:
		return &shape_null;
	case VALUE_BOOL:
		return &shape_bool;
	case VALUE_NUMBER:
		return &shape_number;
	case VALUE_STRING:
		return &shape_string;
	case VALUE_LIST: {
		struct shape *s = arena_alloc(a, sizeof(*s));

		s->kind = SHAPE_ARRAY;
		return s;
	}
	case VALUE_MAP:
		for (size_t i = 0; i < v->n_pairs; i++)
			add(&g, v->pairs[i].key->text,
			    shape_of_value(a, v->pairs[i].value));
		return finish(&g, NULL);
	case VALUE_EXPR:
		if (v->expr != NULL && v->expr->root != NULL)
			return shape_of_json(a, v->expr->root, NULL);
		break;
	case VALUE_INSERT:
		break;
	}
	return &shape_any;
}

/* What all values of a vector have in common. */
static const struct shape *
common(struct arena *a, const struct shape *x, const struct shape *y)
{
	struct growing g = { .a = a };

	if (x == NULL || x == y)
		return y;
	if (x->kind != y->kind || x->kind == SHAPE_ANY)
		return &shape_any;
	if (x->kind != SHAPE_OBJECT)
		return x;
	for (const struct shape_member *m = x->members; m->name; m++) {
		struct expr_text name = { m->name, strlen(m->name) };
		const struct shape *other = shape_member(y, name);

		add(&g, m->name, other == NULL ? m->shape :
		    common(a, m->shape, other));
	}
	for (const struct shape_member *m = y->members; m->name; m++) {
		struct expr_text name = { m->name, strlen(m->name) };

		if (shape_member(x, name) == NULL)
			add(&g, m->name, m->shape);
	}
	g.open = x->other != NULL || y->other != NULL;
	return finish(&g, &shape_any);
}

static void
merge(struct growing *g, const char *name, const struct shape *shape)
{
	for (size_t i = 0; i < g->n; i++)
		if (strcasecmp(g->members[i].name, name) == 0) {
			g->members[i].shape = common(g->a,
			    g->members[i].shape, shape);
			return;
		}
	add(g, name, shape);
}

static void
add_vector(struct growing *g, const struct value_pair *pair)
{
	const struct value *v = pair->value;
	const struct shape *all = NULL;

	if (v->kind == VALUE_EXPR || v->n_items > MAX_LOOKED_AT)
		all = &shape_any;
	for (size_t i = 0; i < v->n_items; i++)
		all = common(g->a, all, shape_of_value(g->a, v->items[i]));
	merge(g, pair->key->text, all != NULL ? all : &shape_any);
}

static void
add_include(struct growing *g, const struct value *include)
{
	if (include->kind == VALUE_EXPR || include->n_items > MAX_LOOKED_AT)
		g->open = true;
	for (size_t i = 0; i < include->n_items && i < MAX_LOOKED_AT; i++) {
		const struct value *item = include->items[i];

		if (item->kind == VALUE_EXPR)
			g->open = true;
		for (size_t j = 0; j < item->n_pairs; j++)
			merge(g, item->pairs[j].key->text,
			    shape_of_value(g->a, item->pairs[j].value));
	}
}

static const struct shape *
matrix_shape(const struct shape_scope *s)
{
	const struct value *m = s->job != NULL ? s->job->strategy.matrix :
	    NULL;
	struct growing g = { .a = s->a };

	if (m == NULL)
		m = s->w->matrix;
	if (m != NULL && m->kind == VALUE_EXPR)
		return &shape_anything;
	for (size_t i = 0; m != NULL && i < m->n_pairs; i++) {
		const struct value_pair *pair = &m->pairs[i];

		if (pair->key->kind != VALUE_STRING)
			g.open = true;
		else if (pair->row == NULL)
			add_vector(&g, pair);
		else if (strcmp(pair->key->text, "include") == 0)
			add_include(&g, pair->value);
	}
	return finish(&g, &shape_any);
}

/* --- steps, needs, inputs -------------------------------------------------------- */

/* What is known behind `uses`, or NULL. */
static const void *
find_used(const struct map *files, const struct value *uses)
{
	const char *text = value_literal(uses);

	return files != NULL && text != NULL ? map_get(files, text) : NULL;
}

static const struct shape *
ports_shape(const struct shape_scope *s, const struct workflow_port *ports,
    size_t n)
{
	struct growing g = { .a = s->a };

	for (size_t i = 0; i < n; i++)
		add(&g, ports[i].name, &shape_string);
	return finish(&g, NULL);
}

/* A program may set outputs that its action does not list; the steps of a
 * composite action cannot. */
static const struct shape *
step_shape(const struct shape_scope *s, const struct workflow_step *one)
{
	const struct action *action = find_used(s->actions, one->uses);
	struct growing g = { .a = s->a };

	if (action == NULL || strcmp(action->using, "composite") != 0)
		return &step;
	add(&g, "outputs", ports_shape(s, action->outputs,
	    action->n_outputs));
	add(&g, "conclusion", &shape_string);
	add(&g, "outcome", &shape_string);
	return finish(&g, NULL);
}

/* Steps of a list up to (not with) the one that asks; true when it was
 * reached. */
static bool
add_steps(struct growing *g, const struct shape_scope *s,
    const struct workflow_step *steps, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (&steps[i] == s->step)
			return true;
		if (steps[i].id_written)
			add(g, steps[i].id, step_shape(s, &steps[i]));
		if (add_steps(g, s, steps[i].steps, steps[i].n_steps))
			return true;
	}
	return false;
}

static const struct shape *
steps_shape(const struct shape_scope *s)
{
	struct growing g = { .a = s->a };

	if (s->job != NULL)
		add_steps(&g, s, s->job->steps, s->job->n_steps);
	return finish(&g, NULL);
}

static const struct shape *
outputs_shape(const struct shape_scope *s, const struct workflow_job *other)
{
	const struct workflow *called = find_used(s->workflows, other->uses);
	const struct workflow_trigger *call = called == NULL ? NULL :
	    workflow_trigger_find(called, "workflow_call");
	struct growing g = { .a = s->a };
	const struct value *map = other->outputs;

	if (call != NULL)
		return ports_shape(s, call->outputs, call->n_outputs);
	if (other->kind == JOB_CALL || (map != NULL &&
	    map->kind != VALUE_MAP))
		return &strings;
	for (size_t i = 0; map != NULL && i < map->n_pairs; i++)
		if (map->pairs[i].key->kind == VALUE_STRING)
			add(&g, map->pairs[i].key->text, &shape_string);
		else
			g.open = true;
	return finish(&g, &shape_string);
}

static const struct shape *
other_job(const struct shape_scope *s, const struct workflow_job *other)
{
	struct growing g = { .a = s->a };

	add(&g, "result", &shape_string);
	add(&g, "outputs", outputs_shape(s, other));
	return finish(&g, NULL);
}

static const struct shape *
needs_shape(const struct shape_scope *s)
{
	struct growing g = { .a = s->a };

	for (size_t i = 0; s->job != NULL && i < s->job->n_needs; i++) {
		const char *id = s->job->needs[i]->text;
		const struct workflow_job *other =
		    workflow_job_find(s->w, id);

		add(&g, id, other != NULL ? other_job(s, other) :
		    &shape_any);
	}
	/* Stages make needs of their own. */
	g.open = s->job == NULL || s->job->stage != NULL;
	return finish(&g, &shape_any);
}

static const struct shape *
jobs_shape(const struct shape_scope *s)
{
	struct growing g = { .a = s->a };

	for (size_t i = 0; i < s->w->n_jobs; i++)
		add(&g, s->w->jobs[i].id, other_job(s, &s->w->jobs[i]));
	return finish(&g, NULL);
}

static const struct shape *
inputs_shape(const struct shape_scope *s)
{
	static const struct shape *const types[] = {
		[INPUT_STRING] = &shape_string,
		[INPUT_BOOLEAN] = &shape_bool,
		[INPUT_NUMBER] = &shape_number,
		[INPUT_CHOICE] = &shape_string,
		[INPUT_ENVIRONMENT] = &shape_string,
	};
	struct growing g = { .a = s->a };

	for (size_t i = 0; i < s->w->n_triggers; i++) {
		const struct workflow_trigger *t = &s->w->triggers[i];

		bool first = g.n == 0;

		/* Names of one event differ; comparing all costs. */
		for (size_t j = 0; j < t->n_inputs; j++)
			if (first)
				add(&g, t->inputs[j].name,
				    types[t->inputs[j].type]);
			else
				merge(&g, t->inputs[j].name,
				    types[t->inputs[j].type]);
	}
	return finish(&g, NULL);
}

/* The payload: of workflow_dispatch the inputs are known, as texts. */
static const struct shape *
event_shape(const struct shape_scope *s)
{
	const struct workflow_trigger *t =
	    workflow_trigger_find(s->w, "workflow_dispatch");
	struct growing inputs = { .a = s->a };
	struct growing event = { .a = s->a, .open = true };

	if (t == NULL)
		return &shape_anything;
	for (size_t i = 0; i < t->n_inputs; i++)
		add(&inputs, t->inputs[i].name, &shape_string);
	add(&event, "inputs", finish(&inputs, NULL));
	return finish(&event, &shape_any);
}

static const struct shape *
github_shape(const struct shape_scope *s)
{
	struct growing g = { .a = s->a };

	for (const struct shape_member *m = github_members; m->name; m++)
		add(&g, m->name, strcmp(m->name, "event") == 0 ?
		    event_shape(s) : m->shape);
	return finish(&g, NULL);
}

/* A workflow that is called sees what it declares, and GitHub's own. */
static const struct shape *
secrets_shape(const struct shape_scope *s)
{
	const struct workflow_trigger *call =
	    workflow_trigger_find(s->w, "workflow_call");
	struct growing g = { .a = s->a };

	if (call == NULL || s->w->n_triggers > 1 ||
	    value_get(call->config, "secrets") == NULL)
		return &strings;
	for (size_t i = 0; i < call->n_secrets; i++)
		add(&g, call->secrets[i].name, &shape_string);
	add(&g, "GITHUB_TOKEN", &shape_string);
	add(&g, "ACTIONS_STEP_DEBUG", &shape_string);
	add(&g, "ACTIONS_RUNNER_DEBUG", &shape_string);
	return finish(&g, NULL);
}

/* --- contexts --------------------------------------------------------------------- */

#define CACHED(member) offsetof(struct shape_cache, member) + 1

static const struct {
	const char *name;
	const struct shape *shape;
	const struct shape *(*make)(const struct shape_scope *s);
	size_t cached; /* offset in the cache, plus 1; 0: not kept */
} contexts[] = {
	{ "github", NULL, github_shape, CACHED(github) },
	{ "runner", &runner, NULL, 0 },
	{ "job", &job, NULL, 0 },
	{ "strategy", &strategy, NULL, 0 },
	{ "env", &strings, NULL, 0 },
	{ "vars", &strings, NULL, 0 },
	{ "secrets", NULL, secrets_shape, CACHED(secrets) },
	{ "inputs", NULL, inputs_shape, CACHED(inputs) },
	{ "matrix", NULL, matrix_shape, CACHED(matrix) },
	{ "steps", NULL, steps_shape, 0 },
	{ "needs", NULL, needs_shape, CACHED(needs) },
	{ "jobs", NULL, jobs_shape, CACHED(jobs) },
	{ "branch", &shape_string, NULL, 0 },
	{ "tag", &shape_string, NULL, 0 },
	{ "event", &shape_string, NULL, 0 },
	{ "sha", &shape_string, NULL, 0 },
};

static bool
same_name(const char *a, struct expr_text b)
{
	return strlen(a) == b.len && strncasecmp(a, b.s, b.len) == 0;
}

/* Made once, however many expressions ask for it. */
static const struct shape *
make_context(const struct shape_scope *s, size_t i)
{
	const struct shape **kept;

	if (contexts[i].cached == 0)
		return contexts[i].make(s);
	if (s->cache->job != s->job) {
		s->cache->job = s->job;
		s->cache->needs = NULL;
		s->cache->matrix = NULL;
	}
	kept = (const struct shape **)((char *)s->cache +
	    contexts[i].cached - 1);
	if (*kept == NULL)
		*kept = contexts[i].make(s);
	return *kept;
}

const struct shape *
shape_context(const struct shape_scope *s, struct expr_text name)
{
	for (size_t i = 0; i < ARRAY_LEN(contexts); i++)
		if (same_name(contexts[i].name, name))
			return contexts[i].make != NULL ?
			    make_context(s, i) : contexts[i].shape;
	return &shape_any;
}

const struct shape *
shape_member(const struct shape *object, struct expr_text name)
{
	for (const struct shape_member *m = object->members;
	    m != NULL && m->name != NULL; m++)
		if (same_name(m->name, name))
			return m->shape;
	return object->other;
}

const struct shape *
shape_of(struct arena *a, const struct expr_value *v)
{
	static const struct shape array = { .kind = SHAPE_ARRAY };
	struct growing g = { .a = a };

	switch (v->type) {
	case EXPR_NULL:
		return &shape_null;
	case EXPR_BOOLEAN:
		return &shape_bool;
	case EXPR_NUMBER:
		return &shape_number;
	case EXPR_STRING:
		return &shape_string;
	case EXPR_ARRAY:
		return &array;
	case EXPR_OBJECT:
		break;
	}
	for (size_t i = 0; i < v->object->n; i++) {
		const struct expr_member *m = &v->object->members[i];

		add(&g, arena_strndup(a, m->name.s, m->name.len),
		    shape_of(a, &m->value));
	}
	return finish(&g, NULL);
}

const struct shape *
shape_of_json(struct arena *a, const struct expr_node *call, struct err *err)
{
	const struct expr_node *arg;
	struct expr_value v;

	if (call->kind != EXPR_NODE_CALL || !same_name("fromJSON",
	    call->name) || call->n_args != 1)
		return &shape_any;
	arg = call->args[0];
	if (arg->kind != EXPR_NODE_LITERAL ||
	    arg->literal.type != EXPR_STRING ||
	    expr_json_read(arg->literal.text.s, arg->literal.text.len,
	    EXPR_MAX_BYTES, a, &v, err) == -1)
		return &shape_any;
	return shape_of(a, &v);
}

const char *
shape_name(const struct shape *s)
{
	static const char *const names[] = { "any", "null", "boolean",
		"number", "string", "array", "object" };

	return names[s->kind];
}
