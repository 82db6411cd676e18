/*
 * yaml-t.c - YAML into a tree: types, places, and each error by its text.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/str.h"
#include "lib/base/yaml.h"
#include "t/lib/tap.h"

/* One document, its tree and its problems. */
struct doc {
	struct arena a;
	struct diags d;
	struct yaml *root;
	struct str problems;
};

static void
doc_read_len(struct doc *doc, const char *text, size_t len)
{
	arena_init(&doc->a, 0);
	str_init(&doc->problems);
	diags_init(&doc->d, &doc->a, "x.yml", text, len);
	doc->root = yaml_read(text, len, &doc->a, &doc->d);
	diags_sort(&doc->d);
	diags_print(&doc->d, &doc->problems);
}

static void
doc_read(struct doc *doc, const char *text)
{
	doc_read_len(doc, text, strlen(text));
}

static void
doc_release(struct doc *doc)
{
	arena_release(&doc->a);
	str_release(&doc->problems);
}

/* The tree as one line: types by their mark, places behind "@". */
static void
show(const struct yaml *node, struct str *out)
{
	if (node == NULL) {
		str_add(out, "none");
		return;
	}
	switch (node->type) {
	case YAML_NULL:
		str_add(out, "null");
		break;
	case YAML_BOOL:
		str_add(out, node->boolean ? "yes" : "no");
		break;
	case YAML_NUMBER:
		str_addf(out, "#%g", node->number);
		break;
	case YAML_STRING:
		str_addf(out, "'%s'", node->text);
		break;
	case YAML_LIST:
		for (size_t i = 0; i < node->n_items; i++) {
			str_add(out, i == 0 ? "[" : " ");
			show(node->items[i], out);
		}
		str_add(out, node->n_items == 0 ? "[]" : "]");
		break;
	case YAML_MAP:
		for (size_t i = 0; i < node->n_pairs; i++) {
			str_add(out, i == 0 ? "{" : " ");
			show(node->pairs[i].key, out);
			str_add_char(out, ':');
			show(node->pairs[i].value, out);
		}
		str_add(out, node->n_pairs == 0 ? "{}" : "}");
		break;
	}
}

static void
expect_tree(const char *text, const char *want)
{
	struct doc doc;
	struct str got = STR_INIT;

	doc_read(&doc, text);
	show(doc.root, &got);
	str_add(&got, doc.problems.s);
	is_str(got.s, want, "reads %s", want);
	str_release(&got);
	doc_release(&doc);
}

static void
expect_problem(const char *title, const char *text, const char *want)
{
	struct doc doc;

	doc_read(&doc, text);
	is_str(doc.problems.s, want, "%s", title);
	doc_release(&doc);
}

static void
test_types(void)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "", "null" },
		{ "# nothing\n", "null" },
		{ "~", "null" },
		{ "[null, Null, NULL, nULL]", "[null null null 'nULL']" },
		{ "[true, False, TRUE, tRue]", "[yes no yes 'tRue']" },
		{ "[on, yes, off, no, y]", "['on' 'yes' 'off' 'no' 'y']" },
		{ "[0, -1, +12, 010]", "[#0 #-1 #12 #10]" },
		{ "[0x1F, 0o17, 0x, 0b1]", "[#31 #15 '0x' '0b1']" },
		{ "[1.5, .5, 1., 1e3, 1E-2]", "[#1.5 #0.5 #1 #1000 #0.01]" },
		{ "[., 1e, 1.2.3, 1_000]", "['.' '1e' '1.2.3' '1_000']" },
		{ "[.inf, -.INF, .nan]", "[#inf #-inf #nan]" },
		{ "['1', \"true\", !!str 2]", "['1' 'true' '2']" },
		{ "[!!int 3, !!float 4, !!bool true]", "[#3 #4 yes]" },
		{ "[!!int 0x1e, !!int 0o17, !!float 5]", "[#30 #15 #5]" },
		{ "[2026-11-21, 12:30]", "['2026-11-21' '12:30']" },
		{ "a: |\n  x\n  y\nb: >\n  x\n  y\n",
		    "{'a':'x\ny\n' 'b':'x y\n'}" },
		{ "on: push\n? a\n: b\n1: c\n",
		    "{'on':'push' 'a':'b' #1:'c'}" },
		{ "a: &x [1]\nb: *x\nc: *x\n", "{'a':[#1] 'b':[#1] 'c':[#1]}" },
		{ "{}", "{}" },
		{ "--- \na\n...\n", "'a'" },
		{ "\xef\xbb\xbf" "a: 1", "{'a':#1}" },
		{ "a: 1\r\nb: 2\r\n", "{'a':#1 'b':#2}" },
		{ "%FOO bar\n# x\n%YAML 1.3\n--- a\n", "'a'" },
		{ "%YAML 1.3 # x\n--- a\n", "'a'" },
		{ "%YAML 1.2\r\n%TAG ! tag:x:\r\n--- a\n", "'a'" },
		{ "a: |\n  x\n   ", "{'a':'x\n \n'}" },
		{ "a: |\n  x\n ", "{'a':'x\n'}" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		expect_tree(cases[i].text, cases[i].want);
}

static void
test_places(void)
{
	struct doc doc;
	const struct yaml *v;

	doc_read(&doc, "\xef\xbb\xbf" "gr\xc3\xbc\xc3\x9f" "e: [a, 'b c']\n"
	    "x: \xc2\xa0y\nlist:\n  - k: \"v\"\r\n  - \xe2\x82\xac: z\n"
	    "text: |\n  long\n");
	v = yaml_get(doc.root, "gr\xc3\xbc\xc3\x9f" "e");
	ok(v != NULL && v->n_items == 2, "a key may be any UTF-8");
	is_int(v->items[1]->pos.col, 14, "columns count bytes");
	is_int(v->items[1]->width, 5, "the width counts the quotes");
	v = yaml_get(doc.root, "list");
	is_int(v->items[0]->pairs[0].value->pos.line, 4, "lines, with CR LF");
	is_int(v->items[0]->pairs[0].value->pos.col, 8, "and columns");
	is_int(v->items[1]->pairs[0].key->width, 3, "a key's width");
	is_int(v->items[1]->pairs[0].value->pos.col, 10, "behind it");
	v = yaml_get(doc.root, "text");
	is_int(v->width, 1, "a block's width is its mark");
	ok(yaml_get(doc.root, "absent") == NULL, "an absent key");
	ok(yaml_get(v, "x") == NULL, "a key of what is no map");
	ok(yaml_get(NULL, "x") == NULL, "a key of nothing");
	doc_release(&doc);
}

/* U+2028 ends a line for libyaml, and for no editor. */
static void
test_places_behind_separators(void)
{
	struct doc doc;

	doc_read(&doc, "a: \"\xe2\x80\xa8\"\nb: 1\n");
	is_int(doc.root->pairs[1].key->pos.line, 2, "U+2028 is no line end");
	is_int(doc.root->pairs[1].key->pos.col, 1, "and moves no column");
	doc_release(&doc);
}

static void
test_syntax_problems(void)
{
	expect_problem("a colon too many", "jobs:\n  a: b: c\n",
	    "x.yml:2:7: error: \":\" is not expected here\n"
	    "    2 |   a: b: c\n"
	    "      |       ^  quote a text that contains \": \", or check the "
	    "indentation\n");
	expect_problem("a tab for indentation", "a:\n\tb: c\n",
	    "x.yml:2:1: error: a tab is used for indentation\n"
	    "    2 |  b: c\n"
	    "      | ^  indent with blanks\n");
	expect_problem("an open quote", "a: b\nc: \"d\n",
	    "x.yml:2:4: error: the quote that opens here is never closed\n"
	    "    2 | c: \"d\n"
	    "      |    ^\n");
	expect_problem("an open list", "a: [b, c\nd: e\n",
	    "x.yml:2:2: error: expected \",\" or \"]\" of the list that is "
	    "open here\n"
	    "    2 | d: e\n"
	    "      |  ^\n");
	expect_problem("wrong indentation", "a:\n  b: 1\n c: 2\n",
	    "x.yml:3:2: error: expected a key of the map that is open here\n"
	    "    3 |  c: 2\n"
	    "      |  ^  check the indentation of this line and those above\n");
	expect_problem("a reserved character", "a: @b\n",
	    "x.yml:1:4: error: a value cannot start with \"@\"\n"
	    "    1 | a: @b\n"
	    "      |    ^  put the text in quotes\n");
	expect_problem("a key without colon", "a: 1\nbc\nd: 2\n",
	    "x.yml:2:1: error: expected \":\" after this key\n"
	    "    2 | bc\n"
	    "      | ^\n");
}

static void
test_own_problems(void)
{
	expect_problem("a duplicate key", "a: 1\nb: 2\na: 3\n",
	    "x.yml:3:1: error: 'a' is already defined\n"
	    "    3 | a: 3\n"
	    "      | ^  it stands first in line 1\n");
	expect_problem("an unknown tag", "a: !run x\n",
	    "x.yml:1:4: error: Unexpected tag '!run'\n"
	    "    1 | a: !run x\n"
	    "      |    ^~~~~~  quote a text that starts with \"!\"\n");
	expect_problem("a tag that does not fit", "a: !!int x\n",
	    "x.yml:1:4: error: The value 'x' on line 1 and column 4 is "
	    "invalid for the type 'tag:yaml.org,2002:int'\n"
	    "    1 | a: !!int x\n"
	    "      |    ^~~~~~~  it needs a whole number\n");
	expect_problem("two documents", "a: 1\n---\nb: 2\n",
	    "x.yml:2:1: error: a second document starts here; a file holds "
	    "one\n"
	    "    2 | ---\n"
	    "      | ^  remove \"---\" or move it to a file of its own\n");
	expect_problem("an alias of nothing", "a: *b\n",
	    "x.yml:1:4: error: alias \"*b\" has no anchor \"&b\"\n"
	    "    1 | a: *b\n"
	    "      |    ^  an anchor is written before its aliases\n");
	expect_problem("an alias of itself", "a: &a [*a]\n",
	    "x.yml:1:8: error: alias \"*a\" stands within its own anchor\n"
	    "    1 | a: &a [*a]\n"
	    "      |        ^\n");
	expect_problem("a list as key", "? [a]\n: b\n",
	    "x.yml:1:3: error: a key must be a plain text, not a list\n"
	    "    1 | ? [a]\n"
	    "      |   ^  quote a text that starts with \"[\" or \"{\"\n");
	expect_problem("a merge key", "a: &a {b: 1}\nc:\n  <<: *a\n",
	    "x.yml:3:3: error: merge keys (\"<<\") are not supported\n"
	    "    3 |   <<: *a\n"
	    "      |   ^~  write the keys out\n");
	expect_problem("a fraction that is said to be whole", "a: !!int 1.5\n",
	    "x.yml:1:4: error: The value '1.5' on line 1 and column 4 is "
	    "invalid for the type 'tag:yaml.org,2002:int'\n"
	    "    1 | a: !!int 1.5\n"
	    "      |    ^~~~~~~~~  it needs a whole number\n");
	expect_problem("an open list before a line of blanks",
	    "on: [tetsame: x\n   ",
	    "x.yml:2:4: error: expected \",\" or \"]\" of the list that is open "
	    "here\n"
	    "    2 |    \n"
	    "      |    ^\n");
	expect_problem("a byte that is not UTF-8", "a: b\nc: \xff\n",
	    "x.yml:2:4: error: byte 0xff is not UTF-8\n"
	    "    2 | c: ?\n"
	    "      |    ^  save the file as UTF-8\n");
	expect_problem("a control character", "a: \x1b[31m\n",
	    "x.yml:1:4: error: control character U+001B is not allowed\n"
	    "    1 | a: ?[31m\n"
	    "      |    ^  remove it\n");
	expect_problem("a NUL by an escape", "a: \"x\\0y\"\n",
	    "x.yml:1:4: error: a text must not contain the character NUL\n"
	    "    1 | a: \"x\\0y\"\n"
	    "      |    ^~~~~~\n");
}

static void
expect_limit(const char *title, const struct str *text, const char *rule)
{
	struct doc doc;

	doc_read_len(&doc, text->s, text->len);
	ok(doc.root == NULL && doc.d.n == 1, "%s gives one error", title);
	is_str(doc.d.n > 0 ? doc.d.list[0].rule : NULL, rule, "%s: %s", title,
	    rule);
	doc_release(&doc);
}

static void
test_limits(void)
{
	struct str s = STR_INIT;

	str_reserve(&s, YAML_MAX_BYTES + 1);
	while (s.len <= YAML_MAX_BYTES)
		str_add_char(&s, '#');
	expect_limit("a file too large", &s, "yaml-size");

	str_clear(&s);
	for (int i = 0; i < 100; i++)
		str_add(&s, "[");
	expect_limit("a nest too deep", &s, "yaml-depth");

	str_clear(&s);
	for (int i = 0; i <= YAML_MAX_NODES; i++)
		str_add(&s, "- \n");
	expect_limit("too many values", &s, "yaml-nodes");

	str_clear(&s);
	str_add(&s, "a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
	for (int i = 1; i < 10; i++) {
		str_addf(&s, "a%d: &a%d [", i, i);
		for (int k = 0; k < 9; k++)
			str_addf(&s, "%s*a%d", k > 0 ? "," : "", i - 1);
		str_add(&s, "]\n");
	}
	expect_limit("aliases of aliases", &s, "yaml-nodes");

	str_clear(&s);
	str_add(&s, "a0: &a0 [x]\n");
	for (int i = 1; i < 80; i++)
		str_addf(&s, "a%d: &a%d [*a%d]\n", i, i, i - 1);
	expect_limit("a nest by aliases", &s, "yaml-depth");
	str_release(&s);
}

static void
test_memory_limit(void)
{
	struct arena a;
	struct diags d;
	struct str s = STR_INIT;

	arena_init(&a, 64 * 1024);
	for (int i = 0; i < 5000; i++)
		str_addf(&s, "k%d: v\n", i);
	diags_init(&d, &a, "x.yml", s.s, s.len);
	ok(yaml_read(s.s, s.len, &a, &d) == NULL, "the arena's limit stops");
	is_str(d.n > 0 ? d.list[0].rule : NULL, "yaml-memory",
	    "and is said to be the reason");
	arena_release(&a);
	str_release(&s);
}

int
main(void)
{
	test_types();
	test_places();
	test_places_behind_separators();
	test_syntax_problems();
	test_own_problems();
	test_limits();
	test_memory_limit();
	return tap_done();
}
