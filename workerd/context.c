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

int
run_context_read(const char *json, int64_t run, int64_t number, int attempt,
    struct arena *a, struct run_context *out, struct err *err)
{
	struct expr_value v;

	if (expr_json_read(json, strlen(json), CONTEXT_MAX_BYTES, a, &v,
	    err) == -1)
		return err_wrap(err, "the run's context");
	if (v.type == EXPR_OBJECT)
		*out = (struct run_context){ member(v.object, "github"),
			member(v.object, "inputs"), member(v.object, "vars") };
	if (v.type != EXPR_OBJECT || out->github == NULL)
		return err_set(err, ERR_CORRUPT, "the run's context is no "
		    "object with \"github\"");
	expr_object_add(out->github, "run_id",
	    expr_string(arena_printf(a, "%" PRId64, run)));
	expr_object_add(out->github, "run_number",
	    expr_string(arena_printf(a, "%" PRId64, number)));
	expr_object_add(out->github, "run_attempt",
	    expr_string(arena_printf(a, "%d", attempt)));
	return 0;
}
