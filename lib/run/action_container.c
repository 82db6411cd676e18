/*
 * action_container.c - steps with a container of their own: docker://IMAGE and
 * actions for docker.
 *
 * The container stands beside the job's: on its network, with its workspace
 * and the files that steps and runner give each other. What the image runs is
 * started in it as any step is, so output, commands, limits and ends are no
 * matter of its own.
 *
 * docs.github.com, "Metadata syntax reference", runs for Docker container
 * actions; "Workflow syntax", steps[*].with.args and .entrypoint.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/builtin.h"

#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/pipeline/uses.h"
#include "lib/engine/words.h"
#include "lib/run/wish.h"

#define SCHEME "docker://"
/* Where GitHub has the workspace; programs in images may know it by heart. */
#define GITHUB_WORKSPACE "/github/workspace"

bool
action_is_container(const struct job_plan_step *plan)
{
	const char *uses = value_literal(plan->uses);

	if (plan->kind != STEP_USES || uses == NULL)
		return false;
	return str_starts_with(uses, SCHEME) ||
	    str_equal(plan->using, "docker");
}

bool
step_has_container(const struct job_plan_step *plan)
{
	return plan->image != NULL || action_is_container(plan);
}

const char *
action_container_image(const struct job_plan_step *plan, struct arena *a)
{
	const char *text = value_literal(plan->uses);

	if (!action_is_container(plan))
		return NULL;
	if (!str_starts_with(text, SCHEME))
		text = value_literal(value_get(plan->runs, "image"));
	if (text == NULL || !str_starts_with(text, SCHEME))
		return NULL;
	return arena_strdup(a, text + strlen(SCHEME));
}

/* --- what it runs ----------------------------------------------------------------- */

/* Both lists end in NULL; NULL: the image's. */
struct program {
	const char *const *entrypoint, *const *args;
};

static const char *const *
one_word(struct arena *a, const char *word)
{
	const char **list = arena_alloc(a, 2 * sizeof(*list));

	list[0] = word;
	return list;
}

/* Of docker://IMAGE: texts of `with`. */
static int
read_with(struct step_run *s, struct sight *sight, struct program *p,
    struct err *err)
{
	const struct value_pair *entrypoint = value_find(s->plan->with,
	    "entrypoint"), *args = value_find(s->plan->with, "args");
	const char *text;
	size_t n;

	if (sight_text(sight, entrypoint != NULL ? entrypoint->value : NULL,
	    "", &text, err) == -1)
		return -1;
	if (text[0] != '\0')
		p->entrypoint = one_word(sight->a, text);
	if (sight_text(sight, args != NULL ? args->value : NULL, "", &text,
	    err) == -1)
		return -1;
	if (text[0] != '\0' &&
	    words_split(text, sight->a, &p->args, &n, err) == -1)
		return err_wrap(err, "\"args\"");
	return 0;
}

/* Of step.docker_run: arguments instead of the image's. */
static int
read_command(struct step_run *s, struct program *p, struct err *err)
{
	const char *const *list;

	if (builtin_list(s, "command", &list, err) == -1)
		return -1;
	if (list[0] != NULL)
		p->args = list;
	return 0;
}

/* A list, each item of which is one argument; or a text. */
static int
read_args(struct sight *sight, const struct value *v, struct program *p,
    struct err *err)
{
	const char **list = NULL;
	struct expr_value e;
	size_t n = 0;

	if (v == NULL)
		return 0;
	if (sight_value(sight, v, &e, err) == -1)
		return -1;
	if (e.type != EXPR_ARRAY)
		return words_split(expr_to_string(&e, sight->a), sight->a,
		    &p->args, &n, err);
	for (size_t i = 0; i < e.array->n; i++)
		*(const char **)arena_push(sight->a, &list, &n,
		    sizeof(*list)) = expr_to_string(&e.array->items[i],
		    sight->a);
	arena_push(sight->a, &list, &n, sizeof(*list));
	p->args = list;
	return 0;
}

/* Of an action: what its file says for this part of it. */
static int
read_runs(struct step_run *s, struct sight *inside, struct program *p,
    struct err *err)
{
	static const char *const keys[] = {
		[STEP_MAIN] = "entrypoint", [STEP_PRE] = "pre-entrypoint",
		[STEP_POST] = "post-entrypoint",
	};
	const char *text;

	if (sight_text(inside, value_get(s->plan->runs,
	    keys[s->plan->part]), "", &text, err) == -1)
		return -1;
	if (text[0] != '\0')
		p->entrypoint = one_word(inside->a, text);
	return read_args(inside, value_get(s->plan->runs, "args"), p, err);
}

/* --- inputs that are not there -------------------------------------------------------- */

/* GitHub does not insist on those that an action says it requires, and many a
 * program without them does nothing and ends well: so they are remembered. */
static void
note_missing(struct step_run *s, struct expr_object *inputs)
{
	const struct job_plan_step *p = s->plan;
	struct str names = STR_INIT;

	for (size_t i = 0; i < p->n_required; i++) {
		const struct expr_value *v = expr_object_member(inputs,
		    p->required[i]);
		const char *text = v != NULL ?
		    expr_to_string(v, &s->arena) : "";

		if (text[0] == '\0')
			str_addf(&names, "%s\"%s\"", names.len > 0 ? ", " :
			    "", p->required[i]);
	}
	s->missing = names.len > 0 ? arena_strdup(&s->arena, names.s) : NULL;
	str_release(&names);
}

int
action_container_end(struct step_run *s, struct err *err)
{
	if (s->missing == NULL)
		return 0;
	if (strcmp(s->outcome.on, "succeed") != 0)
		return joblog_say(s->x->log, s->plan->number, err, "inputs "
		    "that its action.yml requires are missing: %s",
		    s->missing);
	if (s->n_printed > 0 || s->outputs.vars.n > 0 || s->env.vars.n > 0)
		return 0;
	return joblog_say(s->x->log, s->plan->number, err, "warning: it "
	    "ended with exit code 0 without a word, and inputs that its "
	    "action.yml requires are missing: %s", s->missing);
}

/* --- its start -------------------------------------------------------------------- */

/* What `runs` says sees the inputs of the action, and nothing overrides what
 * the step says. */
static int
fill(struct step_run *s, struct sight *sight, struct environment *e,
    struct program *p, struct err *err)
{
	struct job_scope inside = *s->scope;
	struct environment own;
	struct sight in;
	int rc;

	if (action_inputs_add(s, sight, e, &inside.inputs, err) == -1)
		return -1;
	note_missing(s, inside.inputs);
	action_state_add(s, sight, e);
	if (str_equal(value_literal(s->plan->uses), "step.docker_run"))
		return read_command(s, p, err);
	if (s->plan->runs == NULL)
		return read_with(s, sight, p, err);
	sight_init(&in, s->x, &inside, &s->vars, s, sight->a);
	environment_init(&own, sight->a);
	rc = sight_env(&in, value_get(s->plan->runs, "env"), e, &own, err);
	for (size_t i = 0; rc == 0 && i < own.vars.n; i++) {
		const struct env_var *v = own.vars.entries[i].value;

		if (environment_get(&s->vars, v->name) == NULL)
			environment_set(e, v->name, v->value, v->outside);
	}
	environment_release(&own);
	return rc == 0 ? read_runs(s, &in, p, err) : -1;
}

static int
spawn(struct step_run *s, struct sight *sight, struct container_step *cs,
    struct err *err)
{
	struct program p = { NULL, NULL };
	struct image_about image;
	struct environment e;
	int rc;

	step_environment(s, sight, &e);
	rc = engine_image_about(s->x->engine, s->box_image, sight->a, &image,
	    err);
	if (rc == 0)
		rc = fill(s, sight, &e, &p, err);
	if (rc == 0)
		rc = image_command_line(&image, p.entrypoint, p.args,
		    sight->a, &cs->argv, err);
	if (rc == 0) {
		cs->env = environment_list(&e);
		rc = container_step_start(s->box, cs, &s->number, err);
	}
	environment_release(&e);
	return rc;
}

int
action_container_spawn(struct step_run *s, int out, int diag,
    struct err *err)
{
	struct container_step cs = { .cwd = ENGINE_WORKSPACE, .out = out,
		.err = diag };
	struct arena a = ARENA_INIT(0);
	struct sight sight;
	int rc;

	sight_init(&sight, s->x, s->scope, &s->vars, s, &a);
	rc = spawn(s, &sight, &cs, err);
	arena_release(&a);
	return rc;
}

int
action_container_start(struct step_run *s, const char *image,
    struct err *err)
{
	struct job_exec *x = s->x;
	const struct container_mount workspace = {
		.source = arena_printf(&s->arena, "%s/workspace",
		    x->order->work_dir),
		.target = GITHUB_WORKSPACE,
	};
	int64_t began = clock_mono_ms();
	char took[CLOCK_TEXT_SIZE];
	struct container_spec spec;

	s->box_image = image;
	job_container_spec(x, CONTAINER_STEP, arena_printf(&s->arena,
	    "step-%d", s->plan->number), &spec);
	spec.image = s->box_image;
	spec.mounts = &workspace;
	spec.n_mounts = 1;
	if (job_container_start(x, &spec, &s->box, err) == -1)
		return -1;
	return joblog_note(x->log, s->plan->number, err, "container of image "
	    "%s started in %s", s->box_image, clock_duration(clock_mono_ms() -
	    began, took));
}

int
action_container_begin(struct step_run *s, struct err *err)
{
	const char *image = action_container_image(s->plan, &s->arena);
	const char *file = value_literal(value_get(s->plan->runs, "image"));

	if (image == NULL && file == NULL)
		return err_set(err, ERR_INVALID, "\"%s\" names no image in "
		    "its action.yml", s->plan->uses->text);
	if (image == NULL)
		image = step_memory(s->x, s->plan)->image;
	if (image == NULL)
		return action_container_build(s, file, err);
	if (action_container_start(s, image, err) == -1)
		return -1;
	return running_start(s, err);
}
