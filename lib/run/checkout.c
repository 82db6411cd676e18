/*
 * checkout.c - actions/checkout.
 *
 * The workspace is checked out before the first step, so a step that checks
 * out the same commit has nothing left to do.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/builtin.h"

#include <string.h>

#include "lib/base/mem.h"

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

int
builtin_checkout(struct step_run *s, struct err *err)
{
	static const char *const repository[] = { "repository" };
	static const char *const ref[] = { "ref", "ref_name", "sha" };
	const char *text;

	if (builtin_text(s, "repository", &text, err) == -1)
		return -1;
	if (!is_ours(s, text, repository, ARRAY_LEN(repository)))
		return refuse("repository", text, err);
	if (builtin_text(s, "ref", &text, err) == -1)
		return -1;
	if (!is_ours(s, text, ref, ARRAY_LEN(ref)))
		return refuse("ref", text, err);
	if (builtin_text(s, "path", &text, err) == -1)
		return -1;
	if (strcmp(text, "") != 0 && strcmp(text, ".") != 0 &&
	    strcmp(text, "./") != 0)
		return refuse("path", text, err);
	if (builtin_text(s, "submodules", &text, err) == -1)
		return -1;
	if (strcmp(text, "true") == 0 || strcmp(text, "recursive") == 0)
		return refuse("submodules", text, err);
	s->outcome.on = "succeed";
	return joblog_note(s->x->log, s->plan->number, err, "the workspace "
	    "was checked out before the first step");
}
