/*
 * expr-limits-t.c - what a hostile expression can take: depth, length, memory;
 * and objects of any size.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "t/lib/expr.h"
#include "t/lib/tap.h"

static void
test_limits(void)
{
	static const struct {
		const char *open, *middle, *close;
		int good; /* the deepest that is allowed */
	} cases[] = {
		{ "(", "1", ")", 49 },
		{ "!", "1", "", 49 },
		{ "join(", "1", ")", 49 },
		{ "", "list", "[0]", 49 },
		{ "", "list", ".a", 49 },
		{ "list[", "0", "]", 49 },
		{ "", "1", " == 1", 49 },
		{ "", "1", " || 1", 4000 },
		{ "", "1", " && 1", 4000 },
		{ "", "1 == 1", " || 1 == 1", 1500 },
	};
	struct str s = STR_INIT, got = STR_INIT;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int n = cases[i].good;

		expr_test_nested(&s, cases[i].open, cases[i].middle,
		    cases[i].close, n);
		expr_test_eval(s.s, NULL, &got);
		ok(strstr(got.s, "xceeded") == NULL, "%s %s %s %d times: %s",
		    cases[i].open, cases[i].middle, cases[i].close, n, got.s);
		expr_test_nested(&s, cases[i].open, cases[i].middle,
		    cases[i].close, n < 1000 ? n + 1 : 6000);
		expr_test_eval(s.s, NULL, &got);
		ok(strstr(got.s, "Exceeded max expression ") != NULL,
		    "and no more: %s", got.s);
	}
	expr_test_nested(&s, " ", "1", " ", EXPR_MAX_LENGTH / 2 - 1);
	expr_test_eval(s.s, NULL, &got);
	is_str(got.s, "1", "%zu characters are allowed", s.len);
	expr_test_nested(&s, "\xe3\x80\x80", "1", "",
	    EXPR_MAX_LENGTH - 1);
	expr_test_eval(s.s, NULL, &got);
	is_str(got.s, "1", "however many bytes they have: %zu", s.len);
	expr_test_nested(&s, " ", "1", " ", EXPR_MAX_LENGTH / 2);
	expr_test_eval(s.s, NULL, &got);
	is_str(got.s, "Exceeded max expression length 21000", "%zu are not",
	    s.len);
	for (const char *p = "([!.,*'&|=<>-"; *p != '\0'; p++) {
		expr_test_nested(&s, (char[]){ *p, '\0' }, "", "",
		    EXPR_MAX_LENGTH - 1);
		expr_test_eval(s.s, NULL, &got);
		ok(got.len > 0, "20,999 times %c: %.60s", *p, got.s);
	}
	str_release(&s);
	str_release(&got);
}

/* An error lies in the text, also when the end of it is what goes too deep. */
static void
test_place(void)
{
	struct arena a = ARENA_INIT(0);
	struct str s = STR_INIT;
	struct expr_error error;
	struct expr e;

	for (const char *p = "!(["; *p != '\0'; p++) {
		expr_test_nested(&s, (char[]){ *p, '\0' }, "", "",
		    EXPR_MAX_DEPTH);
		is_int(expr_parse(s.s, s.len, NULL, &a, &e, &error), -1,
		    "%d times %c is a mistake", EXPR_MAX_DEPTH, *p);
		ok(error.len > 0 && error.offset + error.len <= s.len,
		    "and its place is in the text: %zu, %zu", error.offset,
		    error.len);
	}
	str_release(&s);
	arena_release(&a);
}

/* A context of one string, big enough to reach limits with. */
static bool
fits(const char *text, size_t string_len, size_t max_bytes, size_t *used)
{
	struct arena a = ARENA_INIT(0), contexts = ARENA_INIT(0);
	struct expr_env env = { .max_bytes = max_bytes,
		.contexts = expr_object_new(&contexts) };
	char *s = mem_calloc(string_len + 1, 1);
	struct expr_error error;
	struct expr_value v;
	struct expr e;
	bool r;

	memset(s, 'x', string_len);
	expr_object_add(env.contexts, "s", expr_string(s));
	r = expr_parse(text, strlen(text), NULL, &a, &e, &error) == 0;
	*used = a.used;
	r = r && expr_eval(&e, &env, &a, &v, &error) == 0;
	if (!r && strncmp(error.text, "The maximum allowed memory size was "
	                              "exceeded", 43) != 0)
		tap_note("%s", error.text);
	*used = a.used - *used;
	arena_release(&a);
	arena_release(&contexts);
	free(s);
	return r;
}

static void
test_memory(void)
{
	static const struct {
		const char *text;
		bool fits;
	} cases[] = {
		/* s takes 400,026 of 1,000,000 bytes */
		{ "s", true },
		{ "format('{0}', s)", true },
		{ "format('{0}{0}', s) == ''", true },
		{ "format('{0}{0}{0}', s) == ''", false },
		{ "s == s", true },
		{ "case(s == s, s, s)", true },
		{ "contains(s, s) && contains(s, s) && contains(s, s)", true },
		{ "s && s && s", false },
		{ "(s == '') || (s == '') || (s == '') || (s == 'b')", true },
		{ "join(fromJSON('[1,2,3]'), s)", true },
		{ "join(fromJSON('[1,2,3,4]'), s)", false },
		{ "toJSON(s)", true },
		{ "toJSON(toJSON(s)) == toJSON(s)", true },
		{ "toJSON(s) == format('{0}{0}', s)", false },
	};
	struct str s = STR_INIT, pieces = STR_INIT;
	size_t used;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		is_int(fits(cases[i].text, 200000, 1000000, &used),
		    cases[i].fits, "%s", cases[i].text);
	/* each piece counts, however short: 30 and 40 of 28 bytes */
	for (int n = 30; n <= 40; n += 10) {
		str_clear(&s);
		str_add(&s, "format('");
		expr_test_nested(&pieces, "{0}", "", "", n);
		str_addf(&s, "%s', s) == ''", pieces.s);
		is_int(fits(s.s, 1, 1000, &used), n == 30, "%d pieces", n);
		str_clear(&s);
		str_add(&s, "join(fromJSON('[1");
		expr_test_nested(&pieces, ",1", "", "", n / 2 - 1);
		str_addf(&s, "%s]'), '-') == ''", pieces.s);
		is_int(fits(s.s, 1, 1000, &used), n == 30, "%d items", n / 2);
	}
	str_clear(&s);
	str_add(&s, "false");
	while (s.len < EXPR_MAX_LENGTH - 40)
		str_add(&s, " || (format('{0}', s) == '1')");
	ok(!fits(s.s, 200000, 1000000, &used), "an expression of many parts "
	                                       "cannot take without a bound");
	ok(used <= 9 * 1000000, "but took %zu bytes only", used);
	str_release(&s);
	str_release(&pieces);
}

static void
test_json_limits(void)
{
	struct arena a = ARENA_INIT(0);
	struct str s = STR_INIT;
	struct err err = { ERR_NONE, "" };
	struct expr_value v;

	expr_test_nested(&s, "[", "1", "]", EXPR_MAX_JSON_DEPTH);
	is_int(expr_json_read(s.s, s.len, 1 << 20, &a, &v, &err), 0,
	    "JSON of 100 levels is read");
	expr_test_nested(&s, "[", "1", "]", EXPR_MAX_JSON_DEPTH + 1);
	is_int(expr_json_read(s.s, s.len, 1 << 20, &a, &v, &err), -1,
	    "one more is not");
	is_str(err.text, "deeper than 100 levels", "and it says why");
	expr_test_nested(&s, "[", "1", "]", 200000);
	is_int(expr_json_read(s.s, s.len, 64 << 20, &a, &v, &err), -1,
	    "a great many are not");
	expr_test_nested(&s, "", "[1", ",1", 100000);
	str_add_char(&s, ']');
	is_int(expr_json_read(s.s, s.len, 1 << 20, &a, &v, &err), -1,
	    "a list too long for the memory is refused");
	is_int(err.code, ERR_TOO_LARGE, "before it is read: %s", err.text);
	expr_test_nested(&s, "\"\\\"", "[", "", 1);
	for (int i = 0; i < 1000; i++)
		str_add(&s, "[");
	str_add(&s, "\"");
	is_int(expr_json_read(s.s, s.len, 20000, &a, &v, &err), 0,
	    "brackets in a string are text");
	is_int(expr_json_read(s.s, s.len, s.len - 1, &a, &v, &err), -1,
	    "a text longer than the memory is refused");
	is_int(expr_json_read("[1] x", 5, 1 << 20, &a, &v, &err), -1,
	    "nothing may follow");
	is_int(err.code, ERR_INVALID, "%s", err.text);
	str_release(&s);
	arena_release(&a);
}

static struct expr_text
text_of(const char *s)
{
	return (struct expr_text){ s, strlen(s) };
}

static void
test_objects(void)
{
	struct arena a = ARENA_INIT(0);
	struct expr_object *o = expr_object_new(&a), *e = expr_object_new(&a);
	const struct expr_value *v;
	size_t wrong = 0;

	e->case_sensitive = true;
	for (int i = 0; i < 1000; i++) {
		expr_object_add(o, arena_printf(&a, "Key%d", i % 700),
		    expr_number(i));
		expr_object_add(e, arena_printf(&a, i < 700 ? "k%d" : "K%d",
		    i % 700), expr_number(i));
	}
	for (int i = 0; i < 700; i++) {
		v = expr_object_get(o, text_of(arena_printf(&a, "kEY%d", i)));
		wrong += v == NULL || v->number != i;
		v = expr_object_get(e, text_of(arena_printf(&a, "k%d", i)));
		wrong += v == NULL || v->number != i;
		v = expr_object_get(e, text_of(arena_printf(&a, "K%d", i)));
		wrong += i < 300 ? v == NULL || v->number != i + 700
		                 : v != NULL;
	}
	is_int((long long)wrong, 0, "members of large objects are found");
	ok(expr_object_get(o, text_of("key700")) == NULL, "and no others");
	expr_object_add(o, "later", expr_boolean(true));
	ok(expr_object_get(o, text_of("LATER")) != NULL,
	    "one that is added after a look-up is found");
	arena_release(&a);
}

int
main(void)
{
	test_limits();
	test_place();
	test_memory();
	test_json_limits();
	test_objects();
	return tap_done();
}
