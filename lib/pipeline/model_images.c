/*
 * model_images.c - typed steps about images as the steps that they stand for.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <string.h>

#include "lib/base/mem.h"
#include "lib/pipeline/reader.h"
#include "lib/pipeline/typed.h"

void
typed_docker_build(struct reader *r, struct workflow_step *step,
    const struct value *config)
{
	static const char *const names[][2] = { { "context", "context" },
		{ "dockerfile", "dockerfile" }, { "tags", "tags" },
		{ "build_args", "build_args" },
		{ "cache_from", "cache_from" } };

	typed_uses(r, step, "step.docker_build", names, ARRAY_LEN(names),
	    config);
}

void
typed_docker_push(struct reader *r, struct workflow_step *step,
    const struct value *config)
{
	static const char *const names[][2] = { { "image", "image" },
		{ "registry", "registry" },
		{ "auth_provider", "auth_provider" } };

	typed_uses(r, step, "step.docker_push", names, ARRAY_LEN(names),
	    config);
}

void
typed_docker_run(struct reader *r, struct workflow_step *step,
    const struct value *config)
{
	static const char *const names[][2] = { { "image", "image" },
		{ "command", "command" } };
	const char *wait = value_literal(value_get(config, "wait_for_exit"));

	typed_uses(r, step, "step.docker_run", names, ARRAY_LEN(names),
	    config);
	step->env = value_get(config, "env");
	if (step->timeout == NULL)
		step->timeout = value_get(config, "timeout");
	if (wait != NULL && strcmp(wait, "false") == 0)
		step->background = true;
}
