/*
 * context.c - what the expressions of a run see, as it is stored with it.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/context.h"

#include <inttypes.h>
#include <string.h>

/* A payload has at most 25 MB at the forges, and its values are larger than
 * its text. */
#define CONTEXT_MAX_BYTES (256UL * 1024 * 1024)

static struct expr_value
object_or_empty(struct expr_object *o, struct arena *a)
{
	return expr_from_object(o != NULL ? o : expr_object_new(a));
}

void
run_context_write(const struct run_context *c, struct str *out)
{
	struct arena a = ARENA_INIT(0);
	struct expr_object *all = expr_object_new(&a);
	struct expr_value v;

	expr_object_add(all, "github", object_or_empty(c->github, &a));
	expr_object_add(all, "inputs", object_or_empty(c->inputs, &a));
	expr_object_add(all, "vars", object_or_empty(c->vars, &a));
	v = expr_from_object(all);
	expr_json_write(&v, SIZE_MAX, out);
	arena_release(&a);
}

static struct expr_object *
member(struct expr_object *o, const char *name)
{
	const struct expr_value *v = expr_object_member(o, name);

	return v != NULL && v->type == EXPR_OBJECT ? v->object : NULL;
}

static void
add_text(struct expr_object *o, const char *name, const char *text)
{
	expr_object_add(o, name, expr_string(text));
}

/* A member that the event had given another value. */
static void
replace_text(struct expr_object *o, const char *name, const char *text)
{
	for (size_t i = 0; i < o->n; i++)
		if (o->members[i].name.len == strlen(name) &&
		    memcmp(o->members[i].name.s, name, strlen(name)) == 0) {
			o->members[i].value = expr_string(text);
			return;
		}
	add_text(o, name, text);
}

int
run_context_read(const struct decision_snapshot *run, int tries,
    struct arena *a, struct run_context *out, struct err *err)
{
	struct expr_value v;

	if (expr_json_read(run->context, strlen(run->context),
		CONTEXT_MAX_BYTES, a, &v, err) == -1)
		return err_wrap(err, "the run's context");
	if (v.type == EXPR_OBJECT)
		*out = (struct run_context){ member(v.object, "github"),
			member(v.object, "inputs"), member(v.object, "vars") };
	if (v.type != EXPR_OBJECT || out->github == NULL)
		return err_set(err, ERR_CORRUPT, "the run's context is no "
		    "object with \"github\"");
	add_text(out->github, "run_id", arena_printf(a, "%" PRId64,
	    run->origin));
	add_text(out->github, "run_number", arena_printf(a, "%" PRId64,
	    run->number));
	add_text(out->github, "run_attempt", arena_printf(a, "%d",
	    run->attempt + tries));
	if (run->rerun_by != NULL)
		replace_text(out->github, "triggering_actor", run->rerun_by);
	return 0;
}
