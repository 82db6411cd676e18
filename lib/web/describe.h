/*
 * describe.h - what a route takes and gives, in words: rows from which
 * openapi.json is made, and by which a request is checked before its handler
 * is called.
 *
 * A type is one of
 *
 *   text, integer, number, flag, time (RFC 3339), object, any
 *   this|that    one of these words
 *   Name         a schema, which begins with a capital letter
 *   [TYPE]       a list
 *   {TYPE}       an object with any names
 *   TYPE?        or null
 *
 * A name that ends in "?" may be absent.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_WEB_DESCRIBE_H
#define PAWL_WEB_DESCRIBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DESCRIBE_MAX_ERRORS 6

/* An argument, a field of a body or of a schema. */
struct field_doc {
	const char *name;
	const char *type;
	const char *text; /* NULL: the name says it */
	int64_t min, max; /* of an integer, or of a text's bytes; both 0: any */
};

struct error_doc {
	int status;
	const char *text;
};

/*
 * Lists end with a row of zeros; NULL is an empty one. Not said here, because
 * they follow from the row: parameters of the path; 401, 403, 404 of what it
 * names, 405; 400, 413 and 415 of arguments and bodies; 500 and 503.
 */
struct route_doc {
	const char *summary;
	const char *text;  /* more of it, or NULL */
	const struct field_doc *args;   /* of the query */
	const struct field_doc *fields; /* of the body */
	const char *gives; /* type of the answer, or NULL: a text */
	const char *media; /* its media type; NULL: application/json */
	int status;        /* 0: 200 */
	struct error_doc errors[DESCRIBE_MAX_ERRORS];
	const char *alias; /* path of what it is another spelling of: it still
	                      answers, and nothing new should use it */
	bool any_args;     /* arguments that it does not know are no error */
};

/* DOC("Summary", .gives = "Run"), in a row of a table. */
#define DOC(...) (&(const struct route_doc){ __VA_ARGS__ })
#define FIELDS(...) \
	((const struct field_doc[]){ __VA_ARGS__, { 0 } })

struct schema_doc {
	const char *name;
	const char *text;
	const char *base; /* whose fields it has besides; or NULL */
	const struct field_doc *fields;
};

struct route;

/* The routes of one kind of thing, with the schemas that they name. */
struct resource {
	const char *name; /* in lists: "runs" */
	const char *text;
	const struct route *routes;
	size_t n_routes;
	const struct schema_doc *schemas;
	size_t n_schemas;
};

#endif
