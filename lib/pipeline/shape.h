/*
 * shape.h - inside lib/pipeline: what is known of a value before it exists,
 * for lint: of which type it is and which members it has.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_PIPELINE_SHAPE_H
#define PAWL_PIPELINE_SHAPE_H

#include "lib/base/map.h"
#include "lib/pipeline/expr_ast.h"
#include "lib/pipeline/model.h"

enum shape_kind {
	SHAPE_ANY,
	SHAPE_NULL,
	SHAPE_BOOL,
	SHAPE_NUMBER,
	SHAPE_STRING,
	SHAPE_ARRAY,
	SHAPE_OBJECT,
};

struct shape;

struct shape_member {
	const char *name; /* NULL ends a table */
	const struct shape *shape;
};

struct shape {
	enum shape_kind kind;
	const struct shape_member *members; /* OBJECT; ends with NULL */
	/* OBJECT: of members that are not listed, NULL: there are none;
	 * ARRAY: of the items, NULL: any */
	const struct shape *other;
	bool filtered; /* ARRAY: came from "*" */
};

extern const struct shape shape_any, shape_null, shape_bool, shape_number,
    shape_string, shape_anything; /* an object of anything */

/* Shapes that have been made: by workflow, and by job. Zeroed: none. */
struct shape_cache {
	const struct shape *github, *inputs, *secrets, *jobs;
	const struct workflow_job *job; /* that the rest belongs to */
	const struct shape *needs, *matrix;
};

/* Where an expression stands, as far as contexts depend on it. */
struct shape_scope {
	const struct workflow *w;
	const struct workflow_job *job;   /* NULL: outside of jobs */
	const struct workflow_step *step; /* NULL: all steps have run */
	struct arena *a;
	struct shape_cache *cache;
	const struct map *actions, *workflows; /* as in struct checker */
};

/* The shape of a context: "github". */
const struct shape *
shape_context(const struct shape_scope *s, struct expr_text name);

/* A member without regard to case, or NULL. */
const struct shape *
shape_member(const struct shape *object, struct expr_text name);

/* The shape of a value, such as of parsed JSON. */
const struct shape *
shape_of(struct arena *a, const struct expr_value *v);

/* The shape of fromJSON('...') of a literal; any when it is something else or
 * no JSON, which is said in `err` when that is not NULL. */
const struct shape *
shape_of_json(struct arena *a, const struct expr_node *call,
    struct err *err);

/* "string", "object". */
const char *
shape_name(const struct shape *s);

#endif
