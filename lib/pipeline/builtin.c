/*
 * builtin.c - the table of the actions that Pawl brings itself.
 *
 * Inputs, defaults and outputs are those of the action.yml of each action.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/builtin.h"

#include <string.h>
#include <strings.h>

#include "lib/base/mem.h"
#include "lib/pipeline/uses.h"

static const struct builtin_input checkout_inputs[] = {
	{ "repository", "", false },
	{ "ref", "", false },
	{ "token", "", false },
	{ "ssh-key", "", false },
	{ "ssh-known-hosts", "", false },
	{ "ssh-strict", "true", false },
	{ "ssh-user", "git", false },
	{ "persist-credentials", "true", false },
	{ "path", "", false },
	{ "clean", "true", false },
	{ "filter", "", false },
	{ "sparse-checkout", "", false },
	{ "sparse-checkout-cone-mode", "true", false },
	{ "fetch-depth", "1", false },
	{ "fetch-tags", "false", false },
	{ "show-progress", "true", false },
	{ "lfs", "false", false },
	{ "submodules", "false", false },
	{ "set-safe-directory", "true", false },
	{ "github-server-url", "", false },
};

static const struct builtin_input cache_inputs[] = {
	{ "path", "", true },
	{ "key", "", true },
	{ "restore-keys", "", false },
	{ "upload-chunk-size", "", false },
	{ "enableCrossOsArchive", "false", false },
	{ "fail-on-cache-miss", "false", false },
	{ "lookup-only", "false", false },
	{ "save-always", "false", false },
};

static const struct builtin_input restore_inputs[] = {
	{ "path", "", true },
	{ "key", "", true },
	{ "restore-keys", "", false },
	{ "enableCrossOsArchive", "false", false },
	{ "fail-on-cache-miss", "false", false },
	{ "lookup-only", "false", false },
};

static const struct builtin_input save_inputs[] = {
	{ "path", "", true },
	{ "key", "", true },
	{ "upload-chunk-size", "", false },
	{ "enableCrossOsArchive", "false", false },
};

static const struct builtin_input upload_inputs[] = {
	{ "name", "artifact", false },
	{ "path", "", true },
	{ "if-no-files-found", "warn", false },
	{ "retention-days", "", false },
	{ "compression-level", "6", false },
	{ "overwrite", "false", false },
	{ "include-hidden-files", "false", false },
	{ "archive", "true", false },
};

static const struct builtin_input download_inputs[] = {
	{ "name", "", false },
	{ "artifact-ids", "", false },
	{ "path", "", false },
	{ "pattern", "", false },
	{ "merge-multiple", "false", false },
	{ "github-token", "", false },
	{ "repository", "", false },
	{ "run-id", "", false },
	{ "skip-decompress", "false", false },
	{ "digest-mismatch", "error", false },
};

#define OUTPUTS(...) (const char *const[]){ __VA_ARGS__, NULL }
#define INPUTS(of) of##_inputs, ARRAY_LEN(of##_inputs)

const struct builtin_action builtin_actions[] = {
	/* name, inputs, outputs, has a post part */
	{ "actions/checkout", INPUTS(checkout), OUTPUTS("ref", "commit"),
	    false },
	{ "actions/cache", INPUTS(cache), OUTPUTS("cache-hit",
	    "cache-primary-key", "cache-matched-key"), true },
	{ "actions/cache/restore", INPUTS(restore), OUTPUTS("cache-hit",
	    "cache-primary-key", "cache-matched-key"), false },
	{ "actions/cache/save", INPUTS(save), NULL, false },
	{ "actions/upload-artifact", INPUTS(upload), OUTPUTS("artifact-id",
	    "artifact-url", "artifact-digest"), false },
	{ "actions/download-artifact", INPUTS(download),
	    OUTPUTS("download-path"), false },
	/* What "artifacts" and "cache" of a job and typed steps become. */
	{ "step.artifact_push", NULL, 0, OUTPUTS("artifact-id",
	    "artifact-url", "artifact-digest"), false },
	{ "step.artifact_pull", NULL, 0, OUTPUTS("download-path"), false },
	{ "step.docker_build", NULL, 0, OUTPUTS("image-id"), false },
	{ "step.docker_push", NULL, 0, OUTPUTS("image"), false },
	{ "step.docker_run", NULL, 0, NULL, false },
	{ "step.cache", NULL, 0, OUTPUTS("cache-hit", "cache-primary-key",
	    "cache-matched-key"), true },
};
const size_t n_builtin_actions = ARRAY_LEN(builtin_actions);

const struct builtin_action *
builtin_named(const char *name)
{
	for (size_t i = 0; i < n_builtin_actions; i++)
		if (strcasecmp(builtin_actions[i].name, name) == 0)
			return &builtin_actions[i];
	return NULL;
}

const struct builtin_action *
builtin_find(const char *uses, struct arena *a)
{
	struct uses u;

	if (strncmp(uses, "step.", strlen("step.")) == 0)
		return builtin_named(uses);
	u = uses_read(uses, a);
	if (u.kind != USES_REPOSITORY)
		return NULL;
	return builtin_named(arena_printf(a, "%s/%s%s%s", u.owner, u.name,
	    *u.path != '\0' ? "/" : "", u.path));
}

const struct builtin_input *
builtin_input_find(const struct builtin_action *action, const char *name)
{
	for (size_t i = 0; i < action->n_inputs; i++)
		if (strcasecmp(action->inputs[i].name, name) == 0)
			return &action->inputs[i];
	return NULL;
}

const char *const *
builtin_input_names(const struct builtin_action *action, struct arena *a)
{
	const char **names = arena_alloc(a, (action->n_inputs + 1) *
	    sizeof(*names));

	for (size_t i = 0; i < action->n_inputs; i++)
		names[i] = action->inputs[i].name;
	return names;
}
