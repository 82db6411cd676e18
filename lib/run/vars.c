/*
 * vars.c - the variables that every step gets without asking.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/run/vars.h"

#include <inttypes.h>
#include <string.h>
#include <sys/utsname.h>
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/engine/engine.h"

struct list {
	struct arena *arena;
	struct plan_var *vars;
	size_t n;
};

static void
add(struct list *l, const char *name, const char *value)
{
	struct plan_var *v;

	if (!value)
		return;
	v = arena_push(l->arena, &l->vars, &l->n, sizeof(*v));
	v->name = name;
	v->value = arena_strdup(l->arena, value);
}

static void
add_number(struct list *l, const char *name, int64_t number)
{
	if (number > 0)
		add(l, name, arena_printf(l->arena, "%" PRId64, number));
}

static void
add_ref(struct list *l, const char *ref)
{
	static const struct {
		const char *prefix, *type;
	} kinds[] = {
		{ "refs/heads/", "branch" },
		{ "refs/tags/", "tag" },
	};

	add(l, "GITHUB_REF", ref);
	for (size_t i = 0; ref && i < ARRAY_LEN(kinds); i++) {
		if (!str_starts_with(ref, kinds[i].prefix))
			continue;
		add(l, "GITHUB_REF_NAME", ref + strlen(kinds[i].prefix));
		add(l, "GITHUB_REF_TYPE", kinds[i].type);
	}
}

/* GitHub's word for this machine's kind; the kernel's where it has none. */
static const char *
architecture(void)
{
	static const char *const words[][2] = {
		{ "x86_64", "X64" }, { "i686", "X86" },
		{ "aarch64", "ARM64" }, { "armv7l", "ARM" },
	};
	static struct utsname name;

	if (uname(&name) == -1)
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp(words[i][0], name.machine) == 0)
			return words[i][1];
	return name.machine;
}

void
run_vars(const struct run_facts *facts, struct arena *a,
    struct plan_var **out, size_t *n)
{
	struct list l = { .arena = a };

	add(&l, "CI", "true");
	add(&l, "PAWL", "true");
	add(&l, "GITHUB_WORKSPACE", ENGINE_WORKSPACE);
	add(&l, "GITHUB_SERVER_URL", facts->server_url);
	add(&l, "RUNNER_OS", "Linux");
	add(&l, "RUNNER_ARCH", architecture());
	add(&l, "RUNNER_TEMP", "/tmp");
	if (facts->owner && facts->name)
		add(&l, "GITHUB_REPOSITORY", arena_printf(a, "%s/%s",
		    facts->owner, facts->name));
	add(&l, "GITHUB_REPOSITORY_OWNER", facts->owner);
	add(&l, "GITHUB_EVENT_NAME", facts->event);
	add_ref(&l, facts->ref);
	add(&l, "GITHUB_SHA", facts->sha);
	add(&l, "GIT_COMMIT_SHA", facts->sha);
	add(&l, "GITHUB_ACTOR", facts->actor);
	add(&l, "GITHUB_WORKFLOW", facts->workflow);
	add(&l, "GITHUB_JOB", facts->job);
	add_number(&l, "JOB_ID", facts->job_id);
	add_number(&l, "GITHUB_RUN_ID", facts->run_id);
	add_number(&l, "GITHUB_RUN_NUMBER", facts->run_number);
	add_number(&l, "GITHUB_RUN_ATTEMPT", facts->attempt);
	*out = l.vars;
	*n = l.n;
}
