/*
 * schema.h - the keys of the pipeline language: one table for each place of a
 * file, one row for each key.
 *
 * A row says what may stand under the key and which function takes it; one
 * loop (schema_read) does the rest: unknown keys with the nearest spelling,
 * wrong types, keys that exclude each other, keys that this version does not
 * do. Widening the language is adding rows. doc/pipeline.md has the same
 * tables, and a test compares them.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_PIPELINE_SCHEMA_H
#define PAWL_PIPELINE_SCHEMA_H

#include "lib/base/yaml.h"

struct reader;

/* What may stand under a key: bits of enum yaml_type. */
#define ALLOW(type) (1u << (type))
#define ALLOW_NULL ALLOW(YAML_NULL)
#define ALLOW_STRING ALLOW(YAML_STRING)
#define ALLOW_NUMBER ALLOW(YAML_NUMBER)
#define ALLOW_LIST ALLOW(YAML_LIST)
#define ALLOW_MAP ALLOW(YAML_MAP)
/* What can be written as text: "1.20" and "true" become strings. */
#define ALLOW_TEXT (ALLOW_STRING | ALLOW_NUMBER | ALLOW(YAML_BOOL))
#define ALLOW_ANY (ALLOW_NULL | ALLOW_TEXT | ALLOW_LIST | ALLOW_MAP)

enum schema_state {
	SCHEMA_DONE,        /* the row's function takes it */
	SCHEMA_IGNORED,     /* changes nothing of what a job does: a warning */
	SCHEMA_UNSUPPORTED, /* not in this version: an error */
};

struct schema_key {
	const char *name;
	unsigned allowed; /* ALLOW_... */
	enum schema_state state;
	/* Take the value; its type is one of `allowed`. `thing` is what the
	 * place fills (a pipeline, a job, a step, ...). NULL: nothing to do */
	void (*read)(struct reader *r, void *thing,
	    const struct yaml_pair *pair);
	const char *excludes; /* key that cannot stand beside it, or NULL */
	const char *doc;      /* for DONE what it does, else what to do */
};

struct schema_place {
	const char *name; /* "job" */
	const struct schema_key *keys; /* ends with a NULL name */
};

extern const struct schema_place schema_workflow, schema_on, schema_push,
    schema_job, schema_container, schema_step;

/* All of them, for the documentation; ends with NULL. */
extern const struct schema_place *const schema_places[];

/*
 * Read a map by the rows of a place. `where` is for messages, such as
 * "in job \"test\"". A value that is no map is reported.
 */
void
schema_read(struct reader *r, const struct schema_place *place,
    const struct yaml *map, const char *where, void *thing);

/* The row of a key, or NULL. */
const struct schema_key *
schema_find(const struct schema_place *place, const char *name);

/* Report a value of a wrong type and return false, else true. `name` is
 * quoted in the message, `where` may be "". */
bool
schema_check_type(struct reader *r, const struct yaml *value,
    unsigned allowed, const char *name, const char *where);

/* "a string or a list"; lives in the reader's arena. */
const char *
schema_describe(struct arena *a, unsigned allowed);

#endif
