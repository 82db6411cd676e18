/*
 * answer.c - see answer.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/answer.h"

#include "lib/render/json.h"

int
answer_json(struct response *res, int status, json_t *value)
{
	res->status = status;
	res->type = "application/json";
	res->revalidate = status == 200;
	json_print(value, &res->body);
	json_decref(value);
	return 0;
}
