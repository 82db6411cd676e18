/*
 * step_spawn.c - start a step's shell in the container, with its environment.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/job.h"

#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/trace.h"
#include "lib/pipeline/expr_ast.h"
#include "lib/run/kept_make.h"
#include "lib/run/shell.h"
#include "lib/run/splice.h"
#include "lib/run/vars.h"

/* git refuses a workspace of another owner than the user inside, which root
 * in an image always is. The whole container belongs to this job. */
static const char *const workspace_vars[] = {
	"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory",
	"GIT_CONFIG_VALUE_0=*", NULL,
};

/* --- the script ----------------------------------------------------------------- */

struct pieces {
	struct splice_piece *list;
	size_t n;
	struct sight *sight;
	const struct value *run;
};

static void
add_text(struct pieces *p, const char *text, size_t len)
{
	struct splice_piece *piece;

	if (len == 0)
		return;
	piece = arena_push(p->sight->a, &p->list, &p->n, sizeof(*piece));
	*piece = (struct splice_piece){ text, len, false, NULL };
}

static int
add_value(struct pieces *p, const struct expr_node *node, struct err *err)
{
	const struct expr *whole = p->run->expr;
	struct expr part = *whole;
	struct value v = { .kind = VALUE_EXPR, .pos = p->run->pos,
		.width = p->run->width, .text = p->run->text };
	struct splice_piece *piece;
	struct expr_value out;
	struct expr_text text;

	part.root = (struct expr_node *)node;
	v.expr = &part;
	if (sight_value(p->sight, &v, &out, err) == -1)
		return -1;
	text = expr_to_text(&out, p->sight->a);
	piece = arena_push(p->sight->a, &p->list, &p->n, sizeof(*piece));
	*piece = (struct splice_piece){ text.s, text.len, out.outside,
		node != NULL ? arena_strndup(p->sight->a, whole->text +
		    node->offset, node->len) : "" };
	return 0;
}

/* A text with expressions is format('text {0}', a, ...): take it apart. */
static int
add_format(struct pieces *p, const struct expr_node *call, struct err *err)
{
	struct expr_text f = call->args[0]->literal.text;
	size_t from = 0, i = 0;

	while (i < f.len) {
		size_t number = 0;

		if (f.s[i] != '{' && f.s[i] != '}') {
			i++;
			continue;
		}
		add_text(p, f.s + from, i - from);
		if (i + 1 < f.len && f.s[i + 1] == f.s[i]) {
			add_text(p, f.s + i, 1);
			i += 2;
			from = i;
			continue;
		}
		for (i++; i < f.len && f.s[i] >= '0' && f.s[i] <= '9'; i++)
			number = number * 10 + (size_t)(f.s[i] - '0');
		if (i == f.len || f.s[i] != '}' || number + 1 >= call->n_args)
			return err_set(err, ERR_INVALID, "the text of the "
			    "script is no format");
		if (add_value(p, call->args[number + 1], err) == -1)
			return -1;
		from = ++i;
	}
	add_text(p, f.s + from, f.len - from);
	return 0;
}

static bool
is_format(const struct expr_node *node)
{
	const struct expr_text name = { "format", strlen("format") };

	return node != NULL && node->kind == EXPR_NODE_CALL &&
	    node->function == expr_function_find(name) &&
	    node->args[0]->kind == EXPR_NODE_LITERAL &&
	    node->args[0]->literal.type == EXPR_STRING;
}

static int
make_script(struct step_run *s, struct sight *sight, const char *shell,
    struct splice *out, struct err *err)
{
	const struct value *run = s->plan->run;
	struct pieces p = { .sight = sight, .run = run };
	int rc = 0;

	if (run->kind != VALUE_EXPR || run->expr == NULL)
		add_text(&p, run->text, strlen(run->text));
	else if (is_format(run->expr->root))
		rc = add_format(&p, run->expr->root, err);
	else
		rc = add_value(&p, run->expr->root, err);
	return rc == -1 ? -1 : splice_script(p.list, p.n, shell, sight->a,
	    out, err);
}

/* --- the environment --------------------------------------------------------------- */

/* What steps have put in front, the last one first. */
static void
set_path(const struct job_exec *x, struct environment *e)
{
	const struct env_var *old = environment_get(e, "PATH");
	struct str path = STR_INIT;

	if (x->n_paths == 0)
		return;
	for (size_t i = x->n_paths; i > 0; i--)
		str_addf(&path, "%s%s", path.len > 0 ? ":" : "",
		    x->paths[i - 1]);
	if (old != NULL && old->value[0] != '\0')
		str_addf(&path, ":%s", old->value);
	environment_set(e, "PATH", path.s, false);
	str_release(&path);
}

/* Low to high: doc/design.md, section 6. */
void
step_environment(struct step_run *s, struct sight *sight,
    struct environment *e)
{
	struct job_exec *x = s->x;
	const struct expr_value *github = expr_object_member(
	    sight->env.contexts, "github");

	environment_init(e, sight->a);
	environment_add_list(e, container_env(step_container(s)));
	environment_add_list(e, workspace_vars);
	if (s->box == NULL)
		environment_merge(e, &x->container_env);
	environment_merge(e, &x->system);
	if (x->order->uuid != NULL) {
		char parent[TRACE_PARENT_SIZE];

		trace_parent(x->order->uuid, x->order->job,
		    x->order->attempt, s->plan->number, parent);
		environment_set(e, "TRACEPARENT", parent, false);
	}
	vars_add_matrix(e, x->order->plan->matrix);
	environment_merge(e, &x->env);
	environment_merge(e, &s->vars);
	if (s->box == NULL) /* those are folders of the job's container */
		set_path(x, e);
	vars_add_github(e, github->object, x->debug);
}

static const char *const *
script_environment(struct step_run *s, struct sight *sight,
    const struct splice *splice)
{
	const char *const *list;
	struct environment e;

	step_environment(s, sight, &e);
	for (size_t i = 0; i < splice->n_vars; i++)
		environment_set(&e, splice->vars[i].name,
		    splice->vars[i].value, true);
	list = environment_list(&e);
	environment_release(&e);
	return list;
}

/* --- the command line ---------------------------------------------------------------- */

static int
find_folder(struct step_run *s, struct sight *sight, const char **out,
    struct err *err)
{
	const struct job_plan *plan = s->x->order->plan;
	const struct value *folder = s->plan->working_directory;
	const char *text;

	if (folder == NULL && s->scope->action == NULL)
		folder = plan->working_directory;
	if (sight_text(sight, folder, "", &text, err) == -1)
		return -1;
	*out = text[0] == '/' ? text : text[0] == '\0' ? ENGINE_WORKSPACE :
	    arena_printf(sight->a, ENGINE_WORKSPACE "/%s", text);
	return 0;
}

/* Start with a shell; ERR_NOT_FOUND when the container has none such. */
static int
start_with(struct step_run *s, struct sight *sight, const char *shell,
    int out, int diag, struct err *err)
{
	struct container_step cs = { .out = out, .err = diag };
	struct shell_command command;
	struct splice splice;
	struct err e = { 0 };
	int rc;

	if (shell_command(shell, s->plan->number, sight->a, &command, err) ==
	    -1 || make_script(s, sight, shell, &splice, err) == -1 ||
	    find_folder(s, sight, &cs.cwd, err) == -1)
		return -1;
	cs.argv = command.argv;
	cs.script_path = command.script;
	cs.script = arena_printf(sight->a, "%s%s%s\n", command.before,
	    splice.script, command.after);
	cs.env = script_environment(s, sight, &splice);
	rc = container_step_start(step_container(s), &cs, &s->number, &e);
	if (rc == -1 && e.code == ERR_NOT_FOUND && command.other != NULL) {
		command.argv[0] = command.other;
		rc = container_step_start(step_container(s), &cs, &s->number,
		    NULL);
	}
	if (rc == -1)
		return err_set(err, e.code, "%s", e.text);
	if (s->box == NULL) /* there is no other image to look into it */
		kept_note_step(s, cs.env, cs.cwd);
	return 0;
}

/* Without a shell of its own a step gets bash where there is one. */
static int
start(struct step_run *s, struct sight *sight, const char *shell, int out,
    int diag, struct err *err)
{
	const char *own = NULL; /* of a container that has this step alone */
	const char **known = s->box != NULL ? &own : &s->x->default_shell;
	struct err e = { 0 };

	if (shell[0] != '\0')
		return start_with(s, sight, shell, out, diag, err);
	if (*known == NULL) {
		if (start_with(s, sight, shell_default_first, out, diag,
		    &e) == 0) {
			*known = shell_default_first;
			return 0;
		}
		if (e.code != ERR_NOT_FOUND)
			return err_set(err, e.code, "%s", e.text);
		*known = shell_default_second;
	}
	return start_with(s, sight, *known, out, diag, err);
}

int
step_spawn(struct step_run *s, int out, int diag, struct err *err)
{
	const struct value *shell = s->plan->shell;
	struct arena a = ARENA_INIT(0);
	struct sight sight;
	const char *text;
	int rc;

	if (s->plan->kind == STEP_USES)
		return s->box != NULL ?
		    action_container_spawn(s, out, diag, err) :
		    node_spawn(s, out, diag, err);
	if (shell == NULL && s->scope->action == NULL)
		shell = s->x->order->plan->shell;
	sight_init(&sight, s->x, s->scope, &s->vars, s, &a);
	rc = sight_text(&sight, shell, "", &text, err);
	if (rc == 0)
		rc = start(s, &sight, text, out, diag, err);
	arena_release(&a);
	return rc;
}
