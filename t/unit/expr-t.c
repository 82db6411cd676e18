/*
 * expr-t.c - values, functions, numbers and mistakes of expressions, and the
 * page that describes them.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/pipeline/expr_ast.h"
#include "t/lib/expr.h"
#include "t/lib/tap.h"

static void
test_values(void)
{
	static const struct expr_pair pairs[] = {
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

	expr_test_pairs(pairs, ARRAY_LEN(pairs));
}

static void
test_filters(void)
{
	static const struct expr_pair pairs[] = {
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

	expr_test_pairs(pairs, ARRAY_LEN(pairs));
}

static void
test_functions(void)
{
	static const struct expr_pair pairs[] = {
		{ "CONTAINS('Hello', 'ELL')", "true" },
		{ "contains(list, 'ABC')", "true" },
		{ "contains(list, list)", "false" },
		{ "contains(github, 'ref')", "false" },
		{ "contains('a', list)", "false" },
		{ "contains(github, fromJSON('x'))", "false" },
		{ "contains(fromJSON('[]'), fromJSON('x'))", "false" },
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
		{ "join('abc', fromJSON('x'))", "\"abc\"" },
		{ "join(fromJSON('[1]'), fromJSON('x'))", "\"1\"" },
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
		{ "toJSON('\"\\/\xc3\xa9')",
		    "\"\\\"\\\\\\\"\\\\\\\\/\xc3\xa9\\\"\"" },
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
		{ "fromJSON('sekrit-token')", "Error parsing JSON when "
		    "evaluating fromJson: line 1, column 6: invalid token" },
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

	expr_test_pairs(pairs, ARRAY_LEN(pairs));
}

static void
test_numbers(void)
{
	static const struct expr_pair pairs[] = {
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

	expr_test_pairs(pairs, ARRAY_LEN(pairs));
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
		ok(expr_parse(text, strlen(text), &expr_test_place, &a, &e,
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

	expr_parse(text, strlen(text), &expr_test_place, &a, &e, &error);
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

static struct expr_text
text_of(const char *s)
{
	return (struct expr_text){ s, strlen(s) };
}

static void
test_compact(void)
{
	struct arena a = ARENA_INIT(0);
	struct expr_value v = expr_test_json("[\"\xc3\xa4\xc3\xa4\", 2]", &a);
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

/* A line "EXPRESSION => VALUE" of doc/expressions.md. */
static void
check_example(char *line)
{
	char *want = strstr(line, " => ");
	struct str got = STR_INIT;

	if (want == NULL) {
		ok(false, "an example of the page: %s", line);
		return;
	}
	*want = '\0';
	expr_test_eval(line, NULL, &got);
	is_str(got.s, want + 4, "the page is right: %s", line);
	str_release(&got);
}

static void
check_place(const struct expr_place *place, const char *page)
{
	struct str row = STR_INIT;

	str_addf(&row, "\n| `%s` | ", place->name);
	for (size_t i = 0; place->contexts[i] != NULL; i++)
		str_addf(&row, "%s%s", i > 0 ? ", " : "", place->contexts[i]);
	str_add(&row, " |");
	if (place->functions & EXPR_STATUS)
		str_add(&row, place->functions & EXPR_STATUS_OF_JOBS
		    ? " status of jobs" : " status,");
	if (place->functions & EXPR_HASH_FILES)
		str_add(&row, " hashFiles");
	str_add(&row, " |\n");
	ok(strstr(page, row.s) != NULL, "the page has the row of %s",
	    place->name);
	str_release(&row);
}

static void
test_page(void)
{
	const char *srcdir = getenv("srcdir");
	struct err err = { ERR_NONE, "" };
	struct str path = STR_INIT, page = STR_INIT;
	bool example = false;
	char *line, *rest;
	int n = 0;

	str_addf(&path, "%s/doc/expressions.md", srcdir ? srcdir : ".");
	ok(file_read(path.s, 1 << 20, &page, &err) == 0, "the page is there");
	for (const struct expr_place *p = expr_places; p->name != NULL; p++)
		check_place(p, page.s);
	rest = page.len > 0 ? page.s : NULL;
	while ((line = strsep(&rest, "\n")) != NULL) {
		if (str_starts_with(line, "```")) {
			example = strcmp(line, "```expr") == 0;
		} else if (example) {
			check_example(line);
			n++;
		}
	}
	ok(n > 30, "the page has %d examples", n);
	str_release(&path);
	str_release(&page);
}

/* Habits from other languages are met with what to write here. */
static void
test_hints(void)
{
	static const struct expr_pair cases[] = {
		{ "1 AND 2", "write \"&&\"" },
		{ "1 or 2", "write \"||\"" },
		{ "1 & 2", "write \"&&\"" },
		{ "1 = 2", "compare with \"==\" or \"!=\"" },
		{ "1 === 2", "compare with \"==\" or \"!=\"" },
		{ "1 eq 2", "write \"==\"" },
		{ "github.ref contains 'a'", "write contains(a, b)" },
		{ "1 ? 2", "write case(condition, a, b)" },
		{ "1 + 2", "there is no arithmetic; format() joins texts" },
		{ "1 % 2", NULL },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena a = ARENA_INIT(0);
		struct expr_error error = { 0 };
		struct expr e;

		expr_parse(cases[i].text, strlen(cases[i].text), NULL, &a, &e,
		    &error);
		is_str(error.hint, cases[i].want, "hint: %s", cases[i].text);
		arena_release(&a);
	}
}

int
main(void)
{
	test_hints();
	test_values();
	test_filters();
	test_functions();
	test_numbers();
	test_number_properties();
	test_places_of_mistakes();
	test_message();
	test_where_known();
	test_compact();
	test_table();
	test_page();
	return tap_done();
}
