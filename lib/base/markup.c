/*
 * markup.c - see markup.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/base/markup.h"

#include "lib/base/utf8.h"

#define REPLACEMENT "\357\277\275" /* U+FFFD */

/* U+202A to U+202E and U+2066 to U+2069: embeddings, overrides, isolates;
 * U+FFFE and U+FFFF, which XML does not allow. */
static bool
is_unwanted(const char *s, size_t n)
{
	const unsigned char *u = (const unsigned char *)s;

	if (n != 3)
		return false;
	if (u[0] == 0xef)
		return u[1] == 0xbf && u[2] >= 0xbe;
	return u[0] == 0xe2 &&
	    ((u[1] == 0x80 && u[2] >= 0xaa && u[2] <= 0xae) ||
	    (u[1] == 0x81 && u[2] >= 0xa6 && u[2] <= 0xa9));
}

static void
add_byte(struct str *out, char c)
{
	switch (c) {
	case '&':
		str_add(out, "&amp;");
		break;
	case '<':
		str_add(out, "&lt;");
		break;
	case '>':
		str_add(out, "&gt;");
		break;
	case '"':
		str_add(out, "&quot;");
		break;
	case '\'':
		str_add(out, "&#39;");
		break;
	default:
		if (((unsigned char)c < 0x20 && c != '\t' && c != '\n') ||
		    c == 0x7f)
			str_add(out, REPLACEMENT);
		else
			str_add_char(out, c);
	}
}

void
markup_text(struct str *out, const char *text, size_t len)
{
	size_t n;

	for (; len > 0; text += n, len -= n) {
		n = utf8_char_len(text, len);
		if (n == 1) {
			add_byte(out, *text);
		} else if (n == 0 || is_unwanted(text, n)) {
			str_add(out, REPLACEMENT);
			n = n == 0 ? 1 : n;
		} else {
			str_add_len(out, text, n);
		}
	}
}
