/*
 * lint_secrets.c - secrets where others can see them: in names and outputs,
 * handed on all at once, and beside code of strangers.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <string.h>
#include <strings.h>

#include "lib/base/str.h"
#include "lib/pipeline/check.h"
#include "lib/pipeline/expr_ast.h"

static void
each_path_of(const struct value *v, lint_path_look *look, void *ctx)
{
	for (size_t i = 0; v != NULL && i < v->n_parts; i++)
		if (v->parts[i].expr != NULL && v->parts[i].expr->root != NULL)
			lint_each_path(v->parts[i].expr->root, look, ctx);
}

/* --- in the open -------------------------------------------------------- */

struct look {
	bool found;
};

static void
look_for_secret(void *ctx, const struct expr_node *node, const char *path)
{
	struct look *l = ctx;

	(void)node;
	l->found = l->found || (strncasecmp(path, "secrets.", 8) == 0 &&
	    strcasecmp(path, "secrets.GITHUB_TOKEN") != 0);
}

/* `what` is "a name" and the like. */
static void
check_open(struct checker *c, const struct value *v, const char *hint,
    const char *what)
{
	struct look l = { false };

	each_path_of(v, look_for_secret, &l);
	if (l.found)
		lint_warn(c, v->pos, v->width, "secret-in-the-open", hint,
		    arena_printf(c->a, "%s is stored and shown in the open, "
		    "and this one holds a secret", what));
}

static void
check_outputs(struct checker *c, const struct value *outputs)
{
	for (size_t i = 0; outputs != NULL && i < outputs->n_pairs; i++)
		check_open(c, outputs->pairs[i].value, "let the job that "
		    "needs it read the secret itself", "an output");
}

/* The context as a whole, as in toJSON(secrets). */
static void
look_for_all(void *ctx, const struct expr_node *node, const char *path)
{
	struct look *l = ctx;

	(void)node;
	l->found = l->found || strcasecmp(path, "secrets") == 0;
}

static void
check_all(struct checker *c, const struct value *v)
{
	struct look l = { false };

	if (v == NULL)
		return;
	each_path_of(v, look_for_all, &l);
	if (l.found)
		lint_warn(c, v->pos, v->width, "all-secrets",
		    "name the secrets that are needed", "all secrets at once "
		    "are given to this, also those that are added later");
	for (size_t i = 0; i < v->n_items; i++)
		check_all(c, v->items[i]);
	for (size_t i = 0; i < v->n_pairs; i++)
		check_all(c, v->pairs[i].value);
}

/* --- pull requests of strangers ----------------------------------------- */

static void
look_for_head(void *ctx, const struct expr_node *node, const char *path)
{
	struct look *l = ctx;

	(void)node;
	l->found = l->found ||
	    strncasecmp(path, "github.event.pull_request.head.", 31) == 0 ||
	    strncasecmp(path, "github.event.workflow_run.head_", 31) == 0 ||
	    strcasecmp(path, "github.head_ref") == 0;
}

static void
report_head(struct checker *c, const struct value *at)
{
	lint_warn(c, at->pos, at->width, "fork-visible-secret",
	    "use the event pull_request, or do not run its code",
	    "code of a stranger is checked out where the secrets of this "
	    "repository are");
}

static void
check_checkout(struct checker *c, const struct workflow_step *s)
{
	static const char *const keys[] = { "ref", "repository" };
	const char *uses = value_literal(s->uses);

	if (uses == NULL || !str_starts_with(uses, "actions/checkout@"))
		return;
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		const struct value *v = value_get(s->with, keys[i]);
		struct look l = { false };

		each_path_of(v, look_for_head, &l);
		if (l.found) {
			report_head(c, v);
			return;
		}
	}
}

/* The same by hand. */
static void
check_fetch(struct checker *c, const struct value *run)
{
	const char *text = run != NULL && run->yaml != NULL ?
	    run->yaml->text : "";
	struct look l = { false };

	if (strstr(text, "git fetch") != NULL ||
	    strstr(text, "git checkout") != NULL)
		each_path_of(run, look_for_head, &l);
	if (l.found || strstr(text, "gh pr checkout") != NULL)
		report_head(c, run);
}

/* Workflows of these events have secrets and a token that may write, also
 * for pull requests of strangers. */
static bool
is_trusted(const struct workflow *w)
{
	return workflow_trigger_find(w, "pull_request_target") != NULL ||
	    workflow_trigger_find(w, "workflow_run") != NULL;
}

/* --- walking ------------------------------------------------------------ */

static void
check_steps(struct checker *c, const struct workflow_step *steps, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct workflow_step *s = &steps[i];

		check_open(c, s->name, "leave it out of the name",
		    "a step's name");
		if (is_trusted(c->w)) {
			check_checkout(c, s);
			check_fetch(c, s->run);
		}
		check_steps(c, s->steps, s->n_steps);
	}
}

void
lint_secrets(struct checker *c)
{
	check_all(c, c->w->value);
	for (size_t i = 0; i < c->w->n_jobs; i++) {
		check_outputs(c, c->w->jobs[i].outputs);
		check_steps(c, c->w->jobs[i].steps, c->w->jobs[i].n_steps);
	}
}
