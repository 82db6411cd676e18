/*
 * inputs.c - see inputs.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/inputs.h"

#include <string.h>

static int
add(json_t *all, const char *line, size_t len, struct err *err)
{
	const char *equals = memchr(line, '=', len);
	size_t name_len;
	json_t *value;

	if (equals == NULL || equals == line)
		return err_set(err, ERR_INVALID, "--input takes NAME=VALUE, "
		    "not \"%.*s\"", (int)len, line);
	name_len = (size_t)(equals - line);
	if (json_object_getn(all, line, name_len) != NULL)
		return err_set(err, ERR_INVALID, "--input %.*s is given "
		    "twice", (int)name_len, line);
	value = json_stringn(equals + 1, len - name_len - 1);
	if (value == NULL || json_object_setn_new(all, line, name_len,
	    value) == -1)
		return err_set(err, ERR_INVALID, "--input %.*s is no text in "
		    "UTF-8", (int)name_len, line);
	return 0;
}

int
inputs_read(struct cli *cli, json_t **out, struct err *err)
{
	const char *line = args_option(cli, "input");
	int rc = 0;

	*out = line != NULL ? json_object() : NULL;
	while (line != NULL && rc == 0) {
		size_t len = strcspn(line, "\n");

		rc = add(*out, line, len, err);
		line = line[len] == '\n' ? line + len + 1 : NULL;
	}
	if (rc == -1)
		json_decref(*out);
	return rc;
}
