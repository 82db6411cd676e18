/*
 * job_plan_json.c - a job's plan as JSON and back.
 *
 * Each struct is a table of its members (job_plan_record.c), which both ways
 * walk, so that they cannot differ. What is absent is zero. What is read comes
 * from our own database, but a job's process must not fall over a damaged one:
 * types and sizes are checked, and an error names the member.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/job_plan.h"

#include <inttypes.h>
#include <limits.h>
#include <string.h>

#include "lib/base/json_text.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/pipeline/job_plan_record.h"
#include "lib/pipeline/value_json.h"

static const char *const kind_names[] = {
	[STEP_RUN] = "run", [STEP_USES] = "uses", [STEP_WAIT] = "wait",
	[STEP_WAIT_ALL] = "wait-all", [STEP_CANCEL] = "cancel",
	[STEP_PARALLEL] = "parallel",
};

static const char *const part_names[] = {
	[STEP_MAIN] = "main", [STEP_PRE] = "pre", [STEP_POST] = "post",
};

/* A member as what its row says it is. */
#define IN(thing, f, as) ((as *)(void *)((char *)(thing) + (f)->at))
#define OF(thing, f, as) \
	((as const *)(const void *)((const char *)(thing) + (f)->at))

static size_t
length(const void *thing, const struct field *f)
{
	return *(const size_t *)(const void *)((const char *)thing + f->n_at);
}

/* The first of a list of structs, whatever they are. */
static const char *
records(const void *thing, const struct field *f)
{
	const char *first;

	memcpy(&first, (const char *)thing + f->at, sizeof(first));
	return first;
}

/* --- writing -------------------------------------------------------------------- */

static void
write_record(const struct record *r, const void *thing, struct str *out);

/* As absent: what reading makes of a member that is not there. */
static bool
is_zero(const struct field *f, const void *thing)
{
	switch (f->type) {
	case FIELD_TEXT:
		return *OF(thing, f, const char *) == NULL;
	case FIELD_VALUE:
		return *OF(thing, f, const struct value *) == NULL;
	case FIELD_BOOL:
		return !*OF(thing, f, bool);
	case FIELD_TEXTS:
	case FIELD_VALUES:
	case FIELD_RECORDS:
		return length(thing, f) == 0;
	case FIELD_NUMBER:
		return *OF(thing, f, int) == 0;
	case FIELD_PART:
		return *OF(thing, f, enum step_part) == STEP_MAIN;
	case FIELD_POS:
		return OF(thing, f, struct pos)->line == 0;
	case FIELD_MS:
	case FIELD_KIND:
	case FIELD_CONTEXT:
	case FIELD_RECORD:
		return false;
	}
	return false;
}

static void
write_item(const struct field *f, const void *thing, size_t i,
    struct str *out)
{
	if (f->type == FIELD_TEXTS)
		json_text(out, (*OF(thing, f, const char **))[i]);
	else if (f->type == FIELD_VALUES)
		value_write((*OF(thing, f, const struct value **))[i], out);
	else
		write_record(f->record, records(thing, f) +
		    i * f->record->size, out);
}

static void
write_field(const struct field *f, const void *thing, struct str *out)
{
	struct expr_value context;

	switch (f->type) {
	case FIELD_TEXT:
		json_text(out, *OF(thing, f, const char *));
		break;
	case FIELD_NUMBER:
		str_addf(out, "%d", *OF(thing, f, int));
		break;
	case FIELD_MS:
		str_addf(out, "%" PRId64, *OF(thing, f, int64_t));
		break;
	case FIELD_BOOL:
		str_add(out, *OF(thing, f, bool) ? "true" : "false");
		break;
	case FIELD_KIND:
		json_text(out, kind_names[*OF(thing, f, enum step_kind)]);
		break;
	case FIELD_PART:
		json_text(out, part_names[*OF(thing, f, enum step_part)]);
		break;
	case FIELD_POS:
		str_addf(out, "[%d, %d]", OF(thing, f, struct pos)->line,
		    OF(thing, f, struct pos)->col);
		break;
	case FIELD_VALUE:
		value_write(*OF(thing, f, const struct value *), out);
		break;
	case FIELD_CONTEXT:
		context = expr_from_object(*OF(thing, f,
		    struct expr_object *));
		expr_value_write(&context, out);
		break;
	case FIELD_RECORD:
		write_record(f->record, OF(thing, f, char), out);
		break;
	case FIELD_TEXTS:
	case FIELD_VALUES:
	case FIELD_RECORDS:
		str_add_char(out, '[');
		for (size_t i = 0; i < length(thing, f); i++) {
			json_text_next(out);
			write_item(f, thing, i, out);
		}
		str_add_char(out, ']');
		break;
	}
}

static void
write_record(const struct record *r, const void *thing, struct str *out)
{
	if (out->len > JOB_PLAN_MAX_BYTES)
		return;
	str_add_char(out, '{');
	for (const struct field *f = r->fields; f->name != NULL; f++) {
		if (is_zero(f, thing) && !f->required)
			continue;
		json_text_name(out, f->name);
		write_field(f, thing, out);
	}
	str_add_char(out, '}');
}

void
job_plan_write(const struct job_plan *plan, struct str *out)
{
	str_addf(out, "{\"version\": %d, \"job\": ", JOB_PLAN_VERSION);
	write_record(&job_plan_record, plan, out);
	str_add_char(out, '}');
}

/* --- reading -------------------------------------------------------------------- */

struct input {
	struct arena *a;
	struct err *err;
};

static int
refuse(const struct input *in, const char *what)
{
	return err_set(in->err, ERR_CORRUPT, "%s", what);
}

static int
read_record(const struct input *in, const struct record *r,
    const json_t *object, void *thing);

static int
read_whole(const struct input *in, const json_t *json, int64_t min,
    int64_t max, int64_t *out)
{
	if (!json_is_integer(json) || json_integer_value(json) < min ||
	    json_integer_value(json) > max)
		return refuse(in, "it must be a whole number in its range");
	*out = json_integer_value(json);
	return 0;
}

static int
read_kind(const struct input *in, const json_t *json, enum step_kind *out)
{
	const char *name = json_string_value(json);

	for (size_t i = 0; name != NULL && i < ARRAY_LEN(kind_names); i++)
		if (strcmp(kind_names[i], name) == 0) {
			*out = (enum step_kind)i;
			return 0;
		}
	return refuse(in, "it must be a kind of step");
}

static int
read_part(const struct input *in, const json_t *json, enum step_part *out)
{
	const char *name = json_string_value(json);

	for (size_t i = 0; name != NULL && i < ARRAY_LEN(part_names); i++)
		if (strcmp(part_names[i], name) == 0) {
			*out = (enum step_part)i;
			return 0;
		}
	return refuse(in, "it must be a part of an action");
}

static int
read_pos(const struct input *in, const json_t *json, struct pos *out)
{
	int64_t line, col;

	if (json_array_size(json) != 2)
		return refuse(in, "it must be two numbers");
	if (read_whole(in, json_array_get(json, 0), 0, INT_MAX, &line) == -1 ||
	    read_whole(in, json_array_get(json, 1), 0, INT_MAX, &col) == -1)
		return -1;
	*out = (struct pos) { (int)line, (int)col };
	return 0;
}

static int
read_context(const struct input *in, const json_t *json,
    struct expr_object **out)
{
	struct expr_value v;

	if (expr_value_read(json, in->a, &v, in->err) == -1)
		return -1;
	if (v.type != EXPR_OBJECT)
		return refuse(in, "it must be an object");
	*out = v.object;
	return 0;
}

static int
read_item(const struct input *in, const struct field *f, const json_t *item,
    void *thing)
{
	size_t *n = (size_t *)(void *)((char *)thing + f->n_at);
	size_t size = f->type == FIELD_RECORDS ? f->record->size :
	    sizeof(void *);
	void *room = arena_push(in->a, (char *)thing + f->at, n, size);

	if (f->type == FIELD_TEXTS)
		return text_read(item, in->a, room, in->err);
	if (f->type == FIELD_VALUES)
		return value_read(item, in->a, room, in->err);
	return read_record(in, f->record, item, room);
}

static int
read_items(const struct input *in, const struct field *f, const json_t *list,
    void *thing)
{
	const json_t *item;
	size_t i;

	if (!json_is_array(list))
		return refuse(in, "it must be a list");
	if (json_array_size(list) > f->max)
		return refuse(in, "it has too many items");
	json_array_foreach(list, i, item)
		if (read_item(in, f, item, thing) == -1)
			return err_wrap(in->err, "item %zu", i);
	return 0;
}

static int
read_field(const struct input *in, const struct field *f, const json_t *json,
    void *thing)
{
	int64_t number = 0;

	switch (f->type) {
	case FIELD_TEXT:
		return text_read(json, in->a, IN(thing, f, const char *),
		    in->err);
	case FIELD_NUMBER:
		if (read_whole(in, json, -1, (int64_t)f->max, &number) == -1)
			return -1;
		*IN(thing, f, int) = (int)number;
		return 0;
	case FIELD_MS:
		return read_whole(in, json, 0, (int64_t)f->max,
		    IN(thing, f, int64_t));
	case FIELD_BOOL:
		if (!json_is_boolean(json))
			return refuse(in, "it must be true or false");
		*IN(thing, f, bool) = json_is_true(json);
		return 0;
	case FIELD_KIND:
		return read_kind(in, json, IN(thing, f, enum step_kind));
	case FIELD_PART:
		return read_part(in, json, IN(thing, f, enum step_part));
	case FIELD_POS:
		return read_pos(in, json, IN(thing, f, struct pos));
	case FIELD_VALUE:
		return value_read(json, in->a,
		    IN(thing, f, const struct value *), in->err);
	case FIELD_CONTEXT:
		return read_context(in, json,
		    IN(thing, f, struct expr_object *));
	case FIELD_RECORD:
		return read_record(in, f->record, json, IN(thing, f, char));
	case FIELD_TEXTS:
	case FIELD_VALUES:
	case FIELD_RECORDS:
		return read_items(in, f, json, thing);
	}
	return -1;
}

static int
read_record(const struct input *in, const struct record *r,
    const json_t *object, void *thing)
{
	if (!json_is_object(object))
		return refuse(in, "it must be an object");
	for (const struct field *f = r->fields; f->name != NULL; f++) {
		const json_t *json = json_object_get(object, f->name);

		if (json == NULL && !f->required)
			continue;
		if (json == NULL)
			return err_set(in->err, ERR_CORRUPT,
			    "\"%s\": it is missing", f->name);
		if (read_field(in, f, json, thing) == -1 ||
		    (f->required && f->type == FIELD_VALUE &&
		    *IN(thing, f, const struct value *) == NULL &&
		    refuse(in, "it must be a value") == -1))
			return err_wrap(in->err, "\"%s\"", f->name);
	}
	return 0;
}

/* A part belongs to a step that uses an action; that has parts, and is none. */
static bool
is_part_right(const struct job_plan *plan, const struct job_plan_step *one)
{
	const struct job_plan_step *of;

	if (one->part == STEP_MAIN)
		return one->of == 0;
	if (one->of < 1 || (size_t)one->of > plan->n_steps)
		return false;
	of = &plan->steps[one->of - 1];
	return of->part == STEP_MAIN && of->kind == STEP_USES &&
	    one->kind == STEP_USES;
}

/* Numbers that stand for others of the plan. */
static int
check_references(const struct input *in, const struct job_plan *plan)
{
	int actions = (int)plan->n_actions, steps = (int)plan->n_steps;

	for (int i = 0; i < actions; i++) {
		const struct job_plan_action *one = &plan->actions[i];

		if (one->outer >= i || one->parallel < 0 ||
		    one->parallel > steps)
			return err_set(in->err, ERR_CORRUPT, "\"actions\": "
			    "item %d: it names what is not before it", i);
	}
	for (int i = 0; i < steps; i++) {
		const struct job_plan_step *one = &plan->steps[i];

		if (one->number != i + 1 || one->action >= actions ||
		    one->parallel < 0 || one->parallel > i)
			return err_set(in->err, ERR_CORRUPT, "\"steps\": item "
			    "%d: it names what is not before it", i);
		if (!is_part_right(plan, one))
			return err_set(in->err, ERR_CORRUPT, "\"steps\": item "
			    "%d: it is no part of a step that uses an action",
			    i);
	}
	return 0;
}

static int
read_root(const struct input *in, const json_t *root, struct job_plan *out)
{
	const json_t *version = json_object_get(root, "version");

	if (json_integer_value(version) < JOB_PLAN_OLDEST ||
	    json_integer_value(version) > JOB_PLAN_VERSION)
		return err_set(in->err, ERR_CORRUPT, "\"version\": it must be "
		    "%d to %d", JOB_PLAN_OLDEST, JOB_PLAN_VERSION);
	if (!json_is_object(json_object_get(root, "job")))
		return err_set(in->err, ERR_CORRUPT, "\"job\": it must be an "
		    "object");
	if (read_record(in, &job_plan_record, json_object_get(root, "job"),
	        out) == -1)
		return -1;
	return check_references(in, out);
}

int
job_plan_read(const char *json, struct arena *a, struct job_plan *out,
    struct err *err)
{
	const struct input in = { a, err };
	json_error_t problem;
	json_t *root;
	int rc;

	memset(out, 0, sizeof(*out));
	if (strlen(json) > JOB_PLAN_MAX_BYTES)
		return err_set(err, ERR_CORRUPT, "stored plan: it is larger "
		    "than %d bytes", JOB_PLAN_MAX_BYTES);
	root = json_loads(json, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL,
	    &problem);
	if (root == NULL)
		return err_set(err, ERR_CORRUPT, "stored plan: %s (byte %d)",
		    problem.text, problem.position);
	rc = read_root(&in, root, out);
	json_decref(root);
	return rc == 0 ? 0 : err_wrap(err, "stored plan");
}
