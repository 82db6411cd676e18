/*
 * plan_json.c - a job's plan as JSON and back.
 *
 * What is read comes from our own database, but a job's process must not
 * fall over a damaged one: types and counts are checked, and a member that
 * is missing or of another type is an error that names it.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <jansson.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/pipeline/plan_internal.h"

/* --- writing: jansson says NULL when memory is short; so would we ------- */

static void
put(json_t *object, const char *name, json_t *value)
{
	if (json_object_set_new(object, name, value) < 0)
		abort();
}

static void
append(json_t *list, json_t *value)
{
	if (json_array_append_new(list, value) < 0)
		abort();
}

/* A member that is absent when there is no text. */
static void
put_text(json_t *object, const char *name, const char *text)
{
	if (text != NULL)
		put(object, name, json_string(text));
}

static void
put_texts(json_t *object, const char *name, const char *const *texts,
    size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		append(list, json_string(texts[i]));
	put(object, name, list);
}

static void
put_env(json_t *object, const struct plan_var *vars, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++) {
		json_t *var = json_object();

		put_text(var, "name", vars[i].name);
		put_text(var, "value", vars[i].value);
		put_text(var, "secret", vars[i].secret);
		append(list, var);
	}
	put(object, "env", list);
}

static void
put_common(json_t *object, int64_t timeout_ms, struct pos pos)
{
	put(object, "timeout_ms", json_integer(timeout_ms));
	put(object, "line", json_integer(pos.line));
	put(object, "col", json_integer(pos.col));
}

static json_t *
step_json(const struct plan_step *step)
{
	json_t *object = json_object();

	put(object, "number", json_integer(step->number));
	put_text(object, "name", step->name);
	put_text(object, "run", step->run);
	put_text(object, "shell", step->shell);
	put_text(object, "working_directory", step->working_directory);
	put_env(object, step->env, step->n_env);
	put_common(object, step->timeout_ms, step->pos);
	return object;
}

static int
add_dumped(const char *buffer, size_t size, void *out)
{
	str_add_len(out, buffer, size);
	return 0;
}

void
plan_job_write(const struct plan_job *job, struct str *out)
{
	json_t *object = json_object(), *steps = json_array();

	put_text(object, "id", job->id);
	put_text(object, "name", job->name);
	put_texts(object, "needs", (const char *const *)job->needs,
	    job->n_needs);
	put_texts(object, "labels", (const char *const *)job->labels,
	    job->n_labels);
	put_text(object, "image", job->image);
	put_env(object, job->env, job->n_env);
	put_common(object, job->timeout_ms, job->pos);
	for (size_t i = 0; i < job->n_steps; i++)
		append(steps, step_json(&job->steps[i]));
	put(object, "steps", steps);
	json_dump_callback(object, add_dumped, out, JSON_COMPACT);
	json_decref(object);
}

/* --- reading ------------------------------------------------------------ */

struct input {
	struct arena *a;
	struct err *err;
};

static int
refuse(const struct input *in, const char *name, const char *expected)
{
	return err_set(in->err, ERR_CORRUPT, "stored plan: \"%s\" %s", name,
	    expected);
}

enum presence { REQUIRED, OPTIONAL };

static int
get_text(const struct input *in, const json_t *object, const char *name,
    enum presence presence, const char **out)
{
	const json_t *value = json_object_get(object, name);

	if (value == NULL && presence == OPTIONAL)
		return 0;
	if (!json_is_string(value))
		return refuse(in, name, "must be a text");
	*out = arena_strndup(in->a, json_string_value(value),
	    json_string_length(value));
	return 0;
}

static int
get_number(const struct input *in, const json_t *object, const char *name,
    int64_t max, int64_t *out)
{
	const json_t *value = json_object_get(object, name);

	if (!json_is_integer(value) || json_integer_value(value) < 0 ||
	    json_integer_value(value) > max)
		return refuse(in, name, "must be a number in its range");
	*out = json_integer_value(value);
	return 0;
}

static int
get_list(const struct input *in, const json_t *object, const char *name,
    size_t max, const json_t **out)
{
	*out = json_object_get(object, name);
	if (!json_is_array(*out))
		return refuse(in, name, "must be a list");
	if (json_array_size(*out) > max)
		return refuse(in, name, "has too many items");
	return 0;
}

static int
get_texts(const struct input *in, const json_t *object, const char *name,
    size_t max, const char ***out, size_t *n)
{
	const json_t *list;

	if (get_list(in, object, name, max, &list) < 0)
		return -1;
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *item = json_array_get(list, i);
		const char **room;

		if (!json_is_string(item))
			return refuse(in, name, "must be a list of texts");
		room = arena_push(in->a, out, n, sizeof(*room));
		*room = arena_strdup(in->a, json_string_value(item));
	}
	return 0;
}

static int
get_env(const struct input *in, const json_t *object,
    const struct plan_var **out, size_t *n)
{
	const json_t *list;

	/* Of the pipeline and the job together. */
	if (get_list(in, object, "env", 2 * MAX_ENV, &list) < 0)
		return -1;
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *item = json_array_get(list, i);
		struct plan_var *var = arena_push(in->a, out, n, sizeof(*var));

		if (get_text(in, item, "name", REQUIRED, &var->name) < 0 ||
		    get_text(in, item, "value", OPTIONAL, &var->value) < 0 ||
		    get_text(in, item, "secret", OPTIONAL, &var->secret) < 0)
			return -1;
		if ((var->value == NULL) == (var->secret == NULL))
			return refuse(in, "env",
			    "must have either a value or a secret");
	}
	return 0;
}

static int
get_common(const struct input *in, const json_t *object, int64_t *timeout_ms,
    struct pos *pos)
{
	int64_t line = 0, col = 0;

	if (get_number(in, object, "timeout_ms", MAX_TIMEOUT_MS,
	    timeout_ms) < 0 ||
	    get_number(in, object, "line", INT_MAX, &line) < 0 ||
	    get_number(in, object, "col", INT_MAX, &col) < 0)
		return -1;
	*pos = (struct pos) { (int)line, (int)col };
	return 0;
}

static int
get_step(const struct input *in, const json_t *object, struct plan_step *step)
{
	int64_t number = 0;

	if (get_number(in, object, "number", MAX_STEPS, &number) < 0 ||
	    get_text(in, object, "name", REQUIRED, &step->name) < 0 ||
	    get_text(in, object, "run", REQUIRED, &step->run) < 0 ||
	    get_text(in, object, "shell", OPTIONAL, &step->shell) < 0 ||
	    get_text(in, object, "working_directory", OPTIONAL,
	    &step->working_directory) < 0 ||
	    get_env(in, object, &step->env, &step->n_env) < 0 ||
	    get_common(in, object, &step->timeout_ms, &step->pos) < 0)
		return -1;
	step->number = (int)number;
	return 0;
}

static int
get_job(const struct input *in, const json_t *object, struct plan_job *job)
{
	const json_t *steps;

	if (get_text(in, object, "id", REQUIRED, &job->id) < 0 ||
	    get_text(in, object, "name", REQUIRED, &job->name) < 0 ||
	    get_text(in, object, "image", OPTIONAL, &job->image) < 0 ||
	    get_texts(in, object, "needs", MAX_JOBS, &job->needs,
	    &job->n_needs) < 0 ||
	    get_texts(in, object, "labels", YAML_MAX_NODES, &job->labels,
	    &job->n_labels) < 0 ||
	    get_env(in, object, &job->env, &job->n_env) < 0 ||
	    get_common(in, object, &job->timeout_ms, &job->pos) < 0 ||
	    get_list(in, object, "steps", MAX_STEPS, &steps) < 0)
		return -1;
	for (size_t i = 0; i < json_array_size(steps); i++) {
		struct plan_step *step = arena_push(in->a, &job->steps,
		    &job->n_steps, sizeof(*step));

		if (get_step(in, json_array_get(steps, i), step) < 0)
			return -1;
	}
	return 0;
}

int
plan_job_read(const char *json, struct arena *a, struct plan_job *out,
    struct err *err)
{
	const struct input in = { a, err };
	json_error_t problem;
	json_t *root;
	int rc;

	memset(out, 0, sizeof(*out));
	root = json_loads(json, JSON_REJECT_DUPLICATES, &problem);
	if (root == NULL)
		return err_set(err, ERR_CORRUPT, "stored plan: %s (byte %d)",
		    problem.text, problem.position);
	rc = get_job(&in, root, out);
	json_decref(root);
	return rc;
}
