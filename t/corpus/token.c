/*
 * token.c - a workflow as the JSON that the corpus expects of a reader: the
 * form in which GitHub's parser writes its result.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "t/corpus/token.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/str.h"

struct writer {
	const struct token_case *c;
	int file; /* number in the table of files */
};

static json_t *
number(double n)
{
	if (isnan(n))
		return json_string("NaN");
	if (isinf(n))
		return json_string(n > 0 ? "Infinity" : "-Infinity");
	return json_real(n);
}

static json_t *
token(const struct writer *w, const struct value *v);

static json_t *
list_token(const struct writer *w, const struct value *v)
{
	json_t *seq = json_array();

	for (size_t i = 0; i < v->n_items; i++)
		json_array_append_new(seq, token(w, v->items[i]));
	return json_pack("{s:i, s:o}", "type", 1, "seq", seq);
}

static json_t *
map_token(const struct writer *w, const struct value *v)
{
	json_t *map = json_array();

	for (size_t i = 0; i < v->n_pairs; i++)
		json_array_append_new(map, json_pack("{s:o, s:o}", "Key",
		    token(w, v->pairs[i].key), "Value",
		    token(w, v->pairs[i].value)));
	return json_pack("{s:i, s:o}", "type", 2, "map", map);
}

/* A token with its place, or the bare scalar. */
static json_t *
place(const struct writer *w, const struct value *v, int type,
    const char *member, json_t *content)
{
	json_t *t;

	if (!w->c->with_source)
		return content;
	t = json_pack("{s:i, s:i, s:i, s:i}", "type", type, "file", w->file,
	    "line", v->pos.line, "col", v->pos.col);
	if (member != NULL)
		json_object_set_new(t, member, content);
	else
		json_decref(content);
	return t;
}

static json_t *
with_place(const struct writer *w, const struct value *v, json_t *t)
{
	if (w->c->with_source) {
		json_object_set_new(t, "file", json_integer(w->file));
		json_object_set_new(t, "line", json_integer(v->pos.line));
		json_object_set_new(t, "col", json_integer(v->pos.col));
	}
	return t;
}

static json_t *
token(const struct writer *w, const struct value *v)
{
	switch (v->kind) {
	case VALUE_NULL:
		return place(w, v, 7, NULL, json_null());
	case VALUE_BOOL:
		return place(w, v, 5, "bool", json_boolean(v->boolean));
	case VALUE_NUMBER:
		return place(w, v, 6, "num", number(v->number));
	case VALUE_STRING:
		return place(w, v, 0, "lit", json_string(v->text));
	case VALUE_LIST:
		return with_place(w, v, list_token(w, v));
	case VALUE_MAP:
		return with_place(w, v, map_token(w, v));
	case VALUE_EXPR:
		return with_place(w, v, json_pack("{s:i, s:s}", "type", 3,
		    "expr", v->text));
	case VALUE_INSERT:
		return with_place(w, v, json_pack("{s:i, s:s}", "type", 4,
		    "directive", "insert"));
	}
	return NULL;
}

static void
set(json_t *out, const char *name, json_t *value)
{
	if (value != NULL)
		json_object_set_new(out, name, value);
}

static void
set_token(const struct writer *w, json_t *out, const char *name,
    const struct value *v)
{
	if (v != NULL)
		set(out, name, token(w, v));
}

/* --- permissions -------------------------------------------------------------- */

static const char *const scopes[] = { "actions", "checks", "contents",
	"deployments", "discussions", "id-token", "issues", "packages",
	"pages", "pull-requests", "repository-projects", "security-events",
	"statuses" };

static json_t *
permissions(const struct value *v)
{
	json_t *out = json_object();

	if (v->kind == VALUE_MAP) {
		for (size_t i = 0; i < v->n_pairs; i++)
			if (strcmp(v->pairs[i].value->text, "none") != 0)
				set(out, v->pairs[i].key->text, json_string(
				    v->pairs[i].value->text));
		return out;
	}
	for (size_t i = 0; i < ARRAY_LEN(scopes); i++)
		if (strcmp(v->text, "write-all") == 0)
			set(out, scopes[i], json_string("write"));
		else if (strcmp(scopes[i], "id-token") != 0)
			set(out, scopes[i], json_string("read"));
	return out;
}

/* --- steps and jobs ------------------------------------------------------------ */

static json_t *
condition(const struct value *v)
{
	return json_pack("{s:i, s:s}", "type", 3, "expr", v->text);
}

static json_t *
targets(const struct workflow_step *s)
{
	json_t *list = json_array();

	for (size_t i = 0; i < s->n_targets; i++)
		json_array_append_new(list, json_string(s->targets[i]));
	return list;
}

static bool
is_false(const struct value *v)
{
	return v != NULL && v->kind == VALUE_BOOL && !v->boolean;
}

static json_t *
step_json(const struct writer *w, const struct workflow_step *s)
{
	static const char *const keys[] = { "timeout-minutes", "env", "run",
		"working-directory", "shell", "uses", "with" };
	json_t *out = json_object();

	set(out, "id", json_string(s->id));
	set_token(w, out, "name", s->name);
	if (s->kind == STEP_RUN || s->kind == STEP_USES)
		set(out, "if", condition(s->condition));
	if (!is_false(s->continue_on_error))
		set_token(w, out, "continue-on-error", s->continue_on_error);
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		set_token(w, out, keys[i], value_get(s->value, keys[i]));
	if (s->background)
		set(out, "background", json_true());
	if (s->kind == STEP_WAIT)
		set(out, "wait", targets(s));
	if (s->kind == STEP_WAIT_ALL)
		set(out, "wait-all", json_true());
	if (s->kind == STEP_CANCEL)
		set(out, "cancel", json_string(s->targets[0]));
	if (s->name == NULL && s->kind > STEP_USES && s->kind < STEP_PARALLEL)
		set(out, "name", json_string(s->kind == STEP_WAIT ? "Wait" :
		    s->kind == STEP_CANCEL ? "Cancel" : "Wait for all"));
	return out;
}

static json_t *
needs_json(const struct writer *w, const struct workflow_job *job)
{
	json_t *list = json_array();

	for (size_t i = 0; i < job->n_needs; i++)
		json_array_append_new(list, token(w, job->needs[i]));
	return list;
}

static json_t *
jobs_json(const struct writer *w, const struct workflow *wf,
    const struct value *inherited);

static void
called_json(const struct writer *w, const struct workflow_job *job,
    const struct value *inherited, json_t *out)
{
	const struct value *rights = job->permissions != NULL ?
	    job->permissions : inherited;
	const struct value *config;
	const struct token_called *called = NULL;
	struct writer inner = *w;

	set_token(w, out, "ref", job->uses);
	for (size_t i = 0; !w->c->skip_called && i < w->c->n_called; i++)
		if (strcmp(w->c->called[i].ref, job->uses->text) == 0) {
			called = &w->c->called[i];
			inner.file = (int)i + 2;
		}
	if (called == NULL || called->workflow == NULL) {
		set(out, "jobs", json_array());
		return;
	}
	if (called->workflow->permissions != NULL)
		rights = called->workflow->permissions;
	if (rights != NULL)
		set(out, "permissions", permissions(rights));
	config = workflow_trigger_find(called->workflow, "workflow_call") ?
	    workflow_trigger_find(called->workflow, "workflow_call")->config :
	    NULL;
	set_token(w, out, "input-definitions", value_get(config, "inputs"));
	set_token(w, out, "input-values", job->with);
	set_token(w, out, "secret-definitions", value_get(config, "secrets"));
	if (job->secrets != NULL && job->secrets->kind == VALUE_MAP)
		set_token(w, out, "secret-values", job->secrets);
	else if (job->secrets != NULL)
		set(out, "inherit-secrets", json_true());
	set_token(w, out, "outputs", value_get(config, "outputs"));
	set(out, "jobs", jobs_json(&inner, called->workflow, rights));
}

static json_t *
job_json(const struct writer *w, const struct workflow_job *job,
    const struct value *inherited)
{
	static const char *const keys[] = { "strategy", "runs-on",
		"timeout-minutes", "cancel-timeout-minutes",
		"continue-on-error", "env", "container", "services",
		"outputs", "defaults", "concurrency", "environment",
		"snapshot" };
	const struct value *rights = job->permissions != NULL ?
	    job->permissions : inherited;
	json_t *out = json_object();

	set(out, "type", json_string(job->kind == JOB_CALL ?
	    "reusableWorkflowJob" : "job"));
	set(out, "id", token(w, job->key));
	set(out, "name", token(w, job->name != NULL ? job->name : job->key));
	if (job->n_needs > 0 || job->kind == JOB_CALL)
		set(out, "needs", needs_json(w, job));
	set(out, "if", condition(job->condition));
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		set_token(w, out, keys[i], value_get(job->value, keys[i]));
	if (job->kind == JOB_CALL) {
		called_json(w, job, inherited, out);
		return out;
	}
	if (rights != NULL)
		set(out, "permissions", permissions(rights));
	if (job->steps != NULL) {
		json_t *steps = json_array();

		for (size_t i = 0; i < job->n_steps; i++)
			json_array_append_new(steps,
			    step_json(w, &job->steps[i]));
		set(out, "steps", steps);
	}
	return out;
}

static json_t *
jobs_json(const struct writer *w, const struct workflow *wf,
    const struct value *inherited)
{
	json_t *list = json_array();

	for (size_t i = 0; i < wf->n_jobs; i++)
		json_array_append_new(list, job_json(w, &wf->jobs[i],
		    wf->permissions != NULL ? wf->permissions : inherited));
	return list;
}

/* --- events ------------------------------------------------------------------- */

/* Plain JSON of a literal value. */
static json_t *
plain(const struct value *v)
{
	json_t *out;

	switch (v->kind) {
	case VALUE_BOOL:
		return json_boolean(v->boolean);
	case VALUE_NUMBER:
		return number(v->number);
	case VALUE_LIST:
		out = json_array();
		for (size_t i = 0; i < v->n_items; i++)
			json_array_append_new(out, plain(v->items[i]));
		return out;
	case VALUE_MAP:
		out = json_object();
		for (size_t i = 0; i < v->n_pairs; i++)
			set(out, v->pairs[i].key->text,
			    plain(v->pairs[i].value));
		return out;
	case VALUE_NULL:
	case VALUE_STRING:
	case VALUE_EXPR:
	case VALUE_INSERT:
		break;
	}
	return json_string(v->text);
}

static json_t *
event_json(const struct workflow_trigger *t, const struct value *config)
{
	json_t *out = json_object();

	if (config != NULL && config->kind == VALUE_LIST) {
		json_decref(out);
		return plain(config);
	}
	for (size_t i = 0; i < N_FILTERS; i++) {
		const struct filter_list *f = &t->filters[i];
		json_t *list;

		if (f->key == NULL)
			continue;
		list = json_array();
		for (size_t j = 0; j < f->n; j++)
			json_array_append_new(list,
			    json_string(f->items[j]->text));
		set(out, filter_name(i), list);
	}
	if (value_get(t->config, "inputs") != NULL)
		set(out, "inputs", plain(value_get(t->config, "inputs")));
	if (value_get(t->config, "secrets") != NULL)
		set(out, "secrets", plain(value_get(t->config, "secrets")));
	return out;
}

static json_t *
events_json(const struct workflow *wf)
{
	json_t *out = json_object();

	for (size_t i = 0; i < wf->n_triggers; i++)
		set(out, wf->triggers[i].event, event_json(&wf->triggers[i],
		    value_get(wf->on, wf->triggers[i].event)));
	return out;
}

/* --- the whole ----------------------------------------------------------------- */

json_t *
token_workflow(const struct token_case *c, const struct workflow *wf)
{
	struct writer w = { c, 1 };
	json_t *out = json_object();

	set_token(&w, out, "env", wf->env);
	if (wf->permissions != NULL)
		set(out, "permissions", permissions(wf->permissions));
	set_token(&w, out, "defaults", wf->defaults.value);
	set_token(&w, out, "concurrency", wf->concurrency.value);
	if (c->with_events)
		set(out, "events", events_json(wf));
	set(out, "jobs", jobs_json(&w, wf, NULL));
	if (c->with_source) {
		json_t *files = json_array();

		json_array_append_new(files, json_string(wf->file));
		for (size_t i = 0; !c->skip_called && i < c->n_called;
		    i++)
			json_array_append_new(files,
			    json_string(c->called[i].ref));
		set(out, "file-table", files);
	}
	return out;
}

static bool
same_objects(const json_t *a, const json_t *b)
{
	const char *key;
	json_t *value;

	if (json_object_size(a) != json_object_size(b))
		return false;
	json_object_foreach((json_t *)(uintptr_t)a, key, value) {
		const json_t *other = json_object_get(b, key);

		if (other == NULL || !token_same(value, other))
			return false;
	}
	return true;
}

bool
token_same(const json_t *a, const json_t *b)
{
	if (json_is_number(a) && json_is_number(b))
		return json_number_value(a) == json_number_value(b);
	if (json_typeof(a) != json_typeof(b))
		return false;
	if (json_is_object(a))
		return same_objects(a, b);
	if (!json_is_array(a))
		return json_equal(a, b);
	if (json_array_size(a) != json_array_size(b))
		return false;
	for (size_t i = 0; i < json_array_size(a); i++)
		if (!token_same(json_array_get(a, i), json_array_get(b, i)))
			return false;
	return true;
}
