/*
 * job_plan.c - a job frozen: what is known of it when it may start.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/job_plan.h"

#include <string.h>

#include "lib/base/map.h"
#include "lib/base/str.h"
#include "lib/pipeline/decider.h"
#include "lib/pipeline/evaluate.h"
#include "lib/pipeline/job_plan_maker.h"
#include "lib/pipeline/reader.h"

/* --- where it runs ------------------------------------------------------------------ */

/* What a reference to an image may be made of; the engine knows the rest. */
static bool
is_image(const char *text)
{
	size_t len = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789._-/:@");

	return len > 0 && text[len] == '\0' && text[0] != '-';
}

static void
set_image(struct maker *m, const struct value *image)
{
	struct job_plan_container *c = &m->plan->container;
	const char *text = value_literal(image);

	/* With a variable in it, it is looked at when that is known. */
	if (text != NULL && strchr(text, '$') == NULL && !is_image(text))
		diag_error(m->d, image->pos, image->width, "wrong-value",
		    "such as \"debian:12\" or \"registry.example.org/app:tag\"",
		    "\"%s\" is not the name of an image", text);
	else if (c->image != NULL)
		diag_error(m->d, image->pos, image->width, "two-images",
		    "keep one of them", "job \"%s\" names a second image",
		    m->plan->id);
	c->image = image;
}

/* Ours: a label with ":" or "/" in it is an image. */
static void
add_label(struct maker *m, const struct expr_value *e)
{
	const char *text = expr_to_string(e, m->a), **label;

	if (text[0] == '\0')
		return;
	if (strpbrk(text, ":/") != NULL) {
		set_image(m, maker_text(m, text, m->from->job->runs_on));
		return;
	}
	label = arena_push(m->a, &m->plan->labels, &m->plan->n_labels,
	    sizeof(*label));
	*label = text;
}

static void
add_labels(struct maker *m, const struct expr_value *e)
{
	const struct expr_value *labels;

	switch (e->type) {
	case EXPR_NULL:
		return;
	case EXPR_ARRAY:
		for (size_t i = 0; i < e->array->n; i++)
			add_label(m, &e->array->items[i]);
		return;
	case EXPR_OBJECT:
		labels = expr_object_member(e->object, "labels");
		if (labels != NULL && labels->type != EXPR_OBJECT)
			add_labels(m, labels);
		return;
	case EXPR_BOOLEAN:
	case EXPR_NUMBER:
	case EXPR_STRING:
		add_label(m, e);
		return;
	}
}

static struct job_plan_container
container_of(const struct workflow_container *c, struct pos pos)
{
	return (struct job_plan_container) { c->name, c->image, c->env,
		c->ports, c->volumes, c->options, c->credentials,
		c->entrypoint, c->command, c->ready, c->pull, pos };
}

static void
make_container(struct maker *m)
{
	const struct workflow_container *written = &m->from->job->container;
	struct workflow_container c = *written;
	const struct value *image;

	if (c.value != NULL && c.value->kind == VALUE_EXPR)
		c = model_container(maker_expand(m, c.value));
	image = c.image;
	if (image == NULL || (value_literal(image) != NULL &&
	    image->text[0] == '\0'))
		return;
	c.image = m->plan->container.image;
	m->plan->container = container_of(&c, image->pos);
	set_image(m, image);
}

static void
make_services(struct maker *m)
{
	const struct value *map =
	    maker_expand(m, m->from->job->services_value);

	for (size_t i = 0; map != NULL && i < map->n_pairs; i++) {
		const struct value *key = map->pairs[i].key;
		struct workflow_container c =
		    model_container(maker_expand(m, map->pairs[i].value));
		struct job_plan_container *room;

		if (key->kind != VALUE_STRING || c.image == NULL)
			continue;
		room = arena_push(m->a, &m->plan->services,
		    &m->plan->n_services, sizeof(*room));
		c.name = key->text;
		*room = container_of(&c, key->pos);
	}
}

/* --- what its steps share ------------------------------------------------------------ */

static void
make_env(struct maker *m)
{
	const struct workflow *w = m->from->call->workflow;
	const struct value *outer = maker_expand(m, w->env);
	const struct value *own = maker_expand(m, m->from->job->env);
	struct map seen = MAP_INIT;

	merge_vars(outer, m->a, &seen, &m->plan->env, &m->plan->n_env);
	merge_vars(own, m->a, &seen, &m->plan->env, &m->plan->n_env);
	map_release(&seen);
}

/* A text or a list of texts. */
static void
add_env_files(struct maker *m, const struct value *v)
{
	size_t n = v == NULL ? 0 : v->kind == VALUE_LIST ? v->n_items : 1;

	for (size_t i = 0; i < n; i++) {
		const char *text = value_literal(v->kind == VALUE_LIST ?
		    v->items[i] : v), **room;

		if (text == NULL)
			continue;
		room = arena_push(m->a, &m->plan->env_files,
		    &m->plan->n_env_files, sizeof(*room));
		*room = text;
	}
}

static const struct value *
run_default(struct maker *m, const struct workflow_defaults *d,
    const char *key)
{
	const struct value *all = maker_expand(m, d->value);

	return value_get(maker_expand(m, value_get(all, "run")), key);
}

static void
make_defaults(struct maker *m)
{
	const struct workflow_defaults *outer =
	    &m->from->call->workflow->defaults;
	const struct workflow_defaults *own = &m->from->job->defaults;
	struct job_plan *plan = m->plan;

	plan->shell = run_default(m, own, "shell");
	if (plan->shell == NULL)
		plan->shell = run_default(m, outer, "shell");
	plan->working_directory = run_default(m, own, "working-directory");
	if (plan->working_directory == NULL)
		plan->working_directory = run_default(m, outer,
		    "working-directory");
}

static void
make_outputs(struct maker *m)
{
	const struct value *map = maker_expand(m, m->from->job->outputs);

	for (size_t i = 0; map != NULL && i < map->n_pairs; i++) {
		struct named_value *one = arena_push(m->a,
		    &m->plan->outputs, &m->plan->n_outputs, sizeof(*one));

		*one = (struct named_value) { map->pairs[i].key->text,
			map->pairs[i].value };
	}
}

/* From the outermost call inwards; `inherit` passes all on. */
static void
make_secret_maps(struct maker *m, const struct planned_call *call)
{
	const struct value **room;
	const struct value *secrets;

	if (call->job == NULL)
		return;
	make_secret_maps(m, call->caller);
	secrets = call->job->secrets;
	if (secrets != NULL && secrets->kind != VALUE_MAP)
		return;
	room = arena_push(m->a, &m->plan->secret_maps,
	    &m->plan->n_secret_maps, sizeof(*room));
	*room = secrets;
}

/* --- the whole ---------------------------------------------------------------------- */

static struct expr_object *
object_or_empty(struct arena *a, struct expr_object *o)
{
	return o != NULL ? o : expr_object_new(a);
}

static void
make_contexts(struct maker *m, const struct run_facts *facts)
{
	struct run_facts own = *facts;
	struct job_plan *plan = m->plan;

	own.inputs = m->from->call->inputs;
	plan->inputs = object_or_empty(m->a, own.inputs);
	plan->needs = object_or_empty(m->a, m->from->needs);
	plan->matrix = object_or_empty(m->a, m->from->matrix);
	plan->strategy = object_or_empty(m->a, m->from->strategy);
	m->env.contexts = run_contexts(&own, m->a);
	expr_object_add(m->env.contexts, "needs",
	    expr_from_object(plan->needs));
	expr_object_add(m->env.contexts, "matrix",
	    expr_from_object(plan->matrix));
	expr_object_add(m->env.contexts, "strategy",
	    expr_from_object(plan->strategy));
}

static void
make_times(struct maker *m)
{
	const struct workflow_job *job = m->from->job;
	int64_t ms = maker_timeout(m, job->timeout_minutes, job->timeout);

	m->plan->timeout_ms = ms > 0 ? ms : 0;
	ms = maker_timeout(m, job->cancel_timeout_minutes, NULL);
	m->plan->cancel_timeout_ms = ms > 0 ? ms : 0;
}

/* The job's own, else that of the file that it stands in. */
static void
make_priority(struct maker *m)
{
	const struct value *v = m->from->job->priority;

	if (v == NULL)
		v = m->from->call->workflow->priority;
	m->plan->priority = -1;
	if (!maker_is_open(m, v))
		value_eval_number(v, -1, 0, PRIORITY_MAX, &m->env, m->a, m->d,
		    &m->plan->priority);
}

static void
make_generate(struct maker *m)
{
	const struct value *file = m->from->job->generate;

	if (!maker_is_open(m, file))
		m->plan->generate = value_eval_text(file, NULL, &m->env,
		    m->a, m->d);
}

static void
make_names(struct maker *m)
{
	const struct planned_job *from = m->from;
	const struct workflow *w = from->call->workflow;
	struct job_plan *plan = m->plan;

	plan->key = from->key;
	plan->id = from->job->id;
	plan->name = from->name;
	plan->file = w->file;
	plan->pos = from->job->key->pos;
	plan->workflow = value_eval_text(w->name, w->file, &m->env, m->a,
	    m->d);
	plan->continue_on_error = from->continue_on_error;
	plan->strict_variables = from->call->workflow->strict_variables;
	plan->concurrency = from->concurrency;
	plan->artifacts = from->job->artifacts;
	plan->cache = from->job->cache;
	plan->retry = from->job->retry;
}

/* A plan that could not be read again is a mistake of the file: aliases can
 * make much of little. */
static void
check_size(struct maker *m)
{
	const struct value *at = m->from->job->key;
	struct str text = STR_INIT;

	if (!arena_exceeded(m->a))
		job_plan_write(m->plan, &text);
	if (text.len > JOB_PLAN_MAX_BYTES || arena_exceeded(m->a))
		diag_error(m->d, at->pos, at->width, "too-large", NULL,
		    "the texts of job \"%s\" need more than %d bytes, with "
		    "aliases and actions", m->plan->id, JOB_PLAN_MAX_BYTES);
	str_release(&text);
}

static int
make(struct maker *m, const struct run_facts *facts, action_fetch *fetch,
    void *ctx)
{
	size_t before = m->d->n_errors;

	maker_check_support(m);
	make_contexts(m, facts);
	make_names(m);
	make_priority(m);
	maker_environment(m);
	maker_gates(m);
	add_labels(m, &m->from->runs_on);
	make_container(m);
	make_services(m);
	make_env(m);
	add_env_files(m, m->from->call->workflow->env_file);
	add_env_files(m, m->from->job->env_file);
	make_defaults(m);
	make_times(m);
	make_generate(m);
	make_outputs(m);
	make_secret_maps(m, m->from->call);
	maker_steps(m, fetch, ctx);
	if (m->d->n_errors == before)
		check_size(m);
	return m->d->n_errors > before ? -1 : 0;
}

/* In the run's own file, mistakes of other files stand where those came in. */
static int
report_outside(const struct planned_call *call, const struct diags *inner,
    struct arena *a, struct diags *d)
{
	while (call->caller != NULL && call->caller->at != NULL)
		call = call->caller;
	return diag_error(d, call->at->pos, call->at->width, "workflow-call",
	    NULL, "%s", decide_error(inner, DECIDE_IN_CALLED, a));
}

int
job_plan_make(const struct planned_job *job, const struct run_facts *facts,
    action_fetch *fetch, void *ctx, struct arena *a, struct diags *d,
    struct job_plan *out)
{
	struct maker m = { .from = job, .rehearsal = facts->rehearsal,
		.a = a, .d = d, .plan = out };
	struct diags inner;

	memset(out, 0, sizeof(*out));
	if (job->call->at == NULL)
		return make(&m, facts, fetch, ctx);
	diags_init(&inner, a, job->call->workflow->file, NULL, 0);
	m.d = &inner;
	if (make(&m, facts, fetch, ctx) == 0)
		return 0;
	return report_outside(job->call, &inner, a, d);
}
