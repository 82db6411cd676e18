/*
 * check.h - inside lib/pipeline: mistakes beyond the grammar.
 *
 * check_*.c are errors by GitHub's documentation; lint_*.c are mistakes that
 * it allows, and advice.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_PIPELINE_CHECK_H
#define PAWL_PIPELINE_CHECK_H

#include "lib/base/mem.h"
#include "lib/pipeline/reader.h"

struct checker {
	const struct workflow *w;
	struct arena *a;
	struct diags *d;
	/* What is known of what `uses` names, by its text: struct action and
	 * struct workflow. NULL: nothing. */
	const struct map *actions, *workflows;
};

void
check_triggers(struct checker *c);
void
check_jobs(struct checker *c);
void
check_sizes(struct checker *c);

/* Is it a shell that steps can name? NULL, or what to write instead. A text
 * with {0} in it is a command of one's own. */
const char *
check_shell_name(const char *name);

/* Types of expressions: contexts and their members (lint_types.c). */
void
lint_expressions(struct checker *c);
/* Advice: commands, needs, conditions (lint_advice.c). */
void
lint_advice(struct checker *c);
/* Secrets where others see them (lint_secrets.c). */
void
lint_secrets(struct checker *c);
/* Commands that do not do what they look like (lint_shell.c). */
void
lint_shell(struct checker *c);

void
lint_warn(struct checker *c, struct pos pos, int width, const char *rule,
    const char *hint, const char *text);

struct expr_node; /* expr_ast.h */

/* A path of an expression: "github.event.issue.title", with "*" where a part
 * of it is not known. */
typedef void lint_path_look(void *ctx, const struct expr_node *node,
    const char *path);

/* Call `look` for each path in a tree, the longest of each. */
void
lint_each_path(const struct expr_node *node, lint_path_look *look,
    void *ctx);

#endif
