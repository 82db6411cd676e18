/*
 * answer.h - a JSON value as the answer of the API.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CGI_ANSWER_H
#define PAWL_CGI_ANSWER_H

#include <jansson.h>
#include "lib/web/response.h"

/* Releases the value. What was only read (200) gets an ETag. Returns 0, for
 * `return`. */
int
answer_json(struct response *res, int status, json_t *value);

#endif
