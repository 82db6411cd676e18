/*
 * builtin.c - steps with `uses` that are no composite action: the table of
 * what Pawl does itself, and a clear word about what it cannot run.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/builtin.h"

#include <stdarg.h>
#include <string.h>
#include <strings.h>

#include "lib/base/mem.h"
#include "lib/pipeline/uses.h"

const struct builtin builtins[] = {
	/* name, main part, post part */
	{ "actions/checkout", builtin_checkout, NULL },
	{ "actions/cache", builtin_restore, builtin_cache_post },
	{ "actions/cache/restore", builtin_restore, NULL },
	{ "actions/cache/save", builtin_save, NULL },
	{ "step.cache", builtin_restore, builtin_cache_post },
	{ "step.artifact_push", builtin_upload, NULL },
	{ "step.artifact_pull", builtin_pull, NULL },
	{ "step.docker_build", builtin_docker_build, NULL },
	{ "step.docker_push", builtin_docker_push, NULL },
	{ "step.docker_run", builtin_docker_run, NULL },
	{ "actions/upload-artifact", builtin_upload, NULL },
	{ "actions/download-artifact", builtin_download, NULL },
};
const size_t n_builtins = ARRAY_LEN(builtins);

/* --- inputs and outputs --------------------------------------------------------- */

int
builtin_text(struct step_run *s, const char *name, const char **out,
    struct err *err)
{
	const struct builtin_action *about = builtin_find(
	    s->plan->uses->text, &s->arena);
	const struct builtin_input *in = about != NULL ?
	    builtin_input_find(about, name) : NULL;
	const struct value_pair *given = value_find(s->plan->with, name);
	struct sight sight;

	sight_init(&sight, s->x, s->scope, &s->vars, s, &s->arena);
	if (sight_text(&sight, given != NULL ? given->value : NULL, "", out,
	    err) == -1)
		return -1;
	if ((*out)[0] == '\0' && in != NULL)
		*out = in->fallback;
	if ((*out)[0] == '\0' && in != NULL && in->required)
		return err_set(err, ERR_INVALID, "\"%s\" needs the input "
		    "\"%s\"", s->plan->uses->text, name);
	return 0;
}

int
builtin_lines(struct step_run *s, const char *name, const char **out,
    struct err *err)
{
	const struct value_pair *given = value_find(s->plan->with, name);
	struct str text = STR_INIT;
	struct sight sight;
	const char *one;
	int rc = 0;

	if (given == NULL || given->value->kind != VALUE_LIST)
		return builtin_text(s, name, out, err);
	sight_init(&sight, s->x, s->scope, &s->vars, s, &s->arena);
	for (size_t i = 0; rc == 0 && i < given->value->n_items; i++) {
		rc = sight_text(&sight, given->value->items[i], "", &one,
		    err);
		if (rc == 0)
			str_addf(&text, "%s\n", one);
	}
	*out = arena_strdup(&s->arena, text.s);
	str_release(&text);
	return rc;
}

int
builtin_list(struct step_run *s, const char *name, const char *const **out,
    struct err *err)
{
	const struct value_pair *given = value_find(s->plan->with, name);
	const struct value *v = given != NULL ? given->value : NULL;
	const char **list = NULL, *text;
	struct sight sight;
	size_t n = 0;

	sight_init(&sight, s->x, s->scope, &s->vars, s, &s->arena);
	for (size_t i = 0; v != NULL && v->kind == VALUE_LIST &&
	     i < v->n_items; i++) {
		if (sight_text(&sight, v->items[i], "", &text, err) == -1)
			return -1;
		*(const char **)arena_push(&s->arena, &list, &n,
		    sizeof(*list)) = text;
	}
	if (v != NULL && v->kind != VALUE_LIST) {
		if (sight_text(&sight, v, "", &text, err) == -1)
			return -1;
		*(const char **)arena_push(&s->arena, &list, &n,
		    sizeof(*list)) = text;
	}
	arena_push(&s->arena, &list, &n, sizeof(*list));
	*out = list;
	return 0;
}

int
builtin_flag(struct step_run *s, const char *name, bool *out,
    struct err *err)
{
	const char *text;

	if (builtin_text(s, name, &text, err) == -1)
		return -1;
	*out = strcasecmp(text, "true") == 0;
	if (*out || text[0] == '\0' || strcasecmp(text, "false") == 0)
		return 0;
	return err_set(err, ERR_INVALID, "the input \"%s\" is true or false, "
	    "not \"%.80s\"", name, text);
}

int
builtin_print(struct step_run *s, struct err *err, const char *fmt, ...)
{
	struct str line = STR_INIT;
	va_list ap;
	int rc;

	va_start(ap, fmt);
	str_vaddf(&line, fmt, ap);
	va_end(ap);
	str_add_char(&line, '\n');
	rc = joblog_output(s->source, JOBLOG_STDOUT, line.s, line.len, err);
	str_release(&line);
	return rc;
}

int
builtin_warn(struct step_run *s, struct err *err, const char *fmt, ...)
{
	struct str line = STR_INIT;
	va_list ap;
	int rc;

	va_start(ap, fmt);
	str_vaddf(&line, fmt, ap);
	va_end(ap);
	rc = joblog_say(s->x->log, s->plan->number, err, "warning: %s",
	    line.s);
	str_release(&line);
	return rc;
}

void
builtin_output(struct step_run *s, const char *name, const char *value)
{
	environment_set(&s->outputs, name, value, true);
}

void
builtin_keep(struct step_run *s, const char *name, const char *value)
{
	environment_set(&s->state, name, value, true);
}

const char *
builtin_kept(struct step_run *s, const char *name)
{
	const struct env_var *v = environment_get(
	    &step_memory(s->x, s->plan)->state, name);

	return v != NULL ? v->value : "";
}

int
builtin_warn_inputs(struct step_run *s, const char *const *names,
    struct err *err)
{
	const struct value *key;
	const char *near;
	size_t next = 0;

	while ((key = action_input_unknown(names, s->plan->with, &next,
	    &near)) != NULL)
		if (builtin_warn(s, err, "\"%s\" has no input \"%s\"%s%s%s",
		    s->plan->uses->text, key->text, near != NULL ?
		    ": did you mean \"" : "", near != NULL ? near : "",
		    near != NULL ? "\"" : "") == -1)
			return -1;
	return 0;
}

/* --- the step ------------------------------------------------------------------ */

static int
cannot(const struct step_run *s, struct err *err)
{
	const char *text = s->plan->uses->text;

	if (s->plan->using != NULL)
		return err_set(err, ERR_UNSUPPORTED, "\"%s\" is an action for "
		    "\"%s\", which this version of Pawl does not run: use a "
		    "composite action, or a command", text, s->plan->using);
	return err_set(err, ERR_UNSUPPORTED, "this version of Pawl does not "
	    "run the action \"%s\": do it with a command", text);
}

static int
run_post(struct step_run *s, const struct builtin *row, struct err *err)
{
	if (row->post != NULL)
		return row->post(s, err);
	s->outcome.on = "succeed";
	return 0;
}

static int
run_builtin(struct step_run *s, const struct builtin_action *about,
    struct err *err)
{
	for (size_t i = 0; i < n_builtins; i++) {
		if (strcmp(builtins[i].name, about->name) != 0)
			continue;
		if (s->plan->part == STEP_POST)
			return run_post(s, &builtins[i], err);
		if (about->inputs != NULL && builtin_warn_inputs(s,
		    builtin_input_names(about, &s->arena), err) == -1)
			return -1;
		return builtins[i].run(s, err);
	}
	return 1;
}

int
step_uses(struct step_run *s, struct err *err)
{
	const char *text = s->plan->uses->text;
	const struct builtin_action *about = builtin_find(text, &s->arena);
	int rc = about != NULL ? run_builtin(s, about, err) : 1;

	if (rc == 1 && late_action(s, err) == -1)
		return -1;
	if (rc == 1 && action_is_container(s->plan))
		return action_container_begin(s, err);
	if (rc == 1 && s->plan->using != NULL &&
	    str_starts_with(s->plan->using, "node"))
		return node_begin(s, err);
	return rc == 1 ? cannot(s, err) : rc;
}
