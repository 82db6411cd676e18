/*
 * vars-t.c - the variables that every step gets.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <string.h>
#include "lib/base/arena.h"
#include "lib/run/vars.h"
#include "t/lib/tap.h"

static struct arena arena;

static const char *
value(const struct run_facts *facts, const char *name)
{
	struct plan_var *vars = NULL;
	size_t n = 0;

	run_vars(facts, &arena, &vars, &n);
	for (size_t i = 0; i < n; i++)
		if (!strcmp(vars[i].name, name))
			return vars[i].value;
	return NULL;
}

int
main(void)
{
	struct run_facts push = { .owner = "group/sub", .name = "app",
		.event = "push", .ref = "refs/heads/fix/x", .sha = "abc",
		.actor = "mina", .workflow = "ci", .job = "test",
		.run_number = 7, .attempt = 2 };
	struct run_facts tag = { .ref = "refs/tags/v1" };
	struct run_facts none = { 0 };

	is_str(value(&push, "GITHUB_REPOSITORY"), "group/sub/app", "repository");
	is_str(value(&push, "GITHUB_REF"), "refs/heads/fix/x", "ref");
	is_str(value(&push, "GITHUB_REF_NAME"), "fix/x", "short ref");
	is_str(value(&push, "GITHUB_REF_TYPE"), "branch", "a branch");
	is_str(value(&push, "GITHUB_RUN_NUMBER"), "7", "run number");
	is_str(value(&push, "GITHUB_RUN_ATTEMPT"), "2", "attempt");
	is_str(value(&push, "GITHUB_RUN_ID"), NULL, "no id, no variable");
	is_str(value(&tag, "GITHUB_REF_NAME"), "v1", "a tag's name");
	is_str(value(&tag, "GITHUB_REF_TYPE"), "tag", "a tag");
	is_str(value(&none, "CI"), "true", "CI is always true");
	is_str(value(&none, "GITHUB_SHA"), NULL, "what is unknown is left out");
	is_str(value(&none, "GITHUB_REPOSITORY"), NULL, "no half a repository");
	arena_release(&arena);
	return tap_done();
}
