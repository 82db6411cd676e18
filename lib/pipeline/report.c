/*
 * report.c - problems of values, and what to suggest.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/reader.h"

#include <stdarg.h>

#include "lib/base/str.h"

void
report_value(struct reader *r, const struct value *at, const char *rule,
    const char *hint, const char *fmt, ...)
{
	struct str text = STR_INIT;
	va_list ap;

	va_start(ap, fmt);
	str_vaddf(&text, fmt, ap);
	va_end(ap);
	diag_error(r->d, at->pos, at->width, rule, hint, "%s", text.s);
	str_release(&text);
}

void
report_lack(struct reader *r, const struct value *map, const char *hint,
    const char *fmt, ...)
{
	const struct value *at = map->key != NULL ? map->key : map;
	struct str text = STR_INIT;
	va_list ap;

	va_start(ap, fmt);
	str_vaddf(&text, fmt, ap);
	va_end(ap);
	diag_error(r->d, at->pos, at->width, "missing-key", hint, "%s",
	    text.s);
	diag_value(r->d, map->pos);
	str_release(&text);
}

const char *
report_suggest(struct arena *a, const struct diags *d, const char *word,
    const char *const *words)
{
	const char *near;

	/* Nobody sees the hint, and comparing costs. */
	if (d->truncated)
		return NULL;
	near = suggest_word(word, words);
	return near != NULL ?
	    arena_printf(a, "did you mean \"%s\"?", near) : NULL;
}
