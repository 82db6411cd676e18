/*
 * diag-t.c - problems in text: order, form, limits; lines; spelling.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/diag.h"
#include "lib/base/lines.h"
#include "lib/base/str.h"
#include "t/lib/tap.h"

#define AT(l, c) ((struct pos) { (l), (c) })

static void
expect_print(const char *title, const char *source, struct pos pos,
    int width, const char *hint, const char *want)
{
	struct arena a = ARENA_INIT(0);
	struct diags d;
	struct str out = STR_INIT;

	diags_init(&d, &a, "f.yml", source, source ? strlen(source) : 0);
	is_int(diag_error(&d, pos, width, "rule", hint, "wrong"), -1,
	    "diag_error returns -1");
	diags_print(&d, &out);
	is_str(out.s, want, "%s", title);
	str_release(&out);
	arena_release(&a);
}

static void
test_print(void)
{
	expect_print("the form of the header", "a\n  need: build\n", AT(2, 3),
	    4, "did you mean \"needs\"?",
	    "f.yml:2:3: error: wrong\n"
	    "    2 |   need: build\n"
	    "      |   ^~~~  did you mean \"needs\"?\n");
	expect_print("without a hint", "abc", AT(1, 2), 1, NULL,
	    "f.yml:1:2: error: wrong\n    1 | abc\n      |  ^\n");
	expect_print("without the source", NULL, AT(1, 2), 1, "mend it",
	    "f.yml:1:2: error: wrong\n      | mend it\n");
	expect_print("without a place", "abc", AT(0, 0), 1, NULL,
	    "f.yml: error: wrong\n");
	expect_print("a place behind the text", "abc\n", AT(9, 9), 1, NULL,
	    "f.yml:9:9: error: wrong\n");
	expect_print("a place behind the line", "abc\n", AT(1, 80), 4, NULL,
	    "f.yml:1:80: error: wrong\n    1 | abc\n      |    ^\n");
	expect_print("the mark ends with the line", "abc\n", AT(1, 2), 99,
	    NULL, "f.yml:1:2: error: wrong\n    1 | abc\n      |  ^~\n");
	expect_print("the mark counts characters",
	    "\xc3\xa4\xe2\x82\xac: \xc3\xbc\xc3\xbc\n", AT(1, 8), 4, NULL,
	    "f.yml:1:8: error: wrong\n"
	    "    1 | \xc3\xa4\xe2\x82\xac: \xc3\xbc\xc3\xbc\n"
	    "      |     ^~\n");
	expect_print("nothing a terminal would obey",
	    "\ta\x1b\xff\xe2\x80\xae" "b\r\n", AT(1, 1), 1, NULL,
	    "f.yml:1:1: error: wrong\n    1 |  a???b\n      | ^\n");
	expect_print("a byte order mark is no column",
	    "\xef\xbb\xbf" "abc", AT(1, 2), 1, NULL,
	    "f.yml:1:2: error: wrong\n    1 | abc\n      |  ^\n");
}

static void
test_long_lines(void)
{
	struct str line = STR_INIT, want = STR_INIT;

	for (int i = 0; i < 60; i++)
		str_add(&line, "0123456789");
	str_add(&want, "f.yml:1:301: error: wrong\n    1 | ...");
	for (int i = 0; i < 10; i++)
		str_add(&want, "0123456789");
	str_add(&want, "...\n      | ");
	for (int i = 0; i < 43; i++)
		str_add_char(&want, ' ');
	str_add(&want, "^~~\n");
	expect_print("a long line is cut around the place", line.s,
	    AT(1, 301), 3, NULL, want.s);
	str_clear(&want);
	str_addf(&want, "f.yml:1:1: error: wrong\n    1 | %.100s...\n      | ^",
	    line.s);
	for (int i = 0; i < 99; i++)
		str_add_char(&want, '~');
	str_add(&want, "\n");
	expect_print("and so is the mark", line.s, AT(1, 1), 500, NULL,
	    want.s);
	str_release(&line);
	str_release(&want);
}

static void
test_sort(void)
{
	struct arena a = ARENA_INIT(0);
	struct diags d;
	struct str out = STR_INIT;

	diags_init(&d, &a, "f", NULL, 0);
	diag_error(&d, AT(2, 1), 1, "r", NULL, "c");
	diag_warning(&d, AT(1, 5), 1, "r", NULL, "b");
	diag_error(&d, AT(2, 1), 1, "r", NULL, "d");
	diag_error(&d, AT(2, 1), 1, "r", NULL, "c");
	diag_error(&d, AT(1, 2), 1, "r", NULL, "a");
	diags_sort(&d);
	diags_print(&d, &out);
	is_str(out.s, "f:1:2: error: a\nf:1:5: warning: b\nf:2:1: error: c\n"
	    "f:2:1: error: d\n", "sorted by place, without doubles");
	is_int((long long)d.n_errors, 3, "doubles do not count");
	str_release(&out);
	arena_release(&a);
}

static void
test_limits(void)
{
	struct arena a = ARENA_INIT(0);
	struct diags d;
	struct str out = STR_INIT;
	char big[5000];

	memset(big, 'x', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	diags_init(&d, &a, "f", NULL, 0);
	diag_error(&d, AT(1, 1), 1, "r", NULL, "a\nb\x1b %s", big);
	ok(strlen(d.list[0].text) < 500, "a text is bounded");
	ok(str_starts_with(d.list[0].text, "a?b? xxx"), "and one line");
	ok(str_ends_with(d.list[0].text, "xxx..."), "and says it is cut");
	for (int i = 0; i < 1000; i++)
		diag_warning(&d, AT(i, 1), 1, "r", NULL, "w");
	ok(d.n < DIAG_MAX && d.truncated, "warnings leave room");
	for (int i = 0; i < 1000; i++)
		diag_error(&d, AT(i, 1), 1, "r", NULL, "e");
	is_int((long long)d.n, DIAG_MAX, "and errors have a limit");
	is_int((long long)d.n_errors, 1001, "all of them count");
	diags_print(&d, &out);
	ok(str_ends_with(out.s, "\nf: more problems were found than are "
	    "shown\n"), "the reader is told");
	str_release(&out);
	arena_release(&a);
}

static void
test_lines(void)
{
	static const char text[] = "ab\n\ncd\r\ne";
	struct lines l;
	size_t len;
	struct pos pos;

	lines_init(&l, text, strlen(text));
	is_int((long long)l.n, 4, "lines are counted");
	pos = lines_pos(&l, 5);
	is_int(pos.line * 100 + pos.col, 302, "a byte's place");
	pos = lines_pos(&l, 99);
	is_int(pos.line * 100 + pos.col, 402, "beyond the end: the end");
	ok(lines_get(&l, 3, &len) == text + 4 && len == 2,
	    "a line without its CR LF");
	ok(lines_get(&l, 4, &len) == text + 8 && len == 1, "the last line");
	ok(lines_get(&l, 5, &len) == NULL && lines_get(&l, 0, &len) == NULL,
	    "lines that are not there");
	lines_release(&l);
	lines_init(&l, "", 0);
	ok(lines_get(&l, 1, &len) != NULL && len == 0, "an empty text");
	lines_release(&l);
}

static void
test_suggest(void)
{
	static const char *const words[] = {
		"needs", "name", "steps", "runs-on", "timeout-minutes", "on",
		NULL
	};
	static const struct {
		const char *word, *want;
	} cases[] = {
		{ "need", "needs" },
		{ "stpes", "steps" },
		{ "Needs", "needs" },
		{ "runs_on", "runs-on" },
		{ "runson", "runs-on" },
		{ "timeout_minute", "timeout-minutes" },
		{ "no", "on" },
		{ "tmieout-minutse", "timeout-minutes" },
		{ "timeoutminutesabc", NULL },
		{ "imeout-minutes-", "timeout-minutes" },
		{ "xtimeout-minutes", "timeout-minutes" },
		{ "xyz", NULL },
		{ "", NULL },
		{ "a", NULL },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		is_str(suggest_word(cases[i].word, words), cases[i].want,
		    "\"%s\" suggests %s", cases[i].word,
		    cases[i].want ? cases[i].want : "nothing");
}

int
main(void)
{
	test_print();
	test_long_lines();
	test_sort();
	test_limits();
	test_lines();
	test_suggest();
	return tap_done();
}
