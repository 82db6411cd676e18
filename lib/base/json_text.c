/*
 * json_text.c - text as a JSON string.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/base/json_text.h"

#include <string.h>

#include "lib/base/utf8.h"

void
json_text(struct str *out, const char *text)
{
	size_t left = strlen(text), n;

	str_add_char(out, '"');
	for (; left > 0; text += n, left -= n) {
		n = utf8_char_len(text, left);
		if (n == 0) {
			str_add(out, "\\ufffd");
			n = 1;
		} else if (*text == '"' || *text == '\\') {
			str_add_char(out, '\\');
			str_add_char(out, *text);
		} else if (*text == '\n') {
			str_add(out, "\\n");
		} else if (n == 1 && ((unsigned char)*text < 0x20 ||
		    *text == 0x7f)) {
			str_addf(out, "\\u%04x", *text);
		} else {
			str_add_len(out, text, n);
		}
	}
	str_add_char(out, '"');
}

void
json_text_next(struct str *out)
{
	char last = out->len > 0 ? out->s[out->len - 1] : '\0';

	if (last != '{' && last != '[')
		str_add(out, ", ");
}

void
json_text_name(struct str *out, const char *name)
{
	json_text_next(out);
	json_text(out, name);
	str_add(out, ": ");
}
