/*
 * vars-t.c - the variables that every step gets.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <string.h>

#include "lib/run/vars.h"
#include "t/lib/tap.h"

static struct arena arena = ARENA_INIT(0);
static struct environment vars;

static const char *
value(const char *name)
{
	const struct env_var *v = environment_get(&vars, name);

	return v != NULL ? v->value : NULL;
}

static struct expr_object *
object(const char *json)
{
	struct expr_value v;

	if (expr_json_read(json, strlen(json), 1 << 20, &arena, &v, NULL) ==
	    -1)
		return NULL;
	return v.object;
}

int
main(void)
{
	struct expr_object *github = object("{\"repository\": \"a/b\", "
	    "\"ref_name\": \"fix/x\", \"sha\": \"abc\", \"run_id\": 7, "
	    "\"ref_type\": \"branch\", \"event_name\": \"\", "
	    "\"event\": {\"x\": 1}, \"step_summary\": \"/s\", "
	    "\"token\": \"hidden\", \"ref_protected\": false}");

	environment_init(&vars, &arena);
	vars_add_plain(&vars, github, 12);
	vars_add_matrix(&vars, object("{\"os\": \"debian\", \"go-version\": "
	    "1.22, \"both\": [1], \"on\": true}"));
	vars_add_github(&vars, github, false);
	is_str(value("CI"), "true", "CI is always true");
	is_str(value("JOB_ID"), "12", "the job's id");
	is_str(value("GIT_COMMIT_SHA"), "abc", "the commit");
	is_str(value("CI_COMMIT_SHA"), "abc", "by another name");
	is_str(value("CI_COMMIT_BRANCH"), "fix/x", "its branch");
	is_str(value("CI_COMMIT_TAG"), NULL, "which is no tag");
	is_str(value("CI_PIPELINE_ID"), "7", "the run");
	is_str(value("CI_PIPELINE_EVENT"), NULL, "nothing that is empty");
	is_str(value("CI_JOB_ID"), "12", "the job by another name");
	is_str(value("MATRIX_OS"), "debian", "an axis of the matrix");
	is_str(value("MATRIX_GO_VERSION"), "1.22", "in letters of a name");
	is_str(value("MATRIX_ON"), "true", "as text");
	is_str(value("MATRIX_BOTH"), NULL, "lists have none");
	is_str(value("GITHUB_REPOSITORY"), "a/b", "members of github");
	is_str(value("GITHUB_RUN_ID"), "7", "numbers too");
	is_str(value("GITHUB_REF_PROTECTED"), "false", "and truths");
	is_str(value("GITHUB_STEP_SUMMARY"), "/s", "files of commands");
	is_str(value("GITHUB_TOKEN"), NULL, "never the token");
	is_str(value("GITHUB_EVENT"), NULL, "what is unlisted is no variable");
	is_str(value("GITHUB_ACTOR"), NULL, "what is unknown is left out");
	is_str(value("RUNNER_OS"), "Linux", "the runner");
	is_str(value("RUNNER_DEBUG"), NULL, "that says little");
	ok(vars_is_fixed("GITHUB_SHA") && vars_is_fixed("RUNNER_TEMP") &&
	    vars_is_fixed("GITHUB_STEP_SUMMARY"), "which are fixed");
	ok(!vars_is_fixed("GITHUB_TOKEN") && !vars_is_fixed("CI") &&
	    !vars_is_fixed("GITHUB_SHA2"), "and which are not");
	environment_release(&vars);
	arena_release(&arena);
	return tap_done();
}
