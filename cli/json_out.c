/*
 * json_out.c - JSON on standard output.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/json_out.h"

#include <stdio.h>
#include "lib/base/clock.h"

int
json_out(json_t *value, struct err *err)
{
	int r = value ? json_dumpf(value, stdout, JSON_INDENT(2)) : -1;

	json_decref(value);
	if (r == -1 || putchar('\n') == EOF)
		return err_set(err, ERR_IO, "writing JSON to standard output");
	return 0;
}

json_t *
json_out_time(int64_t at_ms)
{
	char text[CLOCK_TEXT_SIZE];

	return at_ms == 0 ? json_null() :
	    json_string(clock_rfc3339(at_ms, text));
}
