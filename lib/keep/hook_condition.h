/*
 * hook_condition.h - the condition of a hook: an expression over what the
 * program is given on its standard input.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_KEEP_HOOK_CONDITION_H
#define PAWL_KEEP_HOOK_CONDITION_H

#include "lib/base/arena.h"
#include "lib/pipeline/expr.h"

/* 0, or -1 with `error`. */
int
hook_condition_parse(const char *text, struct arena *a, struct expr *out,
    struct expr_error *error);

#endif
