/*
 * markdown-t.c - what summaries become, and what hostile ones do not.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/web/markdown.h"

#include <string.h>
#include <strings.h>

#include "t/lib/html_check.h"
#include "t/lib/tap.h"

static const struct {
	const char *text, *html;
} cases[] = {
	{ "# Result\n\n**12** passed, ~~3~~ `1 < 2`\n", "<h3>Result</h3>\n"
	    "<p><strong>12</strong> passed, <del>3</del> <code>1 &lt; 2</code>"
	    "</p>\n" },
	{ "- [x] a\n- [ ] b\n", "<ul>\n<li>\342\230\221 a</li>\n"
	    "<li>\342\230\220 b</li>\n</ul>\n" },
	{ "3. x\n", "<ol start=\"3\">\n<li>x</li>\n</ol>\n" },
	{ "|a|b|\n|---|---:|\n|1|2|\n", "<table>\n<thead>\n<tr><th>a</th>"
	    "<th class=\"right\">b</th></tr>\n</thead>\n<tbody>\n<tr><td>1"
	    "</td><td class=\"right\">2</td></tr>\n</tbody>\n</table>\n" },
	{ "```sh\na <b>\n```\n", "<pre tabindex=\"0\"><code>a &lt;b&gt;\n"
	    "</code></pre>\n" },
	{ "[x](https://example.org/?a=1&b=2 \"t\")", "<p><a rel=\"nofollow "
	    "noopener noreferrer\" href=\"https://example.org/?a=1&amp;b=2\">"
	    "x</a></p>\n" },
	{ "[![alt](i.png)](https://e.org)", "<p><a rel=\"nofollow noopener "
	    "noreferrer\" href=\"https://e.org\"><i>alt</i></a></p>\n" },
	{ "a &amp; &#x3c; &nbsp;|&unknown;", "<p>a &amp; &lt; \302\240|"
	    "&amp;unknown;</p>\n" },
	/* hostile */
	{ "<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script"
	    "&gt;</p>\n" },
	{ "a <img src=x onerror=alert(1)>", "<p>a &lt;img src=x onerror="
	    "alert(1)&gt;</p>\n" },
	{ "[x](javascript:alert(1))", "<p>x</p>\n" },
	{ "[x](&#106;avascript:alert(1))", "<p>x</p>\n" },
	{ "[x](data:text/html,1)", "<p>x</p>\n" },
	{ "<javascript:alert(1)>", "<p>javascript:alert(1)</p>\n" },
	{ "[x](https://a/\"onclick=\"b)", "<p><a rel=\"nofollow noopener "
	    "noreferrer\" href=\"https://a/&quot;onclick=&quot;b\">x</a>"
	    "</p>\n" },
	{ "![<b>](https://e.org/x.png)", "<p><i>&lt;b&gt;</i></p>\n" },
};

/* Here md4c 0.4.8 counts below zero. */
static const char fault[] =
    "#td \n"
    "\360\360\360\360\360|\002&mdash;|b|\n"
    "|-- [ ] *xk\327\327\327\327\327\327\327\327\327\327"
    "\327\327\327\327\327br~![i](\340#+";

int
main(void)
{
	struct str out = STR_INIT, deep = STR_INIT;
	struct err err = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		str_clear(&out);
		markdown_html(cases[i].text, strlen(cases[i].text), 10000,
		    &out, &err);
		is_str(out.s, cases[i].html, "%s", cases[i].text);
		ok(html_is_ours(out.s, out.len), "every tag is ours");
	}
	str_clear(&out);
	ok(markdown_html(fault, sizeof(fault) - 1, 10000, &out, &err) == -1 ||
	    html_is_ours(out.s, out.len), "a fault of the parser does no "
	    "harm");
	str_clear(&out);
	for (int i = 0; i < 100000; i++)
		str_add(&deep, "> ");
	ok(markdown_html(deep.s, deep.len, 10000, &out, &err) == -1 &&
	    err.code == ERR_TOO_LARGE && out.len == 0,
	    "what grows too much is refused");
	str_release(&out);
	str_release(&deep);
	return tap_done();
}
