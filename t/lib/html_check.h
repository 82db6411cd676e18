/*
 * html_check.h - is a piece of HTML made of the tags that Markdown may become,
 * each closed in its order, and of nothing else that a browser would act on?
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_T_HTML_CHECK_H
#define PAWL_T_HTML_CHECK_H

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include "lib/base/mem.h"

#define HTML_MAX_DEPTH 100000

/* What may stand behind a name; a link's address is looked at apart. */
static const struct html_tag {
	const char *name, *rest;
	bool empty;
} html_tags[] = {
	{ "p", "", false }, { "em", "", false }, { "strong", "", false },
	{ "code", "", false }, { "del", "", false }, { "i", "", false },
	{ "blockquote", "", false }, { "ul", "", false }, { "li", "", false },
	{ "h3", "", false }, { "h4", "", false }, { "h5", "", false },
	{ "h6", "", false }, { "table", "", false }, { "thead", "", false },
	{ "tbody", "", false }, { "tr", "", false }, { "th", "", false },
	{ "td", "", false }, { "th", " class=\"right\"", false },
	{ "td", " class=\"right\"", false },
	{ "th", " class=\"center\"", false },
	{ "td", " class=\"center\"", false },
	{ "pre", " tabindex=\"0\"", false }, { "hr", "", true },
	{ "br", "", true }, { "ol", " start=\"", false },
	{ "a", " rel=\"nofollow noopener noreferrer\" href=\"", false },
};

static inline bool
html_address_is_good(const char *s, size_t len)
{
	static const char *const good[] = { "http://", "https://",
		"mailto:" };

	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		if (len > strlen(good[i]) &&
		    strncasecmp(s, good[i], strlen(good[i])) == 0)
			return memchr(s, '<', len) == NULL &&
			    memchr(s, '\'', len) == NULL;
	return false;
}

/* The row of what stands between "<" and ">"; -1: none. */
static inline int
html_tag_find(const char *s, size_t len)
{
	for (size_t i = 0; i < ARRAY_LEN(html_tags); i++) {
		const struct html_tag *t = &html_tags[i];
		size_t n = strlen(t->name), r = strlen(t->rest);

		if (len < n + r || memcmp(s, t->name, n) != 0 ||
		    memcmp(s + n, t->rest, r) != 0)
			continue;
		if (len == n + r)
			return (int)i;
		if (strcmp(t->name, "ol") != 0 && strcmp(t->name, "a") != 0)
			continue;
		/* The value ends with the only other quote. */
		if (memchr(s + n + r, '"', len - n - r) == s + len - 1 &&
		    (t->name[0] == 'o' ||
			html_address_is_good(s + n + r, len - n - r - 1)))
			return (int)i;
	}
	return -1;
}

static inline bool
html_is_ours(const char *s, size_t len)
{
	const char *end = s + len, *open, *close;
	int *stack = mem_calloc(HTML_MAX_DEPTH, sizeof(*stack)), depth = 0;
	bool good = true;

	while (good && (open = memchr(s, '<', (size_t)(end - s))) != NULL) {
		bool leaves = open + 1 < end && open[1] == '/';
		const char *name = open + 1 + leaves;
		int tag;

		close = memchr(open, '>', (size_t)(end - open));
		if (close == NULL || memchr(s, '>', (size_t)(open - s)) !=
		    NULL) {
			good = false;
			break;
		}
		if (leaves) {
			good = depth > 0 && strlen(html_tags[
			    stack[depth - 1]].name) == (size_t)(close - name) &&
			    memcmp(html_tags[stack[depth - 1]].name, name,
			    (size_t)(close - name)) == 0;
			depth--;
		} else {
			tag = html_tag_find(name, (size_t)(close - name));
			good = tag != -1 && depth < HTML_MAX_DEPTH;
			if (good && !html_tags[tag].empty)
				stack[depth++] = tag;
		}
		s = close + 1;
	}
	good = good && depth == 0;
	free(stack);
	return good;
}

#endif
