/*
 * ansi-t.c - what programs print for terminals, as HTML. The cases are those
 * of htdocs/log.js too (t/browser/log.t).
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/web/log_line.h"
#include "t/lib/tap.h"

#define BAD "\357\277\275"

static void
test_cases(void)
{
	const char *srcdir = getenv("srcdir");
	char path[512];
	struct str out = STR_INIT;
	json_t *cases, *c;
	size_t i;

	snprintf(path, sizeof(path), "%s/t/data/ansi.json",
	    srcdir != NULL ? srcdir : ".");
	cases = json_load_file(path, 0, NULL);
	ok(json_array_size(cases) > 20, "there are cases");
	json_array_foreach(cases, i, c) {
		struct ansi state = ANSI_INIT;
		const char *text = json_string_value(json_array_get(c, 1));

		str_clear(&out);
		ansi_html(&out, &state, text, strlen(text));
		is_str(out.s, json_string_value(json_array_get(c, 2)), "%s",
		    json_string_value(json_array_get(c, 0)));
	}
	json_decref(cases);
	str_release(&out);
}

static void
test_bytes(void)
{
	struct ansi state = ANSI_INIT;
	struct str out = STR_INIT;

	ansi_html(&out, &state, "a\0b", 3);
	is_str(out.s, "a<span class=\"x\">U+0000</span>b", "NUL inside");
	str_clear(&out);
	ansi_html(&out, &state, "\033\0x\377", 4);
	is_str(out.s, "<span class=\"x\">U+0000</span>x" BAD,
	    "an escape before NUL, a byte of no character");
	str_clear(&out);
	ansi_html(&out, &state, "\033[1;31mr", 8);
	ansi_html(&out, &state, "s", 1);
	is_str(out.s, "<span class=\"c1 b\">r</span><span class=\"c1 b\">s"
	    "</span>", "a colour lasts over lines");
	str_release(&out);
}

static const struct {
	const char *line;
	const char *want;
	const char *class;
} lines[] = {
	{ "make", "make", "text" },
	{ "::group::Fetch <x>", "Fetch &lt;x&gt;", "group" },
	{ "  ::endgroup::", "", "endgroup" },
	{ "::error file=a.c,line=3::no%0Asuch%25 file", "<b>Error: </b>no "
	    "\342\217\216 such% file", "error" },
	{ "::WARNING::old", "<b>Warning: </b>old", "warning" },
	{ "::add-mask::x", "::add-mask::x", "command" },
	{ "::: not one", "::: not one", "text" },
	{ "::error no end", "::error no end", "text" },
	{ "a::error::x", "a::error::x", "text" },
};

static void
test_lines(void)
{
	struct str out = STR_INIT, line = STR_INIT;
	size_t text;

	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		struct ansi state = ANSI_INIT;
		size_t len = strlen(lines[i].line);

		str_clear(&out);
		log_line_html(&out, &state, lines[i].line, len, len);
		is_str(out.s, lines[i].want, "\"%s\"", lines[i].line);
		is_str(log_line_class(log_line_kind(lines[i].line, len,
		    &text)), lines[i].class, "is %s", lines[i].class);
	}
	for (int i = 0; i < 3000; i++)
		str_add_char(&line, 'x');
	str_clear(&out);
	log_line_html(&out, &(struct ansi)ANSI_INIT, line.s, line.len, 5048);
	ok(str_ends_with(out.s, "<span class=\"cut\">3.0 KiB more</span>"),
	    "a long line says how much is missing: %s", out.s + 1990);
	str_add(&line, "\rend");
	str_clear(&out);
	log_line_html(&out, &(struct ansi)ANSI_INIT, line.s, line.len,
	    line.len);
	ok(str_starts_with(out.s, "end"), "of one that was overwritten the "
	    "end is shown: %s", out.s);
	str_release(&out);
	str_release(&line);
}

int
main(void)
{
	test_cases();
	test_bytes();
	test_lines();
	return tap_done();
}
