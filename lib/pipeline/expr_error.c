/*
 * expr_error.c - mistakes in expressions, in the words of GitHub, so that
 * they are found when searched for.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/expr_internal.h"

#include <stdarg.h>
#include <string.h>
#include <strings.h>
#include "lib/base/mem.h"

int
expr_error_set(struct expr_error *error, struct arena *a,
    enum expr_error_kind kind, size_t offset, size_t len, const char *fmt, ...)
{
	struct str text = STR_INIT;
	va_list ap;

	va_start(ap, fmt);
	str_vaddf(&text, fmt, ap);
	va_end(ap);
	*error = (struct expr_error){ .kind = kind, .offset = offset,
		.len = len > 0 ? len : 1,
		.text = arena_strndup(a, text.s, text.len) };
	str_release(&text);
	return -1;
}

/* What people write who come from other languages. */
static const struct {
	const char *symbol, *hint;
} foreign[] = {
	{ "and", "write \"&&\"" },
	{ "or", "write \"||\"" },
	{ "&", "write \"&&\"" },
	{ "|", "write \"||\"" },
	{ "=", "compare with \"==\" or \"!=\"" },
	{ "eq", "write \"==\"" },
	{ "is", "write \"==\"" },
	{ "ne", "write \"!=\"" },
	{ "contains", "write contains(a, b)" },
	{ "in", "write contains(list, item)" },
	{ "?", "write case(condition, a, b)" },
	{ "+", "there is no arithmetic; format() joins texts" },
	{ "-", "there is no arithmetic" },
	{ "/", "there is no arithmetic" },
};

static const char *
foreign_hint(const char *s, size_t len)
{
	for (size_t i = 0; i < ARRAY_LEN(foreign); i++)
		if (strlen(foreign[i].symbol) == len &&
		    strncasecmp(foreign[i].symbol, s, len) == 0)
			return foreign[i].hint;
	return NULL;
}

int
expr_error_symbol(struct expr_error *error, struct arena *a,
    enum expr_error_kind kind, const char *what, const char *text,
    size_t offset, size_t len)
{
	expr_error_set(error, a, kind, offset, len, "%s: '%.*s'", what,
	    (int)len, text + offset);
	error->hint = foreign_hint(text + offset, len);
	return -1;
}

void
expr_error_message(const struct expr_error *error, struct str *out)
{
	size_t before = error->offset - error->expr_offset;

	str_add(out, error->text);
	if (error->expr.s == NULL)
		return;
	if (before > error->expr.len)
		before = error->expr.len;
	str_addf(out, ". Located at position %zu within expression: ",
	    expr_utf16_len(error->expr.s, before) + 1);
	str_add_len(out, error->expr.s, error->expr.len);
}
