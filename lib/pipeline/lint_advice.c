/*
 * lint_advice.c - what is allowed and seldom wanted: text of strangers in
 * commands, old commands and actions, conditions and needs that decide
 * nothing.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <string.h>
#include <strings.h>

#include "lib/base/str.h"
#include "lib/pipeline/check.h"
#include "lib/pipeline/expr_ast.h"
#include "lib/pipeline/outside.h"

void
lint_warn(struct checker *c, struct pos pos, int width, const char *rule,
    const char *hint, const char *text)
{
	diag_warning(c->d, pos, width, rule, hint, "%s", text);
}

/* --- paths of expressions ------------------------------------------------------------ */

/* "github.event.issue.title" of an index, "*" for all of an array; false when
 * a part of it is not known. */
static bool
add_path(const struct expr_node *node, struct str *out)
{
	const struct expr_node *index;

	if (node->kind == EXPR_NODE_CONTEXT) {
		str_add_len(out, node->name.s, node->name.len);
		return true;
	}
	if (node->kind != EXPR_NODE_INDEX || !add_path(node->args[0], out))
		return false;
	index = node->args[1];
	if (index->kind == EXPR_NODE_LITERAL &&
	    index->literal.type == EXPR_STRING) {
		str_add_char(out, '.');
		str_add_len(out, index->literal.text.s,
		    index->literal.text.len);
		return true;
	}
	str_add(out, ".*");
	return true;
}

void
lint_each_path(const struct expr_node *node, lint_path_look *look, void *ctx)
{
	struct str path = STR_INIT;

	if (node->kind == EXPR_NODE_INDEX || node->kind == EXPR_NODE_CONTEXT)
		if (add_path(node, &path))
			look(ctx, node, path.s);
	if (node->kind == EXPR_NODE_INDEX && path.len > 0) {
		/* What stands between brackets is a tree of its own. */
		for (const struct expr_node *n = node;
		    n->kind == EXPR_NODE_INDEX; n = n->args[0])
			if (n->args[1]->kind != EXPR_NODE_LITERAL &&
			    n->args[1]->kind != EXPR_NODE_WILDCARD)
				lint_each_path(n->args[1], look, ctx);
	} else {
		for (size_t i = 0; i < node->n_args; i++)
			lint_each_path(node->args[i], look, ctx);
	}
	str_release(&path);
}

/* --- text of strangers ---------------------------------------------------------------- */

struct command_look {
	struct checker *c;
	const struct value *value;
	const struct value_part *part;
	bool script; /* of actions/github-script, not of a shell */
};

static void
look_at_command(void *ctx, const struct expr_node *node, const char *path)
{
	struct command_look *l = ctx;
	struct pos pos = part_pos(l->part, node->offset);
	int width = l->part->on_line ? (int)node->len : 1;

	if (outside_is_risky(path))
		lint_warn(l->c, pos, width, "script-injection", l->script ?
		    "put it under \"env:\" and read process.env" :
		    "put it under \"env:\" and write \"$NAME\" here",
		    arena_printf(l->c->a, "\"%s\" is text that a stranger can "
		    "choose; here it can become code", path));
	else if (!l->script && strncasecmp(path, "secrets.", 8) == 0)
		lint_warn(l->c, pos, width, "secret-in-command",
		    "put it under \"env:\" and write \"$NAME\" here",
		    arena_printf(l->c->a, "\"%s\" becomes part of the command "
		    "and can be seen in the list of processes", path));
	else
		return;
	diag_value(l->c->d, l->value->pos);
}

static void
check_command(struct checker *c, const struct value *v, bool script)
{
	for (size_t i = 0; v != NULL && i < v->n_parts; i++) {
		struct command_look l = { c, v, &v->parts[i], script };

		if (l.part->expr != NULL && l.part->expr->root != NULL)
			lint_each_path(l.part->expr->root, look_at_command, &l);
	}
}

/* --- old commands ---------------------------------------------------------------------- */

static const struct {
	const char *command, *file;
} old_commands[] = {
	{ "::set-output ", "echo \"NAME=VALUE\" >> \"$GITHUB_OUTPUT\"" },
	{ "::save-state ", "echo \"NAME=VALUE\" >> \"$GITHUB_STATE\"" },
	{ "::set-env ", "echo \"NAME=VALUE\" >> \"$GITHUB_ENV\"" },
	{ "::add-path::", "echo \"FOLDER\" >> \"$GITHUB_PATH\"" },
};

static void
check_old_commands(struct checker *c, const struct value *run)
{
	if (run == NULL || run->yaml == NULL)
		return;
	for (size_t i = 0; i < ARRAY_LEN(old_commands); i++) {
		const char *word = old_commands[i].command;

		if (strstr(run->yaml->text, word) == NULL)
			continue;
		lint_warn(c, run->pos, run->width, "deprecated-command",
		    old_commands[i].file, arena_printf(c->a,
		    "the command %.*s is no longer used",
		    (int)strcspn(word + 2, " :") + 2, word));
	}
}

#define GONE "GitHub has switched this version off"
#define NODE12 "this version is made for node12, which no longer exists"

/* github.blog/changelog: 2023-06-13 (node12), 2024-12-05 (caches),
 * 2024-04-16 (artifacts). */
static const struct {
	const char *action;
	char last; /* major version that this is about, with those before */
	const char *text;
} old_actions[] = {
	{ "actions/cache@v", '2', GONE },
	{ "actions/checkout@v", '2', NODE12 },
	{ "actions/download-artifact@v", '3', GONE },
	{ "actions/github-script@v", '5', NODE12 },
	{ "actions/setup-go@v", '2', NODE12 },
	{ "actions/setup-java@v", '2', NODE12 },
	{ "actions/setup-node@v", '2', NODE12 },
	{ "actions/setup-python@v", '2', NODE12 },
	{ "actions/upload-artifact@v", '3', GONE },
};

static void
check_old_action(struct checker *c, const struct value *uses)
{
	const char *text = value_literal(uses);

	for (size_t i = 0; text != NULL && i < ARRAY_LEN(old_actions); i++) {
		size_t len = strlen(old_actions[i].action);

		if (strncmp(text, old_actions[i].action, len) == 0 &&
		    text[len] >= '1' && text[len] <= old_actions[i].last &&
		    (text[len + 1] == '\0' || text[len + 1] == '.'))
			lint_warn(c, uses->pos, uses->width,
			    "deprecated-action", "take the newest version",
			    old_actions[i].text);
	}
}

/* --- conditions ------------------------------------------------------------------------ */

static bool
is_constant(const struct expr_node *node)
{
	if (node->kind == EXPR_NODE_CONTEXT)
		return false;
	if (node->kind == EXPR_NODE_CALL && (node->function == NULL ||
	    node->function->extra != 0))
		return false;
	for (size_t i = 0; i < node->n_args; i++)
		if (!is_constant(node->args[i]))
			return false;
	return true;
}

/* The value of a constant condition: 1, 0, or -1 when it is none. */
static int
constant(struct checker *c, const struct value *v)
{
	struct expr_env env = { 0 };
	struct expr_value out;
	struct expr_error error;

	if (v == NULL || v->expr == NULL || v->expr->root == NULL)
		return -1;
	if (v->kind == VALUE_EXPR && v->n_parts > 0 &&
	    v->expr != v->parts[0].expr)
		return 1; /* text around an expression is never empty */
	if (!is_constant(v->expr->root) ||
	    expr_eval(v->expr, &env, c->a, &out, &error) == -1)
		return -1;
	return expr_truthy(&out);
}

static void
check_condition(struct checker *c, const struct value *v, const char *what)
{
	int always = constant(c, v);
	bool text = v != NULL && v->kind == VALUE_EXPR && v->n_parts > 0 &&
	    v->expr != v->parts[0].expr;

	if (always < 0)
		return;
	if (text)
		lint_warn(c, v->pos, v->width, "constant-condition",
		    "put all of it into one ${{ }}", "this is text and always "
		    "true, whatever the expression in it says");
	else
		lint_warn(c, v->pos, v->width, "constant-condition",
		    always ? "leave it out" : arena_printf(c->a,
		    "remove the %s", what), always ?
		    "this condition is always true" : arena_printf(c->a,
		    "this condition is never true, so the %s never runs",
		    what));
}

/* --- needs ------------------------------------------------------------------------------- */

/* Jobs and needs up to which superfluous ones are looked for. */
#define MAX_ASKED 100

struct needs_look {
	const char *id;
	bool used;
};

static void
look_for_need(void *ctx, const struct expr_node *node, const char *path)
{
	struct needs_look *l = ctx;
	size_t len = strlen(l->id);

	(void)node;
	if (strcasecmp(path, "needs") == 0 ||
	    strncasecmp(path, "needs.*", 7) == 0)
		l->used = true;
	if (strncasecmp(path, "needs.", 6) == 0 &&
	    strncasecmp(path + 6, l->id, len) == 0 &&
	    (path[6 + len] == '.' || path[6 + len] == '\0'))
		l->used = true;
}

static void
find_use(const struct value *v, struct needs_look *l)
{
	for (size_t i = 0; i < v->n_parts; i++)
		if (v->parts[i].expr != NULL && v->parts[i].expr->root)
			lint_each_path(v->parts[i].expr->root, look_for_need, l);
	for (size_t i = 0; i < v->n_items; i++)
		find_use(v->items[i], l);
	for (size_t i = 0; i < v->n_pairs; i++)
		find_use(v->pairs[i].value, l);
}

/* Does `from` need `id`, itself or through others? Each job is asked once:
 * `asked` has a mark for each. */
static bool
reaches(struct checker *c, const struct workflow_job *from, const char *id,
    bool *asked)
{
	asked[from - c->w->jobs] = true;
	for (size_t i = 0; i < from->n_needs; i++) {
		const struct workflow_job *next;

		if (strcasecmp(from->needs[i]->text, id) == 0)
			return true;
		next = workflow_job_find(c->w, from->needs[i]->text);
		if (next != NULL && !asked[next - c->w->jobs] &&
		    reaches(c, next, id, asked))
			return true;
	}
	return false;
}

/* The other need through which this one comes anyway, or NULL. */
static const struct workflow_job *
find_through(struct checker *c, const struct workflow_job *job, size_t need)
{
	bool *asked = arena_alloc(c->a, c->w->n_jobs * sizeof(*asked));

	asked[job - c->w->jobs] = true;
	for (size_t i = 0; i < job->n_needs; i++) {
		const struct workflow_job *other = workflow_job_find(c->w,
		    job->needs[i]->text);

		if (i != need && other != NULL &&
		    !asked[other - c->w->jobs] &&
		    reaches(c, other, job->needs[need]->text, asked))
			return other;
	}
	return NULL;
}

static void
check_needs(struct checker *c, const struct workflow_job *job)
{
	/* Bounded: each question may walk the graph. */
	if (job->n_needs < 2 || job->n_needs > MAX_ASKED ||
	    c->w->n_jobs > MAX_ASKED)
		return;
	for (size_t i = 0; i < job->n_needs; i++) {
		const struct value *need = job->needs[i];
		const struct workflow_job *other = find_through(c, job, i);
		struct needs_look l = { need->text, false };

		if (other == NULL)
			continue;
		find_use(job->value, &l);
		if (!l.used)
			lint_warn(c, need->pos, need->width, "unused-need",
			    "remove it", arena_printf(c->a, "\"%s\" is "
			    "needed through \"%s\" already, and nothing here "
			    "asks for it", need->text, other->id));
	}
}

/* Does it never run? By its own condition, or because a job that it needs
 * does not and its condition asks for success. `asked` ends circles. */
static bool
never_runs(struct checker *c, const struct workflow_job *job, bool *asked)
{
	const struct value *v = job->if_written;

	if (constant(c, v) == 0)
		return true;
	if (asked[job - c->w->jobs] || (v != NULL &&
	    (v->expr == NULL || v->expr->uses_status)))
		return false;
	asked[job - c->w->jobs] = true;
	for (size_t i = 0; i < job->n_needs; i++) {
		const struct workflow_job *other = workflow_job_find(c->w,
		    job->needs[i]->text);

		if (other != NULL && never_runs(c, other, asked))
			return true;
	}
	return false;
}

static void
check_reachable(struct checker *c, const struct workflow_job *job)
{
	const struct value *v = job->if_written;

	if (c->w->n_jobs > MAX_ASKED || constant(c, v) == 0 ||
	    (v != NULL && (v->expr == NULL || v->expr->uses_status)))
		return;
	for (size_t i = 0; i < job->n_needs; i++) {
		const struct workflow_job *other = workflow_job_find(c->w,
		    job->needs[i]->text);
		bool *asked = arena_alloc(c->a, c->w->n_jobs);

		asked[job - c->w->jobs] = true;
		if (other != NULL && never_runs(c, other, asked))
			lint_warn(c, job->needs[i]->pos,
			    job->needs[i]->width, "unreachable-job", NULL,
			    arena_printf(c->a, "\"%s\" never runs, so this "
			    "job never does", other->id));
	}
}

/* --- walking ------------------------------------------------------------------------------ */

static void
advise_steps(struct checker *c, const struct workflow_step *steps, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct workflow_step *s = &steps[i];
		const char *uses = value_literal(s->uses);

		check_command(c, s->run, false);
		check_old_commands(c, s->run);
		check_old_action(c, s->uses);
		check_condition(c, s->if_written, "step");
		if (s->problem != NULL)
			lint_warn(c, s->value->pos, 1, "step-type", NULL,
			    s->problem);
		if (uses != NULL &&
		    str_starts_with(uses, "actions/github-script@"))
			check_command(c, value_get(s->with, "script"), true);
		advise_steps(c, s->steps, s->n_steps);
	}
}

/* `with` and `secrets` of a job are for what it calls; without `uses` they
 * were meant for a step. */
static void
check_call_keys(struct checker *c, const struct workflow_job *job)
{
	const struct value *v = job->with != NULL ? job->with : job->secrets;

	if (job->uses == NULL && v != NULL && v->key != NULL)
		lint_warn(c, v->key->pos, v->key->width, "workflow-call",
		    "put it into the step that it is for", arena_printf(c->a,
		    "\"%s\" of a job is for a workflow that it calls with "
		    "\"uses\"", v->key->text));
}

void
lint_advice(struct checker *c)
{
	for (size_t i = 0; i < c->w->n_jobs; i++) {
		const struct workflow_job *job = &c->w->jobs[i];

		check_call_keys(c, job);
		check_condition(c, job->if_written, "job");
		check_needs(c, job);
		check_reachable(c, job);
		advise_steps(c, job->steps, job->n_steps);
	}
}
