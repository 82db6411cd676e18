/*
 * lint_shell.c - commands that do not do what they look like: what a step
 * changes in its own shell only, tests of a text that may be empty, and
 * variables that no shell ever reads.
 *
 * Few and certain: a whole shell is not read here.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <string.h>

#include "lib/base/str.h"
#include "lib/pipeline/check.h"
#include "lib/pipeline/expr.h"

/* Only shells of this family: NULL is one of them. */
static bool
is_posix(const struct value *shell)
{
	const char *name = value_literal(shell);

	return shell == NULL || (name != NULL &&
	    (strcmp(name, "bash") == 0 || strcmp(name, "sh") == 0));
}

static bool
in_posix(const struct checker *c, const struct workflow_job *job,
    const struct workflow_step *s)
{
	return is_posix(s->shell != NULL ? s->shell :
	    job->defaults.shell != NULL ? job->defaults.shell :
	    c->w->defaults.shell);
}

/* --- what ends with the step -------------------------------------------- */

/* The word of a command that changes its own shell only, or NULL. */
static const char *
shell_state(const char *line, size_t len)
{
	static const char *const words[] = { "cd ", "export ", "source ",
		". ", "alias ", NULL };

	for (size_t i = 0; words[i] != NULL; i++)
		if (len > strlen(words[i]) &&
		    strncmp(line, words[i], strlen(words[i])) == 0 &&
		    strcspn(line, ";&|") >= len)
			return words[i];
	return NULL;
}

/* A step of nothing but such commands does nothing. */
static void
check_lost(struct checker *c, const struct value *run)
{
	const char *text = value_literal(run), *first = NULL;

	for (size_t len; text != NULL && *text != '\0';
	    text += len + (text[len] == '\n')) {
		const char *word;
		size_t blank = strspn(text, " \t");

		len = strcspn(text, "\n");
		if (blank >= len || text[blank] == '#')
			continue;
		word = shell_state(text + blank, len - blank);
		if (word == NULL)
			return;
		first = first != NULL ? first : word;
	}
	if (first != NULL)
		diag_warning(c->d, run->pos, run->width, "lost-in-step",
		    first[0] == 'c' ? "use \"working-directory\"" :
		    first[0] == 'e' ? "echo \"NAME=VALUE\" >> \"$GITHUB_ENV\""
		    : "put it into the steps that need it",
		    "every step has a shell of its own: nothing of this is "
		    "left for the next one");
}

/* --- tests -------------------------------------------------------------- */

/* "[ " or "[[ ", and "-n" and the like, right before the place. */
static bool
is_tested(const char *text, size_t at)
{
	if (at == 0 || text[at - 1] != ' ')
		return false;
	while (at > 0 && text[at - 1] == ' ')
		at--;
	if (at >= 2 && text[at - 2] == '-' && strchr("nz", text[at - 1])) {
		at -= 2;
		while (at > 0 && text[at - 1] == ' ')
			at--;
	}
	if (at > 0 && text[at - 1] == '!')
		at--;
	while (at > 0 && text[at - 1] == ' ')
		at--;
	return at > 0 && text[at - 1] == '[' &&
	    (at < 2 || strchr(" \n;&|([", text[at - 2]) != NULL);
}

/* What may be empty, as it often is. */
static bool
may_be_empty(const char *expr)
{
	static const char *const starts[] = { "inputs.", "env.", "vars.",
		"secrets.", "steps.", "needs.", "github.event.",
		"github.head_ref", "github.base_ref", NULL };

	for (size_t i = 0; starts[i] != NULL; i++)
		if (str_starts_with(expr, starts[i]))
			return true;
	return false;
}

static void
check_tests(struct checker *c, const struct value *run)
{
	const char *text = run->yaml != NULL ? run->yaml->text : "";
	const char *at = text;

	for (size_t i = 0; i < run->n_parts; i++) {
		const struct value_part *p = &run->parts[i];

		at = strstr(at, "${{");
		if (at == NULL)
			return;
		if (p->text != NULL && may_be_empty(p->text) &&
		    is_tested(text, (size_t)(at - text)))
			diag_warning(c->d, part_pos(p, 0), 1,
			    "unquoted-test", "put it under \"env:\" and test "
			    "\"$NAME\"", "without quotes nothing is left of "
			    "this when it is empty, and the test means "
			    "something else");
		at += 3;
	}
}

/* --- variables ---------------------------------------------------------- */

static void
check_env(struct checker *c, const struct value *env)
{
	for (size_t i = 0; env != NULL && i < env->n_pairs; i++) {
		const struct value *v = env->pairs[i].value;
		const char *text = value_literal(v);

		if (text != NULL && str_starts_with(text, "$(") &&
		    str_ends_with(text, ")"))
			diag_warning(c->d, v->pos, v->width,
			    "command-in-env", "run it in a step and write "
			    "NAME=VALUE to \"$GITHUB_ENV\"", "no shell reads "
			    "this: the variable has these very characters");
	}
}

static void
check_steps(struct checker *c, const struct workflow_job *job,
    const struct workflow_step *steps, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		check_env(c, steps[i].env);
		if (steps[i].run != NULL && in_posix(c, job, &steps[i])) {
			check_lost(c, steps[i].run);
			check_tests(c, steps[i].run);
		}
		check_steps(c, job, steps[i].steps, steps[i].n_steps);
	}
}

void
lint_shell(struct checker *c)
{
	check_env(c, c->w->env);
	for (size_t i = 0; i < c->w->n_jobs; i++) {
		check_env(c, c->w->jobs[i].env);
		check_steps(c, &c->w->jobs[i], c->w->jobs[i].steps,
		    c->w->jobs[i].n_steps);
	}
}
