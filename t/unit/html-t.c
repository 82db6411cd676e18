/*
 * html-t.c - what each output function lets through.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <string.h>

#include "lib/base/mem.h"
#include "lib/web/html.h"
#include "t/lib/tap.h"

typedef void (*out_fn)(struct str *out, const char *text);

#define BAD "\357\277\275"

static const struct {
	out_fn fn;
	const char *text;
	const char *want;
	const char *what;
} cases[] = {
	{ html_text, "a<b>&\"c\"'d'",
	    "a&lt;b&gt;&amp;&quot;c&quot;&#39;d&#39;", "text: markup" },
	{ html_text, "&amp;", "&amp;amp;", "text: nothing is trusted" },
	{ html_text, "caf\303\251 \360\237\232\200", "caf\303\251 "
	    "\360\237\232\200", "text: UTF-8 stays" },
	{ html_text, "a\tb\nc", "a\tb\nc", "text: tab and newline stay" },
	{ html_text, "a\033[31mb\r\177", "a" BAD "[31mb" BAD BAD,
	    "text: control characters" },
	{ html_text, "a\377b\303", "a" BAD "b" BAD, "text: no UTF-8" },
	{ html_text, "\340\200\274script", BAD BAD BAD "script",
	    "text: overlong form of \"<\"" },
	{ html_text, "evil\342\200\256gpj", "evil" BAD "gpj",
	    "text: an override of direction" },
	{ html_text, "\342\200\252a\342\201\246b\342\201\251",
	    BAD "a" BAD "b" BAD, "text: embedding and isolates" },
	{ html_text, NULL, "", "text: none" },
	{ html_attr, "\" onclick=\"x", "&quot; onclick=&quot;x",
	    "attribute: quotes" },
	{ html_attr, "' a='", "&#39; a=&#39;", "attribute: single quotes" },
	{ html_url_path, "a b/c?d#e&f", "a%20b%2Fc%3Fd%23e%26f",
	    "path: one segment stays one" },
	{ html_url_path, "..", "%20", "path: no way up" },
	{ html_url_path, "...", "...", "path: three dots are a name" },
	{ html_url_path, "\">\303\251", "%22%3E%C3%A9", "path: quotes" },
	{ html_url_arg, "a=b&c+d", "a%3Db%26c%2Bd", "argument" },
	{ html_url_arg, "..", "..", "argument: dots are harmless" },
	{ html_url_path_list, "logs/o/r~2F/1/a b.log",
	    "logs/o/r~2F/1/a%20b.log", "list: slashes stay" },
	{ html_url_path_list, "a/../b", "a/%20/b", "list: no way up" },
	{ html_url_path_list, "javascript:alert(1)",
	    "javascript%3Aalert%281%29", "list: no scheme" },
};

int
main(void)
{
	struct str out = STR_INIT;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		str_clear(&out);
		cases[i].fn(&out, cases[i].text);
		is_str(out.s, cases[i].want, "%s", cases[i].what);
	}
	str_clear(&out);
	html_text_len(&out, "<\0>", 3);
	is_str(out.s, "&lt;" BAD "&gt;", "text: NUL inside");
	str_clear(&out);
	html_text_len(&out, "\342\200\256", 2);
	is_str(out.s, BAD BAD, "text: a character cut at the end");
	str_release(&out);
	return tap_done();
}
