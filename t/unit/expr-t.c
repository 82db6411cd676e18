/*
 * expr-t.c - expressions beyond the conformance cases: places of mistakes,
 * limits, templates, conditions, what callers give.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/pipeline/expr.h"
#include "lib/pipeline/expr_ast.h"
#include "t/lib/tap.h"

static const char context_json[] =
    "{\"github\": {\"ref\": \"refs/heads/main\", \"event\": {\"n\": 7,"
    "  \"commits\": [{\"id\": \"a\", \"by\": {\"name\": \"x\"}},"
    "    {\"id\": \"b\"}, 3, [1, 2], {\"by\": {\"name\": \"y\"}}]}},"
    " \"env\": {\"A\": \"upper\", \"a\": \"lower\"},"
    " \"list\": [[1, 2], [3, 4], {\"0\": \"zero\"}, \"abc\"],"
    " \"nothing\": null}";

static const char *const context_names[] = { "github", "env", "list",
	"nothing", NULL };
static const struct expr_place everywhere = { "a test", context_names,
	EXPR_STATUS | EXPR_STATUS_OF_JOBS | EXPR_HASH_FILES };

static struct expr_value
read_json(const char *text, struct arena *a)
{
	struct err err = { ERR_NONE, "" };
	struct expr_value v;

	if (expr_json_read(text, strlen(text), 64 << 20, a, &v, &err) == -1)
		tap_note("%s", err.text);
	return v;
}

/* The value as JSON on one line, or the text of the mistake. */
static void
evaluate(const char *text, const struct expr_env *given, struct str *out)
{
	struct arena a = ARENA_INIT(0);
	struct expr_env env = { .contexts = NULL };
	struct expr_error error;
	struct expr_value v;
	struct expr e;

	if (given != NULL)
		env = *given;
	env.contexts = read_json(context_json, &a).object;
	str_clear(out);
	if (expr_parse(text, strlen(text), &everywhere, &a, &e,
	        &error) == -1 ||
	    expr_eval(&e, &env, &a, &v, &error) == -1)
		str_add(out, error.text);
	else
		expr_json_write(&v, 500, out);
	arena_release(&a);
}

struct pair {
	const char *text, *want;
};

static void
check_pairs(const struct pair *pairs, size_t n)
{
	struct str got = STR_INIT;

	for (size_t i = 0; i < n; i++) {
		evaluate(pairs[i].text, NULL, &got);
		is_str(got.s, pairs[i].want, "%s", pairs[i].text);
	}
	str_release(&got);
}

static void
test_values(void)
{
	static const struct pair pairs[] = {
		{ "", "null" },
		{ " \t\r\n ", "null" },
		{ "1 || 2", "1" },
		{ "0 || '' || null", "null" },
		{ "0 && 1", "0" },
		{ "'' && 1 || 'no'", "\"no\"" },
		{ "1 && 2 || 3", "2" },
		{ "1 || 0 && 2", "1" },
		{ "!1 == false", "true" },
		{ "!(1 == 2)", "true" },
		{ "1 < 2 == true", "true" },
		{ "3 > 2 > 1", "false" },
		{ "2 >= 1 >= 1", "true" },
		{ "'B' > 'a'", "true" },
		{ "'b' < 'A'", "false" },
		{ "'a' <= 'A'", "true" },
		{ "'A' != 'a'", "false" },
		{ "NaN != NaN", "true" },
		{ "NaN <= NaN", "false" },
		{ "null <= null", "true" },
		{ "null < 1", "true" },
		{ "'abc' < 1", "false" },
		{ "'abc' >= 1", "false" },
		{ "list == list", "true" },
		{ "list >= list", "true" },
		{ "list > list", "false" },
		{ "fromJSON('[]') == fromJSON('[]')", "false" },
		{ "list == 'Array'", "false" },
		{ "'\xf0\x90\x80\x80' < '\xef\xbf\xbd'", "true" },
		{ "'\xc3\xa4' == '\xc3\x84'", "true" },
		{ "'\xc3\x9f' == 'SS'", "false" },
		{ "'it''s ''''' ", "\"it's ''\"" },
		{ "'''' == ''''", "true" },
		{ "github.event.n", "7" },
		{ "GITHUB['EVENT'].N", "7" },
		{ "github.event.n.x.y", "null" },
		{ "github.event.nosuch", "null" },
		{ "nothing.a.b", "null" },
		{ "nothing.*", "[]" },
		{ "'x'.a", "Unexpected symbol: '.a'" },
		{ "list[1][0]", "3" },
		{ "list['1'][true]", "4" },
		{ "list[1.9][0]", "3" },
		{ "list[0x1][0o0]", "3" },
		{ "list[4294967296]", "null" },
		{ "list.length", "null" },
		{ "list[list]", "null" },
	};

	check_pairs(pairs, ARRAY_LEN(pairs));
}

static void
test_filters(void)
{
	static const struct pair pairs[] = {
		{ "github.event.commits.*.id", "[\"a\", \"b\"]" },
		{ "github.event.commits[*].by.name", "[\"x\", \"y\"]" },
		{ "github.event.commits.*.by.*", "[\"x\", \"y\"]" },
		{ "github.event.commits.*[0]", "[1]" },
		{ "github.event.commits.*.*", "[\"a\", {\"name\": \"x\"}, "
		                              "\"b\", 1, 2, {\"name\": \"y\"}]" },
		{ "list.*[0]", "[1, 3, \"zero\"]" },
		{ "list.*['0']", "[1, 3, \"zero\"]" },
		{ "join(github.event.commits.*.id)", "\"a,b\"" },
		{ "contains(github.event.commits.*.id, 'B')", "true" },
		{ "github.event.commits.*.id[0]", "[]" },
		{ "(github.event.commits.*.id)[0]", "[]" },
		{ "fromJSON(toJSON(github.event.commits.*.id))[1]", "\"b\"" },
	};

	check_pairs(pairs, ARRAY_LEN(pairs));
}

static void
test_functions(void)
{
	static const struct pair pairs[] = {
		{ "CONTAINS('Hello', 'ELL')", "true" },
		{ "contains(list, 'ABC')", "true" },
		{ "contains(list, list)", "false" },
		{ "contains(github, 'ref')", "false" },
		{ "contains('a', list)", "false" },
		{ "contains(null, '')", "true" },
		{ "endsWith('main.C', '.c')", "true" },
		{ "endsWith('c', 'main.c')", "false" },
		{ "endsWith('', '')", "true" },
		{ "endsWith(1234, 34)", "true" },
		{ "endsWith('\xce\xa3', '\xcf\x82')", "true" },
		{ "startsWith(list, 'A')", "false" },
		{ "join(list)", "\"Array,Array,Object,abc\"" },
		{ "join(list[0], ' - ')", "\"1 - 2\"" },
		{ "join(list[0], null)", "\"12\"" },
		{ "join(list[0], list)", "\"1,2\"" },
		{ "join('abc', 'x')", "\"abc\"" },
		{ "join(1.50)", "\"1.5\"" },
		{ "join(github)", "\"\"" },
		{ "join(fromJSON('[]'))", "\"\"" },
		{ "join(fromJSON('[null, true, \"\", 2]'), '/')",
		    "\"/true//2\"" },
		{ "format('{1}{0}{1}', 'a', 'b')", "\"bab\"" },
		{ "format('{00}', 1)", "\"1\"" },
		{ "format('a{{b}}c')", "\"a{b}c\"" },
		{ "format('{0}', list)", "\"Array\"" },
		{ "format('{')", "The following format string is invalid: {" },
		{ "format('{}', 1)",
		    "The following format string is invalid: {}" },
		{ "format('{a}', 1)",
		    "The following format string is invalid: {a}" },
		{ "format('{0', 1)",
		    "The following format string is invalid: {0" },
		{ "format('{256}', 1)",
		    "The following format string is invalid: {256}" },
		{ "format('{99999999999999999999999}', 1)", "The following "
		    "format string is invalid: {99999999999999999999999}" },
		{ "format('{1}', 1)", "The following format string references "
		    "more arguments than were supplied: {1}" },
		{ "format('{0:x}', 1)",
		    "The following format specifiers are not valid: x" },
		{ "format('{0:}', 1)", "\"1\"" },
		{ "format('{0:', 1)",
		    "The following format string is invalid: {0:" },
		{ "format('{0:}}', 1)",
		    "The following format string is invalid: {0:}}" },
		{ "toJSON('\"\\/\xc3\xa9')", "\"\\\"\\\\\\\"\\\\\\\\/\xc3\xa9\\\"\"" },
		{ "toJSON(list)", "\"[\\n  [\\n    1,\\n    2\\n  ],\\n  [\\n"
		    "    3,\\n    4\\n  ],\\n  {\\n    \\\"0\\\": \\\"zero\\\""
		    "\\n  },\\n  \\\"abc\\\"\\n]\"" },
		{ "toJSON(fromJSON('[[], {}, [[]]]'))",
		    "\"[\\n  [],\\n  {},\\n  [\\n    []\\n  ]\\n]\"" },
		{ "toJSON('\xc2\x85\xe2\x80\xa8\x01\x7f')",
		    "\"\\\"\\\\u0085\\\\u2028\\\\u0001\x7f\\\"\"" },
		{ "toJSON(NaN)", "\"NaN\"" },
		{ "toJSON(null)", "\"null\"" },
		{ "fromJSON('12345678901234567890')", "1.23456789012346E+19" },
		{ "fromJSON(1)", "1" },
		{ "fromJSON(true)", "true" },
		{ "fromJSON(' ')", "Error parsing JSON when evaluating "
		                   "fromJson: empty input" },
		{ "fromJSON(null)", "Error parsing JSON when evaluating "
		                    "fromJson: empty input" },
		{ "fromJSON('{\"A\": 1}').a", "1" },
		{ "fromJSON('\"a\\u0000b\"') == 'a'", "false" },
		{ "case(false, fromJSON('['), 'no')", "\"no\"" },
		{ "case(true, 'yes', fromJSON('['))", "\"yes\"" },
		{ "case(true)", "Too few parameters supplied: 'case'" },
		{ "case(true, 1)", "Too few parameters supplied: 'case'" },
		{ "contains('a')", "Too few parameters supplied: 'contains'" },
		{ "format()", "Too few parameters supplied: 'format'" },
		{ "always(1)", "Too many parameters supplied: 'always'" },
		{ "contains('a',)", "Unexpected symbol: ')'" },
		{ "contains(,'a')", "Unexpected symbol: ','" },
		{ "hashFiles('**')", "hashFiles failed: there are no files "
		                     "here" },
		{ "success() && !failure() && !cancelled() && always()",
		    "true" },
	};

	check_pairs(pairs, ARRAY_LEN(pairs));
}

static void
test_numbers(void)
{
	static const struct pair pairs[] = {
		{ "1.", "1" },
		{ ".5", "0.5" },
		{ "-.5e1", "-5" },
		{ "+1", "1" },
		{ "1e999", "Infinity" },
		{ "-1e999", "-Infinity" },
		{ "1e-999", "0" },
		{ "100000000000000", "100000000000000" },
		{ "1000000000000000", "1E+15" },
		{ "0.0001", "0.0001" },
		{ "0.00001", "1E-05" },
		{ "1.5e300", "1.5E+300" },
		{ "0.1 + 0.2", "Unexpected symbol: '+'" },
		{ "0.30000000000000004", "0.3" },
		{ "123456789012345678", "1.23456789012346E+17" },
		{ "0xFF", "255" },
		{ "0xfffffffff", "68719476735" },
		{ "0o17", "15" },
		{ "-0", "0" },
		{ "0x", "Unexpected symbol: '0x'" },
		{ "0xg", "Unexpected symbol: '0xg'" },
		{ "0o8", "Unexpected symbol: '0o8'" },
		{ "0X1", "Unexpected symbol: '0X1'" },
		{ "-0x1", "Unexpected symbol: '-0x1'" },
		{ "0b1", "Unexpected symbol: '0b1'" },
		{ "1e", "Unexpected symbol: '1e'" },
		{ "1e+", "Unexpected symbol: '1e+'" },
		{ "1.2.3", "Unexpected symbol: '1.2.3'" },
		{ ".", "Unexpected symbol: '.'" },
		{ "-", "Unexpected symbol: '-'" },
		{ "1_000", "Unexpected symbol: '1_000'" },
		{ "-NaN", "Unexpected symbol: '-NaN'" },
		{ "infinity", "Unrecognized named-value: 'infinity'" },
		{ "'1_0' == 10", "false" },
		{ "'\xc2\xa0 7 \xe3\x80\x80' == 7", "true" },
		{ "'0x' == 0", "false" },
		{ "'1 2' == 12", "false" },
		{ "'0b11' == 3", "false" },
		{ "'nan' == 0", "false" },
		{ "' ' == 0", "true" },
		{ "'1e3' == 1000", "true" },
		{ "'.' == 0", "false" },
	};

	check_pairs(pairs, ARRAY_LEN(pairs));
}

/* xorshift: the same numbers at every run. */
static uint64_t
next_random(void)
{
	static uint64_t x = UINT64_C(0x9e3779b97f4a7c15);

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return x;
}

static const char *
format_number(double d, struct arena *a)
{
	struct expr_value v = expr_number(d);

	return expr_to_string(&v, a);
}

static double
parse_number(const char *s)
{
	struct expr_value v = expr_string(s);

	return expr_to_number(&v);
}

/* What a number becomes as a string reads back as a number that becomes the
 * same string, is near, and whole numbers below 10^15 stay exact. */
static void
test_number_properties(void)
{
	size_t changed = 0, far = 0, wrong = 0, not_exact = 0;
	struct arena a = ARENA_INIT(0);

	for (int i = 0; i < 100000; i++) {
		uint64_t bits = next_random();
		long long whole = (long long)(bits % 1999999999999999ULL) -
		    999999999999999LL;
		double d, back;
		const char *s;
		char exact[32];

		memcpy(&d, &bits, sizeof(d));
		s = format_number(d, &a);
		back = parse_number(s);
		if (strcmp(s, format_number(back, &a)) != 0)
			changed++;
		if (isfinite(d) && fabs(back - d) > fabs(d) * 1e-14)
			far++;
		if (s[strspn(s, "+-.0123456789EINFainfty")] != '\0')
			wrong++;
		snprintf(exact, sizeof(exact), "%lld", whole);
		if (strcmp(format_number((double)whole, &a), exact) != 0)
			not_exact++;
		if (i % 1000 == 0)
			arena_release(&a);
	}
	is_int((long long)changed, 0, "numbers as strings read back alike");
	is_int((long long)far, 0, "and are near");
	is_int((long long)wrong, 0, "and hold nothing strange");
	is_int((long long)not_exact, 0, "whole numbers stay exact");
	arena_release(&a);
}

/* --- mistakes ---------------------------------------------------------------------- */

static void
test_places_of_mistakes(void)
{
	static const struct {
		const char *text;
		enum expr_error_kind kind;
		size_t offset, len;
		const char *hint;
	} cases[] = {
		{ "githb.ref", EXPR_PARSING, 0, 5, "did you mean \"github\"?" },
		{ "1 == zzz", EXPR_PARSING, 5, 3,
		    "known in a test: github, env, list, nothing" },
		{ "\xc3\xa4 == 1", EXPR_LEXING, 0, 2, NULL },
		{ "  \"a\"", EXPR_LEXING, 2, 3,
		    "strings stand in single quotes" },
		{ "1 == 'abc", EXPR_LEXING, 5, 4,
		    "close the string with a single quote" },
		{ "starsWith('a', 'b')", EXPR_PARSING, 0, 9,
		    "did you mean \"startsWith\"?" },
		{ "format('{1}', 'b')", EXPR_EVALUATION, 7, 5, NULL },
		{ "1 && (0 || fromJSON('x')) && 3", EXPR_EVALUATION, 11, 13,
		    NULL },
		{ "(1", EXPR_PARSING, 1, 1, NULL },
		{ "format('a', 1", EXPR_PARSING, 12, 1, NULL },
		{ "list[0", EXPR_PARSING, 5, 1, NULL },
		{ "list[0", EXPR_PARSING, 5, 1, NULL },
		{ "list.", EXPR_PARSING, 4, 1, NULL },
		{ "1 ==", EXPR_PARSING, 2, 2, NULL },
	};
	struct arena a = ARENA_INIT(0);
	struct expr_env env = { .contexts = NULL };
	struct expr_error error;
	struct expr_value v;
	struct expr e;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *text = cases[i].text;

		memset(&error, 0, sizeof(error));
		ok(expr_parse(text, strlen(text), &everywhere, &a, &e,
		       &error) == -1 ||
		    expr_eval(&e, &env, &a, &v, &error) == -1,
		    "%s is a mistake", text);
		is_int(error.kind, cases[i].kind, "of its kind: %s",
		    error.text);
		is_int((long long)error.offset, (long long)cases[i].offset,
		    "where it begins");
		is_int((long long)error.len, (long long)cases[i].len,
		    "how long it is");
		is_str(error.hint, cases[i].hint, "what to do");
	}
	arena_release(&a);
}

static void
test_message(void)
{
	static const char text[] = "'\xf0\x9f\x98\x8a\xc3\xa4' == x";
	struct arena a = ARENA_INIT(0);
	struct str message = STR_INIT;
	struct expr_error error;
	struct expr e;

	expr_parse(text, strlen(text), &everywhere, &a, &e, &error);
	expr_error_message(&error, &message);
	is_str(message.s, "Unrecognized named-value: 'x'. Located at position "
	    "10 within expression: '\xf0\x9f\x98\x8a\xc3\xa4' == x",
	    "positions count UTF-16, as GitHub does");
	str_release(&message);
	arena_release(&a);
}

static void
test_where_known(void)
{
	static const struct {
		const char *place, *text, *want;
	} cases[] = {
		{ "jobs.<job_id>.if", "needs.a.result", NULL },
		{ "jobs.<job_id>.if", "success('a') && failure('b', 'c')",
		    NULL },
		{ "jobs.<job_id>.if", "branch == 'main'", NULL },
		{ "jobs.<job_id>.if", "secrets.A",
		    "Unrecognized named-value: 'secrets'" },
		{ "jobs.<job_id>.if", "env.A",
		    "Unrecognized named-value: 'env'" },
		{ "jobs.<job_id>.if", "hashFiles('a')",
		    "Unrecognized function: 'hashFiles'" },
		{ "jobs.<job_id>.steps.if", "hashFiles('a') && env.A", NULL },
		{ "jobs.<job_id>.steps.if", "failure('a')",
		    "Too many parameters supplied: 'failure'" },
		{ "jobs.<job_id>.steps.run", "secrets.A", NULL },
		{ "jobs.<job_id>.steps.run", "always()",
		    "Unrecognized function: 'always'" },
		{ "concurrency", "needs.a",
		    "Unrecognized named-value: 'needs'" },
		{ "jobs.<job_id>.strategy", "fromJSON(needs.a.outputs.b)",
		    NULL },
		{ "on.workflow_call.outputs.<output_id>.value",
		    "jobs.a.outputs.b", NULL },
	};
	struct arena a = ARENA_INIT(0);
	struct expr_error error;
	struct expr e;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct expr_place *place =
		    expr_place_find(cases[i].place);
		int r = place == NULL ? -1 : expr_parse(cases[i].text,
		    strlen(cases[i].text), place, &a, &e, &error);

		is_str(r == 0 ? NULL : error.text, cases[i].want, "%s in %s",
		    cases[i].text, cases[i].place);
	}
	ok(expr_place_find("nowhere") == NULL, "an unknown place is none");
	arena_release(&a);
}

/* --- limits ------------------------------------------------------------------------ */

/* `n` times `open`, a middle, `n` times `close`. */
static void
nested(struct str *s, const char *open, const char *middle, const char *close,
    int n)
{
	str_clear(s);
	for (int i = 0; i < n; i++)
		str_add(s, open);
	str_add(s, middle);
	for (int i = 0; i < n; i++)
		str_add(s, close);
}

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

		nested(&s, cases[i].open, cases[i].middle, cases[i].close, n);
		evaluate(s.s, NULL, &got);
		ok(strstr(got.s, "xceeded") == NULL, "%s %s %s %d times: %s",
		    cases[i].open, cases[i].middle, cases[i].close, n, got.s);
		nested(&s, cases[i].open, cases[i].middle, cases[i].close,
		    n < 1000 ? n + 1 : 6000);
		evaluate(s.s, NULL, &got);
		ok(strstr(got.s, "Exceeded max expression ") != NULL,
		    "and no more: %s", got.s);
	}
	nested(&s, " ", "1", " ", EXPR_MAX_LENGTH / 2 - 1);
	evaluate(s.s, NULL, &got);
	is_str(got.s, "1", "%zu bytes are allowed", s.len);
	nested(&s, " ", "1", " ", EXPR_MAX_LENGTH / 2);
	evaluate(s.s, NULL, &got);
	is_str(got.s, "Exceeded max expression length 21000", "%zu are not",
	    s.len);
	for (const char *p = "([!.,*'&|=<>-"; *p != '\0'; p++) {
		nested(&s, (char[]){ *p, '\0' }, "", "", EXPR_MAX_LENGTH - 1);
		evaluate(s.s, NULL, &got);
		ok(got.len > 0, "20,999 times %c: %.60s", *p, got.s);
	}
	str_release(&s);
	str_release(&got);
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
		nested(&pieces, "{0}", "", "", n);
		str_addf(&s, "%s', s) == ''", pieces.s);
		is_int(fits(s.s, 1, 1000, &used), n == 30, "%d pieces", n);
		str_clear(&s);
		str_add(&s, "join(fromJSON('[1");
		nested(&pieces, ",1", "", "", n / 2 - 1);
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

	nested(&s, "[", "1", "]", EXPR_MAX_JSON_DEPTH);
	is_int(expr_json_read(s.s, s.len, 1 << 20, &a, &v, &err), 0,
	    "JSON of 100 levels is read");
	nested(&s, "[", "1", "]", EXPR_MAX_JSON_DEPTH + 1);
	is_int(expr_json_read(s.s, s.len, 1 << 20, &a, &v, &err), -1,
	    "one more is not");
	is_str(err.text, "deeper than 100 levels", "and it says why");
	nested(&s, "[", "1", "]", 200000);
	is_int(expr_json_read(s.s, s.len, 64 << 20, &a, &v, &err), -1,
	    "a great many are not");
	nested(&s, "", "[1", ",1", 100000);
	str_add_char(&s, ']');
	is_int(expr_json_read(s.s, s.len, 1 << 20, &a, &v, &err), -1,
	    "a list too long for the memory is refused");
	is_int(err.code, ERR_TOO_LARGE, "before it is read: %s", err.text);
	nested(&s, "\"\\\"", "[", "", 1);
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

/* --- objects ----------------------------------------------------------------------- */

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

/* --- templates and conditions --------------------------------------------------------- */

static void
test_templates(void)
{
	static const struct pair pairs[] = {
		{ "", "\"\"" },
		{ "plain", "\"plain\"" },
		{ "$ {{ a }} $${ b }", "\"$ {{ a }} $${ b }\"" },
		{ "${{ 1 }}", "1" },
		{ "${{list[0]}}", "[1, 2]" },
		{ "${{ 1 }}${{ null }}${{ true }}", "\"1true\"" },
		{ " ${{ 1 }}", "\" 1\"" },
		{ "a ${{ list }} b", "\"a Array b\"" },
		{ "{0} ${{ '{1}' }}", "\"{0} {1}\"" },
		{ "${{ '}}' }}", "\"}}\"" },
		{ "${{ 'it''s }}' }}!", "\"it's }}!\"" },
		{ "${{ 1 }} }}", "\"1 }}\"" },
		{ "${{ }}", "An expression was expected" },
		{ "a ${{ 1", "The expression is not closed. An unescaped ${{ "
		    "sequence was found, but the closing }} sequence was not "
		    "found." },
		{ "a ${{ ' }}", "The expression is not closed. An unescaped "
		    "${{ sequence was found, but the closing }} sequence was "
		    "not found." },
		{ "${{ 1 }} ${{ nosuch }}",
		    "Unrecognized named-value: 'nosuch'" },
	};
	struct str got = STR_INIT;

	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		const char *text = pairs[i].text;
		struct arena a = ARENA_INIT(0);
		struct expr_env env = { .contexts = NULL };
		struct expr_error error;
		struct expr_value v;

		env.contexts = read_json(context_json, &a).object;
		str_clear(&got);
		if (expr_template(text, strlen(text), &everywhere, &env, &a, &v,
		    &error) == -1)
			str_add(&got, error.text);
		else
			expr_json_write(&v, 500, &got);
		is_str(got.s, pairs[i].want, "template: %s", text);
		arena_release(&a);
	}
	str_release(&got);
}

static void
test_template_places(void)
{
	static const struct {
		const char *text;
		size_t offset;
	} cases[] = {
		{ "abc ${{ nosuch }}", 8 },
		{ "${{ 1 }} ${{ 1 + }}", 15 },
		{ "x${{ fromJSON('[') }}", 5 },
		{ "x ${{ 1", 2 },
		{ "x ${{  }}", 2 },
	};
	struct arena a = ARENA_INIT(0);
	struct expr_env env = { .contexts = NULL };
	struct expr_error error;
	struct expr_value v;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *text = cases[i].text;

		is_int(expr_template(text, strlen(text), &everywhere, &env,
		    &a, &v, &error), -1, "%s is a mistake", text);
		is_int((long long)error.offset, (long long)cases[i].offset,
		    "at its place: %s", error.text);
	}
	arena_release(&a);
}

/* A template as one expression says the same as the template. */
static void
test_sources(void)
{
	static const struct pair pairs[] = {
		{ "", "''" },
		{ "it's {x}", "'it''s {x}'" },
		{ "${{  1 < 2\n}}", "1 < 2" },
		{ "echo ${{ env.A }}", "format('echo {0}', env.A)" },
		{ "${{ 'a' }}${{ 'b' }}", "format('{0}{1}', 'a', 'b')" },
		{ "it's {x} ${{ 'y' }}", "format('it''s {{x}} {0}', 'y')" },
	};
	static const struct pair conditions[] = {
		{ " ", "success()" },
		{ "${{ toJSON( env.A) }}", "success() && (toJSON( env.A))" },
		{ "false || true", "success() && (false || true)" },
		{ "false || always()", "false || always()" },
		{ "${{ failure() }}", "failure()" },
		{ "${{ 1 }} == 1", "success() && (format('{0} == 1', 1))" },
	};
	struct arena a = ARENA_INIT(0);
	struct str got = STR_INIT;
	struct expr_error error;
	struct expr_template t;

	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		str_clear(&got);
		expr_template_parse(pairs[i].text, strlen(pairs[i].text),
		    &everywhere, &a, &t, &error);
		expr_template_source(&t, &got);
		is_str(got.s, pairs[i].want, "\"%s\" as an expression",
		    pairs[i].want);
	}
	for (size_t i = 0; i < ARRAY_LEN(conditions); i++) {
		str_clear(&got);
		expr_condition_parse(conditions[i].text,
		    strlen(conditions[i].text), &everywhere, &a, &t, &error);
		expr_condition_source(&t, &got);
		is_str(got.s, conditions[i].want, "if: %s",
		    conditions[i].text);
	}
	str_release(&got);
	arena_release(&a);
}

static void
test_template_messages(void)
{
	static const struct pair pairs[] = {
		{ "a ${{  secrets.foo  }}", "Unrecognized named-value: "
		    "'secrets'. Located at position 1 within expression: "
		    "secrets.foo" },
		{ "${{ 1 }}: ${{ 1 < }}", "Unexpected end of expression: '<'. "
		    "Located at position 3 within expression: 1 <" },
		{ "a ${{ case(1, 2, 3) }}", "case predicate must evaluate to a "
		    "boolean value. Located at position 6 within expression: "
		    "case(1, 2, 3)" },
		{ "a ${{ }}", "An expression was expected" },
	};
	struct arena a = ARENA_INIT(0);
	struct expr_env env = { .contexts = NULL };
	struct str got = STR_INIT;
	struct expr_error error;
	struct expr_value v;

	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		str_clear(&got);
		expr_template(pairs[i].text, strlen(pairs[i].text),
		    &everywhere, &env, &a, &v, &error);
		expr_error_message(&error, &got);
		is_str(got.s, pairs[i].want, "the message for %s",
		    pairs[i].text);
	}
	str_release(&got);
	arena_release(&a);
}

/* What happened: a set of bits of enum expr_status. */
static bool
happened(void *ctx, enum expr_status which, const char *const *jobs,
    size_t n_jobs)
{
	const unsigned *bits = ctx;

	if (n_jobs > 0)
		return strcmp(jobs[0], "bad") != 0;
	return *bits >> which & 1;
}

static void
test_conditions(void)
{
	static const struct {
		const char *text;
		bool well, failed; /* what it is after success, failure */
	} cases[] = {
		{ "", true, false },
		{ "  ", true, false },
		{ "true", true, false },
		{ "false", false, false },
		{ "always()", true, true },
		{ "!failure()", true, false },
		{ "failure()", false, true },
		{ "${{ failure() }}", false, true },
		{ "${{ true }}", true, false },
		{ "${{ false }} ", true, false }, /* text, so it is true */
		{ "success() || failure()", true, true },
		{ "success('good')", true, true },
		{ "success('bad') || true", true, true },
		{ "Failure() == false", true, false },
		{ "'failure()'", true, false },
	};
	unsigned well = 1 << EXPR_SUCCESS, failed = 1 << EXPR_FAILURE;
	struct arena a = ARENA_INIT(0);
	struct expr_env env = { .status = happened };
	struct expr_error error;
	struct expr_template t;
	bool got[2] = { false, false };
	int r;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *text = cases[i].text;

		r = expr_condition_parse(text, strlen(text), &everywhere, &a,
		    &t, &error);
		env.ctx = &well;
		if (r == 0)
			r = expr_condition_eval(&t, &env, &a, &got[0], &error);
		env.ctx = &failed;
		if (r == 0)
			r = expr_condition_eval(&t, &env, &a, &got[1], &error);
		ok(r == 0 && got[0] == cases[i].well &&
		    got[1] == cases[i].failed, "if: \"%s\"", text);
	}
	r = expr_condition_parse("1 == ", 5, &everywhere, &a, &t, &error);
	is_int(r, -1, "a mistake in a condition is one");
	arena_release(&a);
}

static int
hash(void *ctx, const char *const *patterns, size_t n, struct arena *a,
    const char **out, struct err *err)
{
	(void)ctx;
	if (strcmp(patterns[0], "bad") == 0)
		return err_set(err, ERR_IO, "cannot read \"bad\"");
	*out = arena_printf(a, "%zu:%s", n, patterns[n - 1]);
	return 0;
}

static void
test_hash_files(void)
{
	struct expr_env env = { .hash_files = hash };
	struct str got = STR_INIT;

	evaluate("hashFiles('a', 1, '**/x')", &env, &got);
	is_str(got.s, "\"3:**/x\"", "hashFiles() asks the caller");
	evaluate("hashFiles('bad')", &env, &got);
	is_str(got.s, "hashFiles failed: cannot read \"bad\"",
	    "and passes on what went wrong");
	str_release(&got);
}

static void
test_trace(void)
{
	static const char text[] =
	    "github.event.n > 5 && (startsWith(github.ref,\n\t'refs') || "
	    "list[0])";
	struct arena a = ARENA_INIT(0);
	struct expr_trace trace = { NULL, 0 };
	struct expr_env env = { .trace = &trace };
	struct str out = STR_INIT;
	struct expr_error error;
	struct expr_value v;
	struct expr e;

	env.contexts = read_json(context_json, &a).object;
	expr_parse(text, strlen(text), &everywhere, &a, &e, &error);
	expr_eval(&e, &env, &a, &v, &error);
	expr_trace_print(&trace, text, &out);
	is_str(out.s,
	    "    github.event.n => 7\n"
	    "  github.event.n > 5 => true\n"
	    "      github.ref => \"refs/heads/main\"\n"
	    "    startsWith(github.ref, 'refs') => true\n"
	    "  (startsWith(github.ref, 'refs') || list[0]) => true\n"
	    "github.event.n > 5 && (startsWith(github.ref, 'refs') || "
	    "list[0]) => true\n",
	    "the steps are those that were done");
	str_release(&out);
	arena_release(&a);
}

static void
test_template_trace(void)
{
	static const char text[] = "on ${{ github.ref }} ${{ !list }}";
	struct arena a = ARENA_INIT(0);
	struct expr_trace trace = { NULL, 0 };
	struct expr_env env = { .trace = &trace, .max_bytes = 60 };
	struct str out = STR_INIT;
	struct expr_error error;
	struct expr_value v;

	env.contexts = read_json(context_json, &a).object;
	is_int(expr_template(text, strlen(text), &everywhere, &env, &a, &v,
	    &error), -1, "a template has the limit of one value");
	is_str(error.text, "The maximum allowed memory size was exceeded",
	    "and says so");
	env.max_bytes = 100;
	trace = (struct expr_trace){ NULL, 0 };
	is_int(expr_template(text, strlen(text), &everywhere, &env, &a, &v,
	    &error), 0, "one that is large enough");
	expr_trace_print(&trace, text, &out);
	is_str(out.s, "github.ref => \"refs/heads/main\"\n"
	              "  list => [[1, 2], [3, 4], {\"0\": \"zero\"}, "
	              "\"abc\"]\n"
	              "!list => false\n", "steps point into the template");
	str_release(&out);
	arena_release(&a);
}

static void
test_compact(void)
{
	struct arena a = ARENA_INIT(0);
	struct expr_value v = read_json("[\"\xc3\xa4\xc3\xa4\", 2]", &a);
	struct str out = STR_INIT;

	expr_json_write(&v, 5, &out);
	is_str(out.s, "[\"\xc3\xa4...", "a cut does not divide characters");
	str_release(&out);
	arena_release(&a);
}

/* Every row of the table of functions can be called, in any case. */
static void
test_table(void)
{
	struct arena a = ARENA_INIT(0);

	for (size_t i = 0; i < expr_n_functions; i++) {
		const struct expr_function *f = &expr_functions[i];
		struct str upper = STR_INIT;

		for (const char *p = f->name; *p != '\0'; p++)
			str_add_char(&upper, *p >= 'a' && *p <= 'z'
			    ? (char)(*p - 'a' + 'A') : *p);
		ok(expr_function_find(text_of(upper.s)) == f && f->eval &&
		    f->min_args <= f->max_args && f->results != 0,
		    "%s is known as %s", f->name, upper.s);
		str_release(&upper);
	}
	arena_release(&a);
}

int
main(void)
{
	test_values();
	test_filters();
	test_functions();
	test_numbers();
	test_number_properties();
	test_places_of_mistakes();
	test_message();
	test_where_known();
	test_limits();
	test_memory();
	test_json_limits();
	test_objects();
	test_templates();
	test_template_places();
	test_sources();
	test_template_messages();
	test_conditions();
	test_hash_files();
	test_trace();
	test_template_trace();
	test_compact();
	test_table();
	return tap_done();
}
