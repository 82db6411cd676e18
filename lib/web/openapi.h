/*
 * openapi.h - the description of an API (OpenAPI 3.1) out of its tables of
 * routes.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_WEB_OPENAPI_H
#define PAWL_WEB_OPENAPI_H

#include <jansson.h>
#include "lib/web/router.h"

/* A new document; the caller owns it. `base_url` is where all paths begin.
 * Routes without a description are left out. */
json_t *
openapi_make(const struct resource *const *list, size_t n,
    const char *base_url);

/* openapi_schema.c: a type of describe.h as a schema, and an object that has
 * these fields. `min` and `max` as of struct field_doc. */
json_t *
openapi_type(const char *type, int64_t min, int64_t max);
json_t *
openapi_object(const struct field_doc *fields);

/* The schemas of all resources, by name. */
json_t *
openapi_schemas(const struct resource *const *list, size_t n);

#endif
