/*
 * mask-shapes-t.c - the shapes in which secrets leak, and what the log has of
 * each.
 *
 * Texts as bash, dash, GNU coreutils, node and Python print them. Each goes
 * through the mask whole and cut in two at every place.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/mask.h"

#include <string.h>

#include "lib/base/mem.h"
#include "t/lib/tap.h"

/* One with all that encoders change, one of several lines. */
static const char secret[] = "s3cr&t 'q\"/$\303\251\\z~";
static const char key[] = "-----BEGIN KEY-----\nMIIabc+/def0123456789==\n"
    "last-line-of-it\n-----END KEY-----";

static const struct {
	const char *name, *printed, *logged;
} shapes[] = {
	{ "as it is",
	    "<s3cr&t 'q\"/$\303\251\\z~>",
	    "<***>" },
	{ "twice in a row",
	    "<s3cr&t 'q\"/$\303\251\\z~s3cr&t 'q\"/$\303\251\\z~>",
	    "<******>" },
	{ "in a word",
	    "pres3cr&t 'q\"/$\303\251\\z~post",
	    "pre***post" },
	{ "URL, RFC 3986",
	    "<s3cr%26t%20%27q%22%2F%24%C3%A9%5Cz~>",
	    "<***>" },
	{ "URL, small hexadecimal digits",
	    "<s3cr%26t%20%27q%22%2f%24%c3%a9%5cz~>",
	    "<***>" },
	{ "URL, slash kept",
	    "<s3cr%26t%20%27q%22/%24%C3%A9%5Cz~>",
	    "<***>" },
	{ "form, plus for a blank",
	    "<s3cr%26t+%27q%22%2F%24%C3%A9%5Cz~>",
	    "<***>" },
	{ "form of HTML",
	    "<s3cr%26t+%27q%22%2F%24%C3%A9%5Cz%7E>",
	    "<***>" },
	{ "encodeURIComponent",
	    "<s3cr%26t%20'q%22%2F%24%C3%A9%5Cz~>",
	    "<***>" },
	{ "encodeURI",
	    "<s3cr&t%20'q%22/$%C3%A9%5Cz~>",
	    "<***>" },
	{ "JSON",
	    "<s3cr&t 'q\\\"/$\303\251\\\\z~>",
	    "<***>" },
	{ "JSON, ASCII only",
	    "<s3cr&t 'q\\\"/$\\u00e9\\\\z~>",
	    "<***>" },
	{ "JSON, ASCII only in capitals",
	    "<s3cr&t 'q\\\"/$\\u00E9\\\\z~>",
	    "<***>" },
	{ "JSON, slashes escaped",
	    "<s3cr&t 'q\\\"\\/$\303\251\\\\z~>",
	    "<***>" },
	{ "JSON, safe in HTML",
	    "<s3cr\\u0026t \\u0027q\\\"/$\303\251\\\\z~>",
	    "<***>" },
	{ "JSON in JSON",
	    "<s3cr&t 'q\\\\\\\"/$\303\251\\\\\\\\z~>",
	    "<***>" },
	{ "HTML",
	    "<s3cr&amp;t &#39;q&quot;/$\303\251\\z~>",
	    "<***>" },
	{ "HTML, hexadecimal",
	    "<s3cr&amp;t &#x27;q&#34;/$\303\251\\z~>",
	    "<***>" },
	{ "XML",
	    "<s3cr&amp;t &apos;q&quot;/$\303\251\\z~>",
	    "<***>" },
	{ "XML text",
	    "<s3cr&amp;t 'q\"/$\303\251\\z~>",
	    "<***>" },
	{ "set -x of bash",
	    "<'s3cr&t '\\''q\"/$\303\251\\z~'>",
	    "<'***'>" },
	{ "quotes of dash",
	    "<'s3cr&t '\"'\"'q\"/$\303\251\\z~'>",
	    "<'***'>" },
	{ "printf %q",
	    "<s3cr\\&t\\ \\'q\\\"/\\$\303\251\\\\z~>",
	    "<***>" },
	{ "in double quotes",
	    "<s3cr&t 'q\\\"/\\$\303\251\\\\z~>",
	    "<***>" },
	{ "SQL quotes",
	    "<s3cr&t ''q\"/$\303\251\\z~>",
	    "<***>" },
	{ "CSV quotes",
	    "<s3cr&t 'q\"\"/$\303\251\\z~>",
	    "<***>" },
	{ "base64, offset 0",
	    "czNjciZ0ICdxIi8kw6lcen4h",
	    "***4h" },
	{ "base64, offset 1",
	    "eHMzY3ImdCAncSIvJMOpXHp+IQ==",
	    "eH***IQ==" },
	{ "base64, offset 2",
	    "eHlzM2NyJnQgJ3EiLyTDqVx6fiE=",
	    "eHl***iE=" },
	{ "base64 for URLs",
	    "fn4_czNjciZ0ICdxIi8kw6lcen4=",
	    "fn4_***4=" },
	{ "base64 with its padding",
	    "czNjciZ0ICdxIi8kw6lcen4=",
	    "***4=" },
	{ "base64 wrapped at 76, behind 50 bytes",
	    "YSBsb25nIHRleHQgYmVmb3JlIGl0LCBzbyB0aGF0IHRoZSBsaW5lIGVuZH"
	    "MgaW4gdGhzM2NyJnQg\n"
	    "J3EiLyTDqVx6fg==\n",
	    "YSBsb25nIHRleHQgYmVmb3JlIGl0LCBzbyB0aGF0IHRoZSBsaW5lIGVuZH"
	    "MgaW4gdGh***g==\n" },
	{ "base64 wrapped at 76, behind 53 bytes",
	    "YSBsb25nIHRleHQgYmVmb3JlIGl0LCBzbyB0aGF0IHRoZSBsaW5lIGVuZH"
	    "MgaW4gdGhlIG1zM2Ny\n"
	    "JnQgJ3EiLyTDqVx6fg==\n",
	    "YSBsb25nIHRleHQgYmVmb3JlIGl0LCBzbyB0aGF0IHRoZSBsaW5lIGVuZH"
	    "MgaW4gdGhlIG1***g==\n" },
	{ "base64 wrapped at 76, behind 41 bytes",
	    "YSBsb25nIHRleHQgYmVmb3JlIGl0LCBzbyB0aGF0IHRoZSBsaW5lIGVzM2"
	    "NyJnQgJ3EiLyTDqVx6\n"
	    "fg==\n",
	    "YSBsb25nIHRleHQgYmVmb3JlIGl0LCBzbyB0aGF0IHRoZSBsaW5lIGV***"
	    "g==\n" },
	{ "base64 wrapped at 76, behind 44 bytes",
	    "YSBsb25nIHRleHQgYmVmb3JlIGl0LCBzbyB0aGF0IHRoZSBsaW5lIGVuZH"
	    "NzM2NyJnQgJ3EiLyTD\n"
	    "qVx6fg==\n",
	    "YSBsb25nIHRleHQgYmVmb3JlIGl0LCBzbyB0aGF0IHRoZSBsaW5lIGVuZH"
	    "N***g==\n" },
	{ "base64 wrapped at 76, behind 55 bytes",
	    "YSBsb25nIHRleHQgYmVmb3JlIGl0LCBzbyB0aGF0IHRoZSBsaW5lIGVuZH"
	    "MgaW4gdGhlIG1pZHMz\n"
	    "Y3ImdCAncSIvJMOpXHp+\n",
	    "YSBsb25nIHRleHQgYmVmb3JlIGl0LCBzbyB0aGF0IHRoZSBsaW5lIGVuZH"
	    "MgaW4gdGhlIG1pZHMz\n"
	    "***\n" },
	{ "base64 wrapped at 76, behind 56 bytes",
	    "YSBsb25nIHRleHQgYmVmb3JlIGl0LCBzbyB0aGF0IHRoZSBsaW5lIGVuZH"
	    "MgaW4gdGhlIG1pZGRz\n"
	    "M2NyJnQgJ3EiLyTDqVx6fg==\n",
	    "YSBsb25nIHRleHQgYmVmb3JlIGl0LCBzbyB0aGF0IHRoZSBsaW5lIGVuZH"
	    "MgaW4gdGhlIG1pZGRz\n"
	    "***g==\n" },
	{ "base64 wrapped at 64 with CRLF",
	    "YSBsb25nIHRleHQgYmVmb3JlIGl0LCBzbyB0aGF0IHRoZSBsaW5lIHMzY3"
	    "ImdCAn\r\n"
	    "cSIvJMOpXHp+\r\n",
	    "YSBsb25nIHRleHQgYmVmb3JlIGl0LCBzbyB0aGF0IHRoZSBsaW5lIH***"
	    "\r\n" },
	{ "hexadecimal",
	    "<733363722674202771222f24c3a95c7a7e>",
	    "<***>" },
	{ "hexadecimal in capitals",
	    "<733363722674202771222F24C3A95C7A7E>",
	    "<***>" },
	{ "hexadecimal wrapped at 60",
	    "61206c6f6e672074657874206265666f72652069733363722674202771"
	    "22\n"
	    "2f24c3a95c7a7e\n",
	    "61206c6f6e672074657874206265666f72652069***\n" },
	{ "lines as they are",
	    "<-----BEGIN KEY-----\n"
	    "MIIabc+/def0123456789==\n"
	    "last-line-of-it\n"
	    "-----END KEY----->",
	    "<***>" },
	{ "lines with CRLF",
	    "<-----BEGIN KEY-----\r\n"
	    "MIIabc+/def0123456789==\r\n"
	    "last-line-of-it\r\n"
	    "-----END KEY----->",
	    "<***>" },
	{ "lines one by one, indented",
	    "    -----BEGIN KEY-----\n"
	    "    MIIabc+/def0123456789==\n"
	    "    last-line-of-it\n"
	    "    -----END KEY-----\n",
	    "    ***\n"
	    "    ***\n"
	    "    ***\n"
	    "    ***\n" },
	{ "lines joined by \\n",
	    "<-----BEGIN KEY-----\\nMIIabc+/def0123456789==\\nlast-line"
	    "-of-it\\n-----END KEY----->",
	    "<***>" },
	{ "lines joined by blanks",
	    "<-----BEGIN KEY----- MIIabc+/def0123456789== last-line-of-"
	    "it -----END KEY----->",
	    "<***>" },
	{ "lines joined by nothing",
	    "<-----BEGIN KEY-----MIIabc+/def0123456789==last-line-of-it"
	    "-----END KEY----->",
	    "<***>" },
	{ "lines in a log command",
	    "<-----BEGIN KEY-----%0AMIIabc+/def0123456789==%0Alast-line"
	    "-of-it%0A-----END KEY----->",
	    "<***>" },
	{ "lines in JSON, slashes escaped",
	    "<-----BEGIN KEY-----\\nMIIabc+\\/def0123456789==\\nlast-li"
	    "ne-of-it\\n-----END KEY----->",
	    "<***>" },
	{ "one line alone",
	    "<MIIabc+/def0123456789==>",
	    "<***>" },
	{ "one line in a URL",
	    "<MIIabc%2B%2Fdef0123456789%3D%3D>",
	    "<***>" },
	{ "one line in base64",
	    "bGFzdC1saW5lLW9mLWl0",
	    "***" },
	{ "lines in base64, wrapped",
	    "YWJjZGVmZy0tLS0tQkVHSU4gS0VZLS0tLS0KTUlJYWJjKy9kZWYwMTIzND"
	    "U2Nzg5PT0KbGFzdC1s\n"
	    "aW5lLW9mLWl0Ci0tLS0tRU5EIEtFWS0tLS0t\n",
	    "YWJjZGVmZy***\n" },
	{ "lines in a URL",
	    "<-----BEGIN%20KEY-----%0AMIIabc%2B%2Fdef0123456789%3D%3D%0"
	    "Alast-line-of-it%0A-----END%20KEY----->",
	    "<***>" },
};

/* As two writes, cut at `cut`. */
static void
masked(struct mask *m, const char *text, size_t cut, struct str *out)
{
	struct mask_stream *s = mask_stream_new(m);
	size_t len = strlen(text);

	str_clear(out);
	mask_write(s, text, cut, out);
	mask_write(s, text + cut, len - cut, out);
	mask_flush(s, out);
	mask_stream_free(s);
}

int
main(void)
{
	struct mask *m = mask_new();
	struct str out = STR_INIT;

	/* In this order and the other way round it is the same. */
	mask_add(m, key, strlen(key));
	mask_add(m, secret, strlen(secret));
	for (size_t i = 0; i < ARRAY_LEN(shapes); i++) {
		size_t len = strlen(shapes[i].printed), bad = 0;

		for (size_t cut = 0; cut <= len; cut++) {
			masked(m, shapes[i].printed, cut, &out);
			bad += !str_equal(out.s, shapes[i].logged);
		}
		masked(m, shapes[i].printed, len, &out);
		is_str(out.s, shapes[i].logged, "%s", shapes[i].name);
		is_int((int)bad, 0, "%s, cut anywhere", shapes[i].name);
	}
	mask_free(m);
	str_release(&out);
	return tap_done();
}
