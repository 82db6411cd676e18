/*
 * yaml_text.c - YAML that is right and that libyaml does not read as the
 * specification has it, put so that it does. Places stay what they are.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <string.h>

#include "lib/base/str.h"
#include "lib/base/yaml_internal.h"

/* Is it the word, with a blank or the end of the line behind it? */
static bool
is_word(const char *line, size_t len, const char *word)
{
	size_t n = strlen(word);

	return len >= n && memcmp(line, word, n) == 0 &&
	    (len == n || line[n] == ' ' || line[n] == '\t');
}

/* Nothing, blanks, or blanks and a comment. */
static bool
is_blank(const char *s, size_t len)
{
	size_t n = 0;

	while (n < len && (s[n] == ' ' || s[n] == '\t'))
		n++;
	return n == len || (n > 0 && s[n] == '#');
}

/* YAML 1.2, section 6.8: a reserved directive is to be ignored, and a higher
 * minor version to be tried; libyaml refuses both. */
static bool
is_ignored(const char *line, size_t len)
{
	const size_t version = strlen("%YAML 1.n");

	if (len < 2 || line[0] != '%' || is_word(line, len, "%TAG"))
		return false;
	if (!is_word(line, len, "%YAML"))
		return line[1] != ' ' && line[1] != '\t';
	return len >= version && line[8] >= '3' && line[8] <= '9' &&
	    memcmp(line, "%YAML 1.", 8) == 0 &&
	    is_blank(line + version, len - version);
}

/* Make comments of the directives that are to be ignored. */
static void
drop_directives(char *text, size_t len)
{
	size_t at = 0;

	while (at < len && strchr("%#\r\n", text[at]) != NULL) {
		const char *end = memchr(text + at, '\n', len - at);
		size_t n = end != NULL ? (size_t)(end - text) - at : len - at;
		size_t used = n > 0 && text[at + n - 1] == '\r' ? n - 1 : n;

		if (is_ignored(text + at, used))
			text[at] = '#';
		at += n + 1;
	}
}

/* Blanks in a last line that does not end are content of a block scalar;
 * libyaml loses them. */
static bool
ends_in_blanks(const char *text, size_t len)
{
	size_t n = len;

	while (n > 0 && text[n - 1] == ' ')
		n--;
	return n < len && n > 0 && text[n - 1] == '\n';
}

const char *
yaml_readable(const char *text, size_t *len, struct arena *a)
{
	bool blanks = ends_in_blanks(text, *len);
	char *out;

	if (!blanks && (*len == 0 || text[0] != '%'))
		return text;
	out = arena_alloc(a, *len + 2);
	memcpy(out, text, *len);
	if (blanks)
		out[(*len)++] = '\n';
	drop_directives(out, *len);
	return out;
}
