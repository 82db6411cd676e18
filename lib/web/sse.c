/*
 * sse.c - see sse.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/web/sse.h"

#include <string.h>

static void
add_field(struct str *out, const char *name, const char *value, size_t len)
{
	str_add(out, name);
	str_add(out, ": ");
	str_add_len(out, value, len);
	str_add_char(out, '\n');
}

/* Lines end with LF, CR or both; each is a field of its own. */
static void
add_lines(struct str *out, const char *name, const char *text)
{
	for (;;) {
		size_t len = strcspn(text, "\r\n");

		add_field(out, name, text, len);
		text += len;
		if (text[0] == '\r' && text[1] == '\n')
			text++;
		if (*text++ == '\0')
			return;
	}
}

void
sse_comment(struct str *out, const char *text)
{
	str_add(out, ": ");
	str_add_len(out, text, strcspn(text, "\r\n"));
	str_add(out, "\n\n");
}

void
sse_event(struct str *out, const char *id, const char *type,
    const char *data)
{
	if (id != NULL && strpbrk(id, "\r\n") == NULL)
		add_field(out, "id", id, strlen(id));
	add_field(out, "event", type, strcspn(type, "\r\n"));
	add_lines(out, "data", data);
	str_add_char(out, '\n');
}
