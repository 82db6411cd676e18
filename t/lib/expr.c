/*
 * expr.c - what the tests of expressions share.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "t/lib/expr.h"

#include <string.h>

#include "t/lib/tap.h"

const char expr_test_contexts[] =
    "{\"github\": {\"ref\": \"refs/heads/main\", \"event\": {\"n\": 7,"
    "  \"commits\": [{\"id\": \"a\", \"by\": {\"name\": \"x\"}},"
    "    {\"id\": \"b\"}, 3, [1, 2], {\"by\": {\"name\": \"y\"}}]}},"
    " \"env\": {\"A\": \"upper\", \"a\": \"lower\"},"
    " \"list\": [[1, 2], [3, 4], {\"0\": \"zero\"}, \"abc\"],"
    " \"nothing\": null}";

static const char *const context_names[] = { "github", "env", "list",
	"nothing", NULL };
const struct expr_place expr_test_place = { "a test", context_names,
	EXPR_STATUS | EXPR_STATUS_OF_JOBS | EXPR_HASH_FILES };

struct expr_value
expr_test_json(const char *text, struct arena *a)
{
	struct err err = { ERR_NONE, "" };
	struct expr_value v;

	if (expr_json_read(text, strlen(text), 64 << 20, a, &v, &err) == -1)
		tap_note("%s", err.text);
	return v;
}

void
expr_test_eval(const char *text, const struct expr_env *given, struct str *out)
{
	struct arena a = ARENA_INIT(0);
	struct expr_env env = { .contexts = NULL };
	struct expr_error error;
	struct expr_value v;
	struct expr e;

	if (given != NULL)
		env = *given;
	env.contexts = expr_test_json(expr_test_contexts, &a).object;
	str_clear(out);
	if (expr_parse(text, strlen(text), &expr_test_place, &a, &e,
	        &error) == -1 ||
	    expr_eval(&e, &env, &a, &v, &error) == -1)
		str_add(out, error.text);
	else
		expr_json_write(&v, 500, out);
	arena_release(&a);
}

void
expr_test_pairs(const struct expr_pair *pairs, size_t n)
{
	struct str got = STR_INIT;

	for (size_t i = 0; i < n; i++) {
		expr_test_eval(pairs[i].text, NULL, &got);
		is_str(got.s, pairs[i].want, "%s", pairs[i].text);
	}
	str_release(&got);
}

void
expr_test_nested(struct str *s, const char *open, const char *middle,
    const char *close, int n)
{
	str_clear(s);
	for (int i = 0; i < n; i++)
		str_add(s, open);
	str_add(s, middle);
	for (int i = 0; i < n; i++)
		str_add(s, close);
}
