/*
 * json_out.c - JSON on standard output.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/json_out.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "lib/base/clock.h"
#include "lib/base/proc.h"
#include "lib/base/str.h"

#define JQ_MAX_BYTES ((size_t)256 * 1024 * 1024)
#define JQ_TIMEOUT_MS 60000

/* --- fields --------------------------------------------------------------- */

static int
unknown_field(json_t *o, const char *name, struct err *err)
{
	struct str all = STR_INIT;
	const char *key;
	json_t *value;

	json_object_foreach(o, key, value)
		str_addf(&all, "%s%s", all.len > 0 ? ", " : "", key);
	err_set(err, ERR_INVALID, "--json: no field \"%s\"; there are %s",
	    name, all.s);
	str_release(&all);
	return -1;
}

/* The object with only these fields, in their order. */
static json_t *
pick_one(json_t *o, const char *fields, struct arena *a, struct err *err)
{
	json_t *picked = json_object();

	for (const char *at = fields; *at != '\0';) {
		size_t len = strcspn(at, ",");
		const char *name = arena_strndup(a, at, len);
		json_t *value = json_object_get(o, name);

		if (value == NULL) {
			unknown_field(o, name, err);
			json_decref(picked);
			return NULL;
		}
		json_object_set(picked, name, value);
		at += len + (at[len] == ',');
	}
	return picked;
}

static json_t *
pick(json_t *value, const char *fields, struct arena *a, struct err *err)
{
	json_t *all, *item, *one;
	size_t i;

	if (json_is_object(value))
		return pick_one(value, fields, a, err);
	all = json_array();
	json_array_foreach(value, i, item) {
		if ((one = pick_one(item, fields, a, err)) == NULL) {
			json_decref(all);
			return NULL;
		}
		json_array_append_new(all, one);
	}
	return all;
}

/* --- jq ------------------------------------------------------------------- */

/* The program and not its library: the filter is code of the user's, which
 * then cannot reach what this process has open; and who has no jq can still
 * use everything else. */
static int
print_by_jq(const char *filter, const char *text, struct err *err)
{
	/* Behind a blank no filter is an option. */
	const char *argv[] = { "jq", "-r", filter, NULL };
	struct proc_spec spec = { .argv = argv };
	struct str out = STR_INIT;
	int rc = proc_run_ok(&spec, text, JQ_MAX_BYTES, JQ_TIMEOUT_MS, &out,
	    err);

	if (rc == -1 && err->code == ERR_NOT_FOUND)
		err_set(err, ERR_UNSUPPORTED, "--jq needs the program jq, "
		    "which is not installed");
	else if (rc == -1)
		err_wrap(err, "--jq");
	if (rc == 0 && fwrite(out.s, 1, out.len, stdout) != out.len)
		rc = err_set(err, ERR_IO, "writing to standard output");
	str_release(&out);
	return rc;
}

/* --- printing ------------------------------------------------------------- */

static int
print(struct cli *cli, json_t *value, size_t flags, struct err *err)
{
	json_t *picked = NULL;
	char *text = NULL;
	int rc = -1;

	if (value != NULL && cli->fields != NULL &&
	    (picked = pick(value, cli->fields, &cli->arena, err)) ==
	    NULL)
		goto out;
	if (value != NULL)
		text = json_dumps(picked != NULL ? picked : value,
		    flags | JSON_ENCODE_ANY);
	if (text == NULL)
		err_set(err, ERR_BUG, "a document cannot be written as JSON");
	else if (cli->jq != NULL)
		rc = print_by_jq(arena_printf(&cli->arena, " %s", cli->jq),
		    text, err);
	else
		rc = printf("%s\n", text) > 0 ? 0 : err_set(err, ERR_IO,
		    "writing JSON to standard output");
out:
	free(text);
	json_decref(picked);
	json_decref(value);
	return rc;
}

int
json_out(struct cli *cli, json_t *value, struct err *err)
{
	return print(cli, value, JSON_INDENT(2), err);
}

int
json_out_line(struct cli *cli, json_t *value, struct err *err)
{
	int rc = print(cli, value, JSON_COMPACT, err);

	return rc == 0 && fflush(stdout) == EOF ? err_set(err, ERR_IO,
	    "writing JSON to standard output") : rc;
}

json_t *
json_out_time(int64_t at_ms)
{
	char text[CLOCK_TEXT_SIZE];

	return at_ms == 0 ? json_null() :
	    json_string(clock_rfc3339(at_ms, text));
}
