/*
 * check_job.c - jobs and steps: values, shells, references to steps,
 * credentials.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/base/str.h"
#include "lib/pipeline/check.h"
#include "lib/pipeline/gate.h"
#include "lib/pipeline/variables.h"

void
workflow_check(const struct workflow *w, struct arena *a, struct diags *d)
{
	struct checker c = { .w = w, .a = a, .d = d };

	check_triggers(&c);
	check_jobs(&c);
	check_sizes(&c);
	diags_sort(d);
}

static void
report(struct checker *c, const struct value *at, const char *rule,
    const char *hint, const char *text)
{
	diag_error(c->d, at->pos, at->width, rule, hint, "%s", text);
}

/* What a map lacks is said at its key. */
static void
check_lack(struct checker *c, const struct value *map, const char *rule,
    const char *hint, const char *text)
{
	report(c, map->key != NULL ? map->key : map, rule, hint, text);
}

/* --- values -------------------------------------------------------------------- */

static void
check_minutes(struct checker *c, const struct value *v)
{
	if (v != NULL && v->kind == VALUE_NUMBER && !(v->number > 0))
		report(c, v, "wrong-value", "leave it out for the usual limit",
		    "\"timeout-minutes\" must be more than 0");
}

/* A time with a unit. What a plan allows at most, the plan says. */
static void
check_duration(struct checker *c, const struct value *v, const char *key)
{
	const char *text = value_literal(v);
	int64_t ms;

	if (text == NULL)
		return;
	if (!clock_parse_duration(text, 1000, &ms))
		diag_error(c->d, v->pos, v->width, "wrong-value",
		    "a number with a unit, such as 90s, 10m or 1.5h",
		    "\"%s\" is not a duration", key);
	else if (ms <= 0)
		diag_error(c->d, v->pos, v->width, "wrong-value",
		    "leave it out for the usual limit",
		    "\"%s\" must be more than 0", key);
}

static void
check_retry(struct checker *c, const struct value *retry)
{
	check_duration(c, value_get(retry, "initial-delay"), "initial-delay");
	check_duration(c, value_get(retry, "max-delay"), "max-delay");
}

static void
check_parallel(struct checker *c, const struct value *v)
{
	if (v != NULL && v->kind == VALUE_NUMBER &&
	    (v->number < 1 || v->number != (double)(long long)v->number))
		report(c, v, "wrong-value", "leave it out for no limit",
		    "\"max-parallel\" must be a whole number above 0");
}

static_assert(PRIORITY_MAX == 100, "the message says so");

static void
check_priority(struct checker *c, const struct value *v)
{
	if (v != NULL && v->kind == VALUE_NUMBER &&
	    (v->number < 0 || v->number > PRIORITY_MAX ||
	    v->number != (double)(long long)v->number))
		report(c, v, "wrong-value", "the default branch has 10, tags "
		    "5, others 1", "\"priority\" must be a whole number from 0 "
		    "to 100");
}

static bool
is_empty(const struct value *v)
{
	return v != NULL && (v->kind == VALUE_LIST || v->kind == VALUE_MAP) &&
	    v->yaml->n_items + v->yaml->n_pairs == 0;
}

static bool
is_blank(const struct value *v)
{
	return v != NULL && (v->kind == VALUE_NULL ||
	    (v->kind == VALUE_STRING && v->text[0] == '\0'));
}

/* What may be empty, and then says nothing. */
static void
check_not_empty(struct checker *c, const struct value *v, const char *key)
{
	if (is_empty(v) || is_blank(v))
		diag_warning(c->d, v->pos, v->width, "no-value",
		    "write something, or leave the key out",
		    "\"%s\" is empty", key);
}

static void
check_filled(struct checker *c, const struct value *v, const char *key)
{
	if (is_empty(v))
		diag_error(c->d, v->pos, v->width, "no-value",
		    "write something", "\"%s\" is empty", key);
}

const char *
check_shell_name(const char *name)
{
	static const char *const shells[] = { "bash", "sh", "python", "pwsh",
		NULL };
	static const char *const windows[] = { "cmd", "powershell", NULL };

	if (strstr(name, "{0}") != NULL)
		return NULL;
	for (size_t i = 0; shells[i] != NULL; i++)
		if (strcmp(shells[i], name) == 0)
			return NULL;
	for (size_t i = 0; windows[i] != NULL; i++)
		if (strcmp(windows[i], name) == 0)
			return "it exists on Windows only";
	return "bash, sh, python, pwsh, or a command with {0} for the "
	    "script's file";
}

/* Does a job say that it runs on Windows? Then its shells are others. */
static bool
mentions_windows(const struct value *v)
{
	if (v == NULL)
		return false;
	for (size_t i = 0; i < v->n_items; i++)
		if (mentions_windows(v->items[i]))
			return true;
	for (size_t i = 0; i < v->n_pairs; i++)
		if (mentions_windows(v->pairs[i].value))
			return true;
	return v->text != NULL && strcasestr(v->text, "windows") != NULL;
}

enum platform { PLATFORM_ANY, PLATFORM_UNIX, PLATFORM_WINDOWS };

static enum platform
platform_of(const struct workflow_job *job)
{
	if (job == NULL || job->runs_on == NULL)
		return PLATFORM_ANY;
	if (job->runs_on->kind == VALUE_EXPR)
		return PLATFORM_ANY;
	if (job->runs_on->kind == VALUE_STRING ||
	    job->runs_on->kind == VALUE_LIST)
		return mentions_windows(job->runs_on) ? PLATFORM_WINDOWS :
		    PLATFORM_UNIX;
	return PLATFORM_ANY;
}

static void
check_shell(struct checker *c, const struct value *shell,
    const struct workflow_job *job)
{
	const char *name = value_literal(shell), *hint;
	enum platform on = platform_of(job);

	if (name == NULL)
		return;
	hint = check_shell_name(name);
	if (on != PLATFORM_UNIX && (strcmp(name, "cmd") == 0 ||
	    strcmp(name, "powershell") == 0))
		hint = NULL;
	if (on == PLATFORM_WINDOWS && strcmp(name, "sh") == 0)
		hint = "on Windows there are bash, pwsh, python, cmd and "
		    "powershell";
	if (hint != NULL)
		diag_error(c->d, shell->pos, shell->width, "shell-name", hint,
		    "unknown shell \"%s\"", name);
}

/* --- steps -------------------------------------------------------------------- */

struct step_check {
	struct checker *c;
	const struct workflow_job *job;
	struct map ids; /* of steps before, in small letters */
};

static const struct workflow_step *
find_background(struct step_check *s, const char *id)
{
	const struct workflow_step *steps = s->job->steps;

	for (size_t i = 0; i < s->job->n_steps; i++)
		if (steps[i].id != NULL && strcasecmp(steps[i].id, id) == 0)
			return &steps[i];
	return NULL;
}

/* wait and cancel name background steps that stand before. */
static void
check_targets(struct step_check *s, const struct workflow_step *step)
{
	const char *key = step->kind == STEP_WAIT ? "wait" : "cancel";
	const struct value *at = value_get(step->value, key);

	for (size_t i = 0; i < step->n_targets; i++) {
		const char *id = step->targets[i];
		const struct workflow_step *target = find_background(s, id);
		const struct value *place = at != NULL &&
		    at->kind == VALUE_LIST && i < at->n_items ?
		    at->items[i] : at;

		if (target == NULL || target >= step)
			diag_error(s->c->d, place->pos, place->width,
			    "unknown-step", "name the id of a step before",
			    "\"%s\" names \"%s\", which is no step before it",
			    key, id);
		else if (!target->background)
			diag_error(s->c->d, place->pos, place->width,
			    "unknown-step", "add \"background: true\" to it",
			    "\"%s\" names \"%s\", which does not run in the "
			    "background", key, id);
	}
}

static void
check_step(struct step_check *s, const struct workflow_step *step)
{
	check_minutes(s->c, step->timeout_minutes);
	check_duration(s->c, step->timeout, "timeout");
	check_retry(s->c, step->retry);
	check_shell(s->c, step->shell, s->job);
	check_not_empty(s->c, step->with, "with");
	check_not_empty(s->c, step->env, "env");
	check_not_empty(s->c, step->working_directory, "working-directory");
	check_not_empty(s->c, step->if_written, "if");
	if (step->run != NULL && step->run->kind == VALUE_STRING &&
	    step->run->text[strspn(step->run->text, " \t\r\n")] == '\0')
		report(s->c, step->run, "no-value", "write the command",
		    "\"run\" is empty");
	if (step->kind == STEP_WAIT || step->kind == STEP_CANCEL)
		check_targets(s, step);
	for (size_t i = 0; i < step->n_steps; i++)
		check_step(s, &step->steps[i]);
}

/* --- containers ----------------------------------------------------------------- */

static void
check_credentials(struct checker *c, const struct workflow_container *box)
{
	const struct value *map = box->credentials, *password;

	if (map == NULL || map->kind != VALUE_MAP)
		return;
	password = value_get(map, "password");
	if (value_get(map, "username") == NULL || password == NULL)
		check_lack(c, map, "credentials", "write both",
		    "credentials need \"username\" and \"password\"");
	if (value_literal(password) != NULL)
		diag_warning(c->d, password->pos, password->width,
		    "credentials", "write ${{ secrets.NAME }}",
		    "a password stands in the file, where everybody can read "
		    "it");
}

/* A "${" that is no variable stays in the name, and no image is called so. */
static void
check_variables(struct checker *c, const struct value *image)
{
	const char *wrong = value_literal(image) != NULL ?
	    variables_wrong(image->text) : NULL;

	if (wrong != NULL)
		diag_warning(c->d, image->pos, image->width, "variable",
		    "write ${NAME} or ${NAME:-text}", "\"%.40s\" is not read "
		    "as a variable", wrong);
}

static void
check_container(struct checker *c, const struct workflow_container *box)
{
	const struct value *v = box->value;

	if (v == NULL) {
		check_variables(c, box->image);
		return;
	}
	if (box->name == NULL && value_literal(v) != NULL &&
	    v->text[0] == '\0')
		report(c, v, "no-value", "name an image, or remove it",
		    "\"container\" is empty");
	if (v->kind == VALUE_MAP && v->n_pairs == 0)
		return;
	check_variables(c, box->image);
	check_credentials(c, box);
	check_not_empty(c, box->ports, "ports");
	check_not_empty(c, box->volumes, "volumes");
	check_not_empty(c, box->options, "options");
}

/* The name of a host for the job, and part of names of containers and of
 * files of ours. */
static void
check_service(struct checker *c, const struct workflow_container *box)
{
	if (!path_is_name(box->name))
		report(c, box->key, "wrong-name", "letters, digits, \"_\", "
		    "\"-\" and \".\", no \"-\" or \".\" first, at most 100",
		    "a service cannot have this name");
	check_container(c, box);
}

/* --- concurrency ---------------------------------------------------------------- */

static void
check_concurrency(struct checker *c, const struct workflow_concurrency *k)
{
	const char *queue = value_literal(k->queue);
	const struct value *cancel = k->cancel_in_progress;

	if (queue != NULL && strcmp(queue, "max") == 0 && cancel != NULL &&
	    cancel->kind == VALUE_BOOL && cancel->boolean)
		report(c, k->queue, "two-keys", "keep one of them",
		    "\"queue: max\" cannot stand with \"cancel-in-progress: "
		    "true\"");
	if (value_literal(k->group) != NULL && k->group->text[0] == '\0')
		report(c, k->group, "no-value", "name the group",
		    "the concurrency group is empty");
}

#define MAX_EXCLUDES 256 /* entries that are checked */

/* --- matrix ---------------------------------------------------------------------- */

/* Equal by value; text without regard to case is as GitHub compares. */
static bool
is_equal(const struct value *a, const struct value *b)
{
	if (a->kind == VALUE_EXPR || b->kind == VALUE_EXPR)
		return true;
	if (a->kind == VALUE_LIST || a->kind == VALUE_MAP ||
	    b->kind == VALUE_LIST || b->kind == VALUE_MAP) {
		if (a->kind != b->kind || a->n_items != b->n_items ||
		    a->n_pairs != b->n_pairs)
			return false;
		for (size_t i = 0; i < a->n_items; i++)
			if (!is_equal(a->items[i], b->items[i]))
				return false;
		for (size_t i = 0; i < a->n_pairs; i++) {
			const struct value *other = value_get(b,
			    a->pairs[i].key->text);

			if (other == NULL ||
			    !is_equal(a->pairs[i].value, other))
				return false;
		}
		return true;
	}
	return strcasecmp(a->text, b->text) == 0;
}

/* Does an exclude's value match one of the vector? Maps need only a part of
 * the members. */
static bool
is_within(const struct value *part, const struct value *whole)
{
	if (part->kind == VALUE_EXPR || whole->kind == VALUE_EXPR)
		return true;
	if (part->kind == VALUE_LIST && whole->kind == VALUE_LIST) {
		if (part->n_items != whole->n_items)
			return false;
		for (size_t i = 0; i < part->n_items; i++)
			if (!is_within(part->items[i], whole->items[i]))
				return false;
		return true;
	}
	if (part->kind != VALUE_MAP || whole->kind != VALUE_MAP)
		return is_equal(part, whole);
	for (size_t i = 0; i < part->n_pairs; i++) {
		const struct value *other = value_get(whole,
		    part->pairs[i].key->text);

		if (other == NULL || !is_within(part->pairs[i].value, other))
			return false;
	}
	return true;
}

static bool
is_open(const struct value *v)
{
	if (v->kind == VALUE_EXPR)
		return true;
	for (size_t i = 0; i < v->n_items; i++)
		if (v->items[i]->kind == VALUE_EXPR)
			return true;
	return false;
}

static const struct value *
find_vector(const struct value *matrix, const char *key)
{
	for (size_t i = 0; i < matrix->n_pairs; i++)
		if (matrix->pairs[i].row == NULL &&
		    matrix->pairs[i].key->kind == VALUE_STRING &&
		    strcasecmp(matrix->pairs[i].key->text, key) == 0)
			return matrix->pairs[i].value;
	return NULL;
}

static void
check_exclude_pair(struct checker *c, const struct value *matrix,
    const struct value_pair *pair)
{
	const struct value *vector = find_vector(matrix, pair->key->text);

	if (vector == NULL || is_open(vector))
		return;
	for (size_t i = 0; i < vector->n_items; i++)
		if (is_within(pair->value, vector->items[i]))
			return;
	diag_warning(c->d, pair->value->pos, pair->value->width, "matrix",
	    "it leaves nothing out", "\"exclude\" names a value that \"%s\" does not have",
	    pair->key->text);
}

static void
check_vector(struct checker *c, const struct value_pair *pair)
{
	const struct value *v = pair->value;

	for (size_t i = 1; i < v->n_items; i++)
		for (size_t j = 0; j < i; j++) {
			const struct value *x = v->items[i], *y = v->items[j];

			if (is_open(x) || is_open(y) ||
			    x->kind != y->kind || !is_equal(x, y))
				continue;
			diag_warning(c->d, x->pos, x->width, "matrix",
			    "remove it, or its jobs run twice", "\"%s\" has this value twice",
			    pair->key->text);
			break;
		}
}

static void
check_matrix(struct checker *c, const struct value *matrix)
{
	const struct value *exclude = value_get(matrix, "exclude");

	if (matrix == NULL || matrix->kind != VALUE_MAP)
		return;
	for (size_t i = 0; i < matrix->n_pairs; i++) {
		const struct value_pair *pair = &matrix->pairs[i];

		if (pair->row != NULL)
			check_not_empty(c, pair->value, pair->key->text);
		else if (pair->value->n_items <= 256)
			check_vector(c, pair);
	}
	/* Each entry is compared with every value: bounded. */
	for (size_t i = 0; exclude != NULL && i < exclude->n_items &&
	    i < MAX_EXCLUDES; i++)
		for (size_t j = 0; j < exclude->items[i]->n_pairs; j++) {
			const struct value_pair *pair =
			    &exclude->items[i]->pairs[j];

			if (pair->key->kind == VALUE_STRING)
				check_exclude_pair(c, matrix, pair);
		}
}

static void
check_needs(struct checker *c, const struct workflow_job *job)
{
	if (job->n_needs > MAX_JOBS) {
		report(c, job->needs[MAX_JOBS], "too-many", NULL,
		    "a job cannot need more jobs than a file may have");
		return;
	}
	for (size_t i = 1; i < job->n_needs; i++)
		for (size_t j = 0; j < i; j++)
			if (strcasecmp(job->needs[i]->text,
			    job->needs[j]->text) == 0) {
				diag_warning(c->d, job->needs[i]->pos,
				    job->needs[i]->width, "needs-twice", NULL,
				    "job \"%s\" needs \"%s\" twice", job->id,
				    job->needs[i]->text);
				break;
			}
}

/* --- jobs ----------------------------------------------------------------------- */

/* A job that wants to call a workflow has no steps. */
static bool
lacks_steps(const struct workflow_job *job, const struct value *steps)
{
	return job->value->kind == VALUE_MAP && job->kind == JOB_STEPS &&
	    (steps == NULL || steps->kind == VALUE_NULL) &&
	    job->with == NULL && job->secrets == NULL &&
	    yaml_get(job->value->yaml, "uses") == NULL &&
	    yaml_get(job->value->yaml, "<<") == NULL;
}

static void
check_job(struct checker *c, const struct workflow_job *job)
{
	struct step_check s = { c, job, MAP_INIT };
	const struct value *steps = value_get(job->value, "steps");
	const struct value *labels = value_get(job->runs_on, "labels");

	if (lacks_steps(job, steps))
		report(c, job->key, "missing-key", "add \"steps:\" with at "
		    "least one \"run:\"", "the job has no steps");
	check_filled(c, steps, "steps");
	check_filled(c, job->runs_on, "runs-on");
	check_filled(c, labels, "labels");
	check_not_empty(c, value_get(job->value, "needs"), "needs");
	check_not_empty(c, job->env, "env");
	check_not_empty(c, job->outputs, "outputs");
	check_not_empty(c, job->environment.value, "environment");
	check_not_empty(c, job->if_written, "if");
	check_not_empty(c, job->with, "with");
	check_not_empty(c, job->services_value, "services");
	check_needs(c, job);
	check_minutes(c, job->timeout_minutes);
	check_duration(c, job->timeout, "timeout");
	check_retry(c, job->retry);
	check_duration(c, value_get(job->artifacts, "expire-in"),
	    "expire-in");
	check_parallel(c, job->strategy.max_parallel);
	check_priority(c, job->priority);
	check_matrix(c, job->strategy.matrix);
	check_concurrency(c, &job->concurrency);
	check_shell(c, job->defaults.shell, job);
	check_container(c, &job->container);
	for (size_t i = 0; i < job->n_services; i++)
		check_service(c, &job->services[i]);
	gates_check(job, c->a, c->d);
	for (size_t i = 0; i < job->n_steps; i++)
		check_step(&s, &job->steps[i]);
}

void
check_jobs(struct checker *c)
{
	check_concurrency(c, &c->w->concurrency);
	check_priority(c, c->w->priority);
	check_shell(c, c->w->defaults.shell, NULL);
	check_matrix(c, c->w->matrix);
	check_not_empty(c, c->w->defaults.value, "defaults");
	for (size_t i = 0; i < c->w->n_jobs; i++)
		check_job(c, &c->w->jobs[i]);
}
