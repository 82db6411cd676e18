/*
 * ansi-t.c - what programs print for terminals, as HTML.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <string.h>

#include "lib/base/mem.h"
#include "lib/web/ansi.h"
#include "t/lib/tap.h"

#define BAD "\357\277\275"

static const struct {
	const char *text;
	const char *want;
	const char *what;
} cases[] = {
	{ "plain <b>", "plain &lt;b&gt;", "text is escaped" },
	{ "\033[31mred\033[0m x", "<span class=\"c1\">red</span> x",
	    "a colour" },
	{ "\033[1;92mok\033[m.", "<span class=\"c10 b\">ok</span>.",
	    "bold and bright, reset without a number" },
	{ "\033[1mb\033[31mr\033[22mn\033[39mp",
	    "<span class=\"b\">b</span><span class=\"c1 b\">r</span>"
	    "<span class=\"c1\">n</span>p", "one after another" },
	{ "\033[31m", "", "a colour without text" },
	{ "\033[31mopen", "<span class=\"c1\">open</span>",
	    "the end closes" },
	{ "\033[38;5;9mx\033[38;5;200my\033[0m\033[38;2;1;2;3mz",
	    "<span class=\"c9\">x</span><span class=\"c9\">y</span>z",
	    "larger palettes" },
	{ "\033[48;5;31mx\033[48;2;31;31;31my", "xy",
	    "numbers of a background are no colours" },
	{ "\033[99999999999;31mx", "<span class=\"c1\">x</span>",
	    "a number without end" },
	{ "a\033[2K\033[1Gb\033[?25lc", "abc", "other sequences" },
	{ "\033]0;title\007x\033]8;;http://e\033\\l", "xl",
	    "strings, ended both ways" },
	{ "\033]0;open\nnext", "\nnext",
	    "a string without an end ends with its line" },
	{ "\033(Bx\0337y\033=z", "xyz", "short sequences" },
	{ "a\r\nb\rc\r", "a\nb\nc", "carriage returns" },
	{ "a\b\007b", "ab", "backspace and bell" },
	{ "x\033", "x", "cut: escape" },
	{ "x\033[3", "x", "cut: sequence" },
	{ "x\033]0;t", "x", "cut: string" },
	{ "x\033(", "x", "cut: short sequence" },
	{ "\033\033[31mr", "<span class=\"c1\">r</span>", "escape twice" },
	{ "\033[<script>", "cript&gt;", "no sequence makes markup" },
	{ "\033\377x", BAD "x", "an escape before no character" },
};

int
main(void)
{
	struct str out = STR_INIT;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		str_clear(&out);
		ansi_html(&out, cases[i].text, strlen(cases[i].text));
		is_str(out.s, cases[i].want, "%s", cases[i].what);
	}
	str_clear(&out);
	ansi_html(&out, "a\0b", 3);
	is_str(out.s, "a" BAD "b", "NUL inside");
	str_clear(&out);
	ansi_html(&out, "\033\0x", 3);
	is_str(out.s, BAD "x", "an escape before NUL");
	str_release(&out);
	return tap_done();
}
