/*
 * sight.c - what expressions see where a step stands: the contexts of the
 * job (docs.github.com, "Contexts reference") and its status.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/services.h"

#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/pipeline/evaluate.h"
#include "lib/pipeline/uses.h"
#include "lib/run/vars.h"

#define MAX_TIMEOUT_MS JOB_PLAN_MAX_TIMEOUT_MS

static const char *const status_words[] = {
	[STATUS_SUCCESS] = "success",
	[STATUS_FAILURE] = "failure",
	[STATUS_CANCELLED] = "cancelled",
};

/* --- contexts ----------------------------------------------------------------- */

static void
add_text(struct expr_object *o, const char *name, const char *value)
{
	if (value != NULL)
		expr_object_add(o, name, expr_string(value));
}

/* The action that the step uses, else the one that it stands in. */
static void
add_action(const struct sight *s, const struct step_run *step,
    struct expr_object *o)
{
	const struct job_plan_action *around = s->scope->action;
	bool own = step != NULL && step->plan->using != NULL;
	const char *source = own ? step->plan->source : around != NULL ?
	    around->source : NULL;
	struct uses uses;

	add_text(o, "action_path", own ? action_folder(s->x, source) :
	    s->scope->path);
	if (source == NULL)
		return;
	uses = uses_read(source, s->a);
	if (uses.kind != USES_REPOSITORY)
		return;
	add_text(o, "action_repository", arena_printf(s->a, "%s/%s",
	    uses.owner, uses.name));
	add_text(o, "action_ref", uses.ref);
}

/* What the job's own is, over the run's: look-ups see the first. */
static struct expr_object *
github_context(const struct sight *s, const struct step_run *step)
{
	const struct job_exec *x = s->x;
	struct expr_object *o = expr_object_new(s->a), *run = x->order->github;
	const struct job_plan_action *action = s->scope->action;

	add_text(o, "job", x->order->plan->id);
	add_text(o, "workspace", ENGINE_WORKSPACE);
	add_text(o, "event_path", ENGINE_RUNNER "/" VARS_EVENT);
	add_action(s, step, o);
	add_text(o, "action_status", action != NULL ?
	    status_words[s->scope->status] : NULL);
	if (step != NULL) {
		add_text(o, "action", step->plan->id);
		for (int i = 0; i < STEP_N_FILES; i++)
			add_text(o, arena_strdup(s->a, (const char *[]){
			    "output", "env", "path", "state",
			    "step_summary" }[i]), arena_printf(s->a,
			    ENGINE_RUNNER "/%s", step->files.names[i]));
	}
	for (size_t i = 0; run != NULL && i < run->n; i++)
		expr_object_add_len(o, run->members[i].name,
		    run->members[i].value);
	return o;
}

static struct expr_object *
job_context(const struct sight *s)
{
	struct expr_object *o = expr_object_new(s->a),
	    *container = expr_object_new(s->a);
	const struct job_exec *x = s->x;

	add_text(o, "status", status_words[x->scope.status]);
	if (x->container != NULL)
		add_text(container, "id", container_id(x->container));
	add_text(container, "network", x->network_name);
	expr_object_add(o, "container", expr_from_object(container));
	expr_object_add(o, "services",
	    expr_from_object(services_context(x, s->a)));
	return o;
}

static struct expr_object *
runner_context(const struct sight *s)
{
	struct expr_object *o = expr_object_new(s->a);

	add_text(o, "os", "Linux");
	add_text(o, "arch", vars_architecture());
	add_text(o, "name", "pawl");
	add_text(o, "environment", "self-hosted");
	add_text(o, "temp", VARS_TEMP);
	add_text(o, "tool_cache", VARS_TOOL_CACHE);
	add_text(o, "workspace", ENGINE_WORKSPACE);
	add_text(o, "debug", s->x->debug ? "1" : NULL);
	return o;
}

static void
add_context(struct sight *s, const char *name, struct expr_object *o)
{
	expr_object_add(s->env.contexts, name, expr_from_object(o != NULL ? o :
	    expr_object_new(s->a)));
}

/* Ours: github.ref_name as `branch` or `tag`, and so on. */
static void
add_short_names(struct sight *s, struct expr_object *github)
{
	static const struct {
		const char *name, *member, *type;
	} names[] = {
		{ "branch", "ref_name", "branch" },
		{ "tag", "ref_name", "tag" },
		{ "event", "event_name", NULL },
		{ "sha", "sha", NULL },
	};
	const struct expr_value *type = expr_object_member(github,
	    "ref_type"), *v;

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct expr_value want = expr_string(names[i].type);

		v = expr_object_member(github, names[i].member);
		if (v != NULL && (names[i].type == NULL ||
				     (type != NULL &&
					 expr_equal(type, &want))))
			expr_object_add(s->env.contexts, names[i].name, *v);
	}
}

static bool
status(void *ctx, enum expr_status which, const char *const *jobs, size_t n)
{
	const struct sight *s = ctx;

	(void)jobs;
	(void)n;
	switch (which) {
	case EXPR_SUCCESS:
		return s->scope->status == STATUS_SUCCESS &&
		    s->x->scope.status != STATUS_CANCELLED;
	case EXPR_FAILURE:
		return s->scope->status == STATUS_FAILURE;
	case EXPR_CANCELLED:
		return s->x->scope.status == STATUS_CANCELLED;
	case EXPR_ALWAYS:
		return true;
	}
	return true;
}

void
sight_init(struct sight *s, struct job_exec *x, const struct job_scope *scope,
    const struct environment *vars, const struct step_run *step,
    struct arena *a)
{
	const struct job_plan *plan = x->order->plan;
	struct expr_object *github;

	*s = (struct sight){ .x = x, .scope = scope, .a = a };
	s->env = (struct expr_env){ .contexts = expr_object_new(a),
		.status = status, .hash_files = sight_hash_files, .ctx = s,
		.max_bytes = EXPR_MAX_BYTES_STEP };
	github = github_context(s, step);
	add_context(s, "github", github);
	add_context(s, "vars", x->order->vars);
	add_context(s, "secrets", x->secrets);
	add_context(s, "needs", plan->needs);
	add_context(s, "matrix", plan->matrix);
	add_context(s, "strategy", plan->strategy);
	add_context(s, "inputs", scope->inputs);
	add_context(s, "steps", scope->steps);
	add_context(s, "env", vars != NULL ? environment_context(vars, a) :
	    NULL);
	add_context(s, "job", job_context(s));
	add_context(s, "runner", runner_context(s));
	add_short_names(s, github);
}

/* --- evaluating ---------------------------------------------------------------- */

static void
begin(struct sight *s)
{
	const struct job_plan_action *action = s->scope->action;

	diags_init(&s->d, s->a, action != NULL ? action->source :
	    s->x->order->plan->file, NULL, 0);
}

/* The first problem, as the user's error. */
static int
fail(struct sight *s, struct err *err)
{
	const struct diag *d = s->d.list;

	if (s->d.n == 0)
		return err_set(err, ERR_INVALID, "a value cannot be "
		    "evaluated");
	return err_set(err, ERR_INVALID, "%s:%d:%d: %s", s->d.file,
	    d->pos.line, d->pos.col, d->text);
}

int
sight_value(struct sight *s, const struct value *v, struct expr_value *out,
    struct err *err)
{
	begin(s);
	return value_eval(v, &s->env, s->a, &s->d, out) == -1 ? fail(s, err) :
	    0;
}

int
sight_text(struct sight *s, const struct value *v, const char *fallback,
    const char **out, struct err *err)
{
	begin(s);
	*out = value_eval_text(v, fallback, &s->env, s->a, &s->d);
	return *out == NULL && s->d.n > 0 ? fail(s, err) : 0;
}

int
sight_bool(struct sight *s, const struct value *v, bool *out,
    struct err *err)
{
	begin(s);
	return value_eval_bool(v, false, &s->env, s->a, &s->d, out) == -1 ?
	    fail(s, err) : 0;
}

int
sight_inputs(struct sight *s, const struct named_value *inputs, size_t n,
    const struct value *with, struct arena *a, struct expr_object **out,
    struct err *err)
{
	begin(s);
	return action_inputs(inputs, n, with, &s->env, a, &s->d, out) == -1 ?
	    fail(s, err) : 0;
}

/* A secret that a variable of its name holds is not given up for another
 * value: what comes later would work with the wrong one. */
static int
check_secret(struct sight *s, const struct environment *e, const char *name,
    const char *value, struct err *err)
{
	const struct env_var *old = environment_get(e, name);
	const struct expr_value *secret = expr_object_member(s->x->secrets,
	    name);
	const char *text = secret != NULL ? expr_to_string(secret, s->a) : "";

	if (text[0] == '\0' || old == NULL || strcmp(old->value, text) != 0 ||
	    strcmp(value, text) == 0)
		return 0;
	return err_set(err, ERR_INVALID, "the variable \"%s\" holds the "
	    "secret of its name, which cannot be redefined: give the other "
	    "value another name", name);
}

int
sight_env(struct sight *s, const struct value *map,
    const struct environment *before, struct environment *e, struct err *err)
{
	struct expr_value v;

	if (map == NULL)
		return 0;
	if (sight_value(s, map, &v, err) == -1)
		return -1;
	if (v.type == EXPR_NULL)
		return 0;
	if (v.type != EXPR_OBJECT)
		return err_set(err, ERR_INVALID, "%s:%d:%d: \"env\" must be a "
		    "map", s->d.file, map->pos.line, map->pos.col);
	for (size_t i = 0; i < v.object->n; i++) {
		const struct expr_member *m = &v.object->members[i];
		const char *name = arena_strndup(s->a, m->name.s,
		    m->name.len);
		const char *text = expr_to_string(&m->value, s->a);

		if (name[0] == '\0' || strchr(name, '=') != NULL)
			return err_set(err, ERR_INVALID, "%s:%d:%d: \"%s\" "
			    "cannot be the name of a variable", s->d.file,
			    map->pos.line, map->pos.col, name);
		if (check_secret(s, before, name, text, err) == -1)
			return -1;
		environment_set(e, name, text, m->value.outside);
	}
	return 0;
}

int
sight_timeout(struct sight *s, const struct value *minutes,
    const struct value *timeout, int64_t *ms, struct err *err)
{
	struct expr_value v;
	const char *text;
	double n;

	*ms = 0;
	if (minutes != NULL) {
		if (sight_value(s, minutes, &v, err) == -1)
			return -1;
		n = expr_to_number(&v) * 60000;
		if (!(n > 0) || n > (double)MAX_TIMEOUT_MS)
			return err_set(err, ERR_INVALID, "%s:%d:%d: "
			    "\"timeout-minutes\" must be a number above 0 and "
			    "of 30 days at most", s->d.file,
			    minutes->pos.line, minutes->pos.col);
		*ms = n < 1 ? 1 : (int64_t)n;
		return 0;
	}
	if (timeout == NULL)
		return 0;
	if (sight_text(s, timeout, "", &text, err) == -1)
		return -1;
	if (!clock_parse_duration(text, 1000, ms) || *ms <= 0 ||
	    *ms > MAX_TIMEOUT_MS)
		return err_set(err, ERR_INVALID, "%s:%d:%d: \"timeout\" is "
		    "not a duration such as 90s, 10m or 1.5h", s->d.file,
		    timeout->pos.line, timeout->pos.col);
	return 0;
}
