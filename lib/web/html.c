/*
 * html.c - escaping, one function for each place.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/web/html.h"

#include <stdbool.h>
#include <string.h>

#include "lib/base/percent.h"
#include "lib/base/utf8.h"

#define REPLACEMENT "\357\277\275" /* U+FFFD */

void
html_markup(struct str *out, const char *literal)
{
	str_add(out, literal);
}

/* U+202A to U+202E and U+2066 to U+2069: embeddings, overrides, isolates. */
static bool
reorders_text(const char *s, size_t n)
{
	const unsigned char *u = (const unsigned char *)s;

	if (n != 3 || u[0] != 0xe2)
		return false;
	return (u[1] == 0x80 && u[2] >= 0xaa && u[2] <= 0xae) ||
	    (u[1] == 0x81 && u[2] >= 0xa6 && u[2] <= 0xa9);
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
html_text_len(struct str *out, const char *text, size_t len)
{
	size_t n;

	for (; len > 0; text += n, len -= n) {
		n = utf8_char_len(text, len);
		if (n == 1) {
			add_byte(out, *text);
		} else if (n == 0 || reorders_text(text, n)) {
			str_add(out, REPLACEMENT);
			n = n == 0 ? 1 : n;
		} else {
			str_add_len(out, text, n);
		}
	}
}

void
html_text(struct str *out, const char *text)
{
	if (text != NULL)
		html_text_len(out, text, strlen(text));
}

void
html_attr(struct str *out, const char *text)
{
	html_text(out, text);
}

void
html_url_path(struct str *out, const char *segment)
{
	if (segment == NULL)
		return;
	/* A browser would resolve these, encoded or not; nothing of ours has
	 * such a name, and the address then leads to no page. */
	if (strcmp(segment, ".") == 0 || strcmp(segment, "..") == 0) {
		str_add(out, "%20");
		return;
	}
	percent_encode(out, segment);
}

void
html_url_arg(struct str *out, const char *value)
{
	if (value != NULL)
		percent_encode(out, value);
}

void
html_url_path_list(struct str *out, const char *path)
{
	char segment[512];

	while (path != NULL && *path != '\0') {
		size_t n = strcspn(path, "/");

		if (n < sizeof(segment)) {
			memcpy(segment, path, n);
			segment[n] = '\0';
			html_url_path(out, segment);
		}
		path += n;
		if (*path == '/') {
			str_add_char(out, '/');
			path++;
		}
	}
}
