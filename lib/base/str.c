/*
 * str.c - strings that grow.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/base/str.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/utf8.h"

/* What an empty string points to; never written. */
char str_empty[1] = "";

void
str_init(struct str *s)
{
	s->s = str_empty;
	s->len = 0;
	s->cap = 0;
}

void
str_release(struct str *s)
{
	if (s->cap > 0)
		free(s->s);
	str_init(s);
}

void
str_clear(struct str *s)
{
	str_cut(s, 0);
}

void
str_reserve(struct str *s, size_t more)
{
	size_t want = s->len + more + 1;

	if (want <= s->cap)
		return;
	if (want < s->cap * 2)
		want = s->cap * 2;
	if (want < 32)
		want = 32;
	s->s = mem_realloc(s->cap > 0 ? s->s : NULL, want, 1);
	s->s[s->len] = '\0';
	s->cap = want;
}

void
str_add(struct str *s, const char *text)
{
	str_add_len(s, text, strlen(text));
}

void
str_add_len(struct str *s, const char *data, size_t len)
{
	if (len == 0)
		return;
	str_reserve(s, len);
	memcpy(s->s + s->len, data, len);
	s->len += len;
	s->s[s->len] = '\0';
}

void
str_add_char(struct str *s, char c)
{
	str_add_len(s, &c, 1);
}

void
str_vaddf(struct str *s, const char *fmt, va_list ap)
{
	va_list again;
	int need;

	va_copy(again, ap);
	need = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (need <= 0)
		return;
	str_reserve(s, (size_t)need);
	vsnprintf(s->s + s->len, (size_t)need + 1, fmt, ap);
	s->len += (size_t)need;
}

void
str_addf(struct str *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	str_vaddf(s, fmt, ap);
	va_end(ap);
}

void
str_add_utf8(struct str *s, const char *text)
{
	size_t len = strlen(text);

	while (len > 0) {
		size_t n = utf8_char_len(text, len);

		if (n > 0)
			str_add_len(s, text, n);
		else
			str_add(s, "\xef\xbf\xbd");
		text += n > 0 ? n : 1;
		len -= n > 0 ? n : 1;
	}
}

void
str_cut(struct str *s, size_t len)
{
	if (len >= s->len)
		return;
	s->len = len;
	s->s[len] = '\0';
}

char *
str_detach(struct str *s)
{
	char *text;

	str_reserve(s, 0);
	text = s->s;
	str_init(s);
	return text;
}

bool
str_equal(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return strcmp(a, b) == 0;
}

bool
str_starts_with(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool
str_ends_with(const char *s, const char *suffix)
{
	size_t len = strlen(s), tail = strlen(suffix);

	return len >= tail && strcmp(s + len - tail, suffix) == 0;
}

bool
str_to_int64(const char *s, long long min, long long max, long long *out)
{
	const char *digits = *s == '-' ? s + 1 : s;
	long long value;
	char *end;

	if (*digits < '0' || *digits > '9')
		return false;
	errno = 0;
	value = strtoll(s, &end, 10);
	if (errno != 0 || *end != '\0' || value < min || value > max)
		return false;
	*out = value;
	return true;
}
