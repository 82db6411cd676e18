/*
 * html.c - escaping, one function for each place.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/web/html.h"

#include <string.h>

#include "lib/base/markup.h"
#include "lib/base/percent.h"

void
html_markup(struct str *out, const char *literal)
{
	str_add(out, literal);
}

void
html_text_len(struct str *out, const char *text, size_t len)
{
	markup_text(out, text, len);
}

void
html_text(struct str *out, const char *text)
{
	if (text != NULL)
		markup_text(out, text, strlen(text));
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
