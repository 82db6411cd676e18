/*
 * vars.c - the variables that every step gets without asking.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/run/vars.h"

#include <ctype.h>
#include <string.h>
#include <sys/utsname.h>

#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/engine/engine.h"

/* GITHUB_NAME is github.name for all of these. */
static const char *const members[] = {
	"action", "action_path", "action_ref", "action_repository", "actor",
	"actor_id", "api_url", "base_ref", "env", "event_name", "event_path",
	"graphql_url", "head_ref", "job", "output", "path", "ref", "ref_name",
	"ref_protected", "ref_type", "repository", "repository_id",
	"repository_owner", "repository_owner_id", "retention_days",
	"run_attempt", "run_id", "run_number", "server_url", "sha", "state",
	"step_summary", "triggering_actor", "workflow", "workflow_ref",
	"workflow_sha", "workspace",
};

static const char *const runner[] = {
	"RUNNER_OS", "RUNNER_ARCH", "RUNNER_NAME", "RUNNER_TEMP",
	"RUNNER_TOOL_CACHE", "RUNNER_ENVIRONMENT", "RUNNER_WORKSPACE",
	"RUNNER_DEBUG",
};

const char *
vars_architecture(void)
{
	static const char *const words[][2] = {
		{ "x86_64", "X64" }, { "i686", "X86" },
		{ "aarch64", "ARM64" }, { "armv7l", "ARM" },
	};
	static struct utsname name;

	if (uname(&name) == -1)
		return "";
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp(words[i][0], name.machine) == 0)
			return words[i][1];
	return name.machine;
}

/* Names that scripts know from other servers, by the member of github that
 * each has, and by what ref_type must be. */
static const struct {
	const char *name, *member, *ref_type;
} plain[] = {
	{ "GIT_COMMIT_SHA", "sha", NULL },
	{ "CI_COMMIT_SHA", "sha", NULL },
	{ "CI_COMMIT_REF", "ref", NULL },
	{ "CI_COMMIT_BRANCH", "ref_name", "branch" },
	{ "CI_COMMIT_TAG", "ref_name", "tag" },
	{ "CI_PIPELINE_EVENT", "event_name", NULL },
	{ "CI_PIPELINE_ID", "run_id", NULL },
	{ "CI_PIPELINE_NUMBER", "run_number", NULL },
	{ "CI_REPO", "repository", NULL },
};

static bool
is_text(const struct expr_value *v)
{
	return v != NULL && (v->type == EXPR_NUMBER || (v->type ==
	    EXPR_STRING && v->text.len > 0));
}

void
vars_add_plain(struct environment *e, struct expr_object *github, int64_t job)
{
	const struct expr_value *type = expr_object_member(github, "ref_type");
	const char *ref_type = is_text(type) ? expr_to_string(type, e->arena) :
	    "";

	environment_set(e, "CI", "true", false);
	environment_set(e, "PAWL", "true", false);
	environment_set(e, "CI_WORKSPACE", ENGINE_WORKSPACE, false);
	for (size_t i = 0; i < ARRAY_LEN(plain); i++) {
		const struct expr_value *v = expr_object_member(github,
		    plain[i].member);

		if (is_text(v) && (plain[i].ref_type == NULL ||
		    strcmp(plain[i].ref_type, ref_type) == 0))
			environment_set(e, plain[i].name,
			    expr_to_string(v, e->arena), v->outside);
	}
	if (job > 0) {
		const char *id = arena_printf(e->arena, "%lld",
		    (long long)job);

		environment_set(e, "JOB_ID", id, false);
		environment_set(e, "CI_JOB_ID", id, false);
	}
}

static const char *
variable_name(struct environment *e, const char *prefix,
    struct expr_text name)
{
	struct str out = STR_INIT;
	const char *made;

	str_add(&out, prefix);
	for (size_t i = 0; i < name.len; i++) {
		unsigned char c = (unsigned char)name.s[i];

		str_add_char(&out, isalnum(c) ? (char)toupper(c) : '_');
	}
	made = arena_strdup(e->arena, out.s);
	str_release(&out);
	return made;
}

/* Values that are maps or lists have no text that would say anything. */
void
vars_add_matrix(struct environment *e, struct expr_object *matrix)
{
	for (size_t i = 0; i < matrix->n; i++) {
		const struct expr_member *m = &matrix->members[i];

		if (m->value.type == EXPR_ARRAY ||
		    m->value.type == EXPR_OBJECT)
			continue;
		environment_set(e, variable_name(e, "MATRIX_", m->name),
		    expr_to_string(&m->value, e->arena), m->value.outside);
	}
}

void
vars_add_github(struct environment *e, struct expr_object *github,
    bool debug)
{
	const char *const values[] = { "Linux", vars_architecture(), "pawl",
		VARS_TEMP, VARS_TOOL_CACHE, "self-hosted", ENGINE_WORKSPACE,
		debug ? "1" : NULL };

	environment_set(e, "GITHUB_ACTIONS", "true", false);
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		const struct expr_value *v = expr_object_member(github, members[i]);

		if (v == NULL || v->type == EXPR_NULL ||
		    v->type == EXPR_ARRAY || v->type == EXPR_OBJECT)
			continue;
		environment_set(e, variable_name(e, "GITHUB_",
		    (struct expr_text){ members[i], strlen(members[i]) }),
		    expr_to_string(v, e->arena), v->outside);
	}
	for (size_t i = 0; i < ARRAY_LEN(runner); i++)
		if (values[i] != NULL)
			environment_set(e, runner[i], values[i], false);
}

bool
vars_is_fixed(const char *name)
{
	size_t len = strlen("GITHUB_");

	if (strcmp(name, "GITHUB_ACTIONS") == 0)
		return true;
	for (size_t i = 0; i < ARRAY_LEN(runner); i++)
		if (strcmp(runner[i], name) == 0)
			return true;
	if (!str_starts_with(name, "GITHUB_"))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		size_t k = 0;

		while (members[i][k] != '\0' &&
		    toupper((unsigned char)members[i][k]) == name[len + k])
			k++;
		if (members[i][k] == '\0' && name[len + k] == '\0')
			return true;
	}
	return false;
}
