/*
 * hook_condition.c - what the condition of a hook may say.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/keep/hook_condition.h"

#include <string.h>

int
hook_condition_parse(const char *text, struct arena *a, struct expr *out,
    struct expr_error *error)
{
	static const char *const contexts[] = {
		"hook", "event", "result", "reason", "cause", "at", "run",
		"job", NULL,
	};
	static const struct expr_place place = { "a hook's condition",
		contexts, 0 };

	return expr_parse(text, strlen(text), &place, a, out, error);
}
