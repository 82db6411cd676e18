/*
 * builtin.c - steps with `uses` that are no composite action: what Pawl does
 * itself, and a clear word about what it cannot run.
 *
 * The workspace is checked out before the first step, so a step that checks
 * out the same commit has nothing left to do.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/job.h"

#include <string.h>
#include <strings.h>

#include "lib/base/mem.h"
#include "lib/pipeline/uses.h"

static int
input(struct step_run *s, const char *name, const char **out,
    struct err *err)
{
	const struct value_pair *given = value_find(s->plan->with, name);
	struct sight sight;

	sight_init(&sight, s->x, s->scope, &s->vars, s, &s->arena);
	return sight_text(&sight, given != NULL ? given->value : NULL, "", out,
	    err);
}

/* Is a text empty, or the value of one of these of the github context? */
static bool
is_ours(const struct step_run *s, const char *text,
    const char *const *names, size_t n)
{
	struct expr_object *github = s->x->order->github;
	const struct expr_value want = expr_string(text), *v;

	if (text[0] == '\0')
		return true;
	for (size_t i = 0; github != NULL && i < n; i++) {
		v = expr_object_member(github, names[i]);
		if (v != NULL && expr_equal(v, &want))
			return true;
	}
	return false;
}

static int
refuse(const char *what, const char *text, struct err *err)
{
	return err_set(err, ERR_UNSUPPORTED, "actions/checkout with %s \"%s\" "
	    "cannot be run: the workspace holds the commit of the run; use "
	    "\"git\" in a command for others", what, text);
}

static int
checkout(struct step_run *s, struct err *err)
{
	static const char *const repository[] = { "repository" };
	static const char *const ref[] = { "ref", "ref_name", "sha" };
	const char *text;

	if (input(s, "repository", &text, err) == -1)
		return -1;
	if (!is_ours(s, text, repository, ARRAY_LEN(repository)))
		return refuse("repository", text, err);
	if (input(s, "ref", &text, err) == -1)
		return -1;
	if (!is_ours(s, text, ref, ARRAY_LEN(ref)))
		return refuse("ref", text, err);
	if (input(s, "path", &text, err) == -1)
		return -1;
	if (strcmp(text, "") != 0 && strcmp(text, ".") != 0 &&
	    strcmp(text, "./") != 0)
		return refuse("path", text, err);
	if (input(s, "submodules", &text, err) == -1)
		return -1;
	if (strcmp(text, "true") == 0 || strcmp(text, "recursive") == 0)
		return refuse("submodules", text, err);
	s->outcome.on = "succeed";
	return joblog_note(s->x->log, s->plan->number, err, "the workspace "
	    "was checked out before the first step");
}

/* Without a cache every look-up is a miss, which steps must live with. */
static int
cache(struct step_run *s, struct err *err)
{
	const char *text;

	if (input(s, "fail-on-cache-miss", &text, err) == -1)
		return -1;
	if (strcmp(text, "true") == 0)
		return err_set(err, ERR_UNSUPPORTED, "nothing was found in "
		    "the cache: this version of Pawl keeps none");
	environment_set(&s->outputs, "cache-hit", "", false);
	s->outcome.on = "succeed";
	return joblog_note(s->x->log, s->plan->number, err, "this version of "
	    "Pawl keeps no cache: nothing was restored or saved");
}

static const struct {
	const char *name;
	int (*run)(struct step_run *s, struct err *err);
} actions[] = {
	{ "actions/checkout", checkout },
	{ "actions/cache", cache },
	{ "actions/cache/restore", cache },
	{ "actions/cache/save", cache },
};

static int
cannot(const struct step_run *s, const struct uses *uses, struct err *err)
{
	const char *text = s->plan->uses->text;

	if (uses->kind == USES_DOCKER || (s->plan->using != NULL &&
					     strcmp(s->plan->using,
					     "docker") == 0))
		return err_set(err, ERR_UNSUPPORTED, "\"%s\" needs a container "
		    "of its own, which this version of Pawl does not run: "
		    "name its image with \"container\" of a job, and call its "
		    "program with \"run\"", text);
	if (s->plan->using != NULL)
		return err_set(err, ERR_UNSUPPORTED, "\"%s\" is an action for "
		    "\"%s\", which this version of Pawl does not run: use a "
		    "composite action, or a command", text, s->plan->using);
	return err_set(err, ERR_UNSUPPORTED, "this version of Pawl does not "
	    "run the action \"%s\": do it with a command", text);
}

int
step_uses(struct step_run *s, struct err *err)
{
	struct uses uses = uses_read(s->plan->uses->text, &s->arena);
	struct str name = STR_INIT;
	int rc = 1;

	if (uses.kind == USES_REPOSITORY)
		str_addf(&name, "%s/%s%s%s", uses.owner, uses.name,
		    uses.path[0] != '\0' ? "/" : "", uses.path);
	for (size_t i = 0; rc == 1 && i < ARRAY_LEN(actions); i++)
		if (strcasecmp(actions[i].name, name.s) == 0)
			rc = actions[i].run(s, err);
	str_release(&name);
	return rc == 1 ? cannot(s, &uses, err) : rc;
}
