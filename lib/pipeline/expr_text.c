/*
 * expr_text.c - texts and numbers of expressions.
 *
 * Strings compare without regard to case, by the upper case of each
 * character (StringComparison.OrdinalIgnoreCase of .NET, which GitHub uses).
 * A byte that is not UTF-8 is a character of its own, equal only to itself.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/expr_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "lib/base/mem.h"
#include "lib/base/utf8.h"

#define BAD_BYTE UINT32_C(0x110000) /* plus the byte: above all characters */

/* Take the first character off a text that is not empty. */
static uint32_t
next_char(struct expr_text *t)
{
	size_t n = utf8_char_len(t->s, t->len);
	uint32_t c = n > 0 ? utf8_char(t->s, n)
	                   : BAD_BYTE + (unsigned char)t->s[0];

	if (n == 0)
		n = 1;
	t->s += n;
	t->len -= n;
	return c;
}

size_t
expr_space_len(const char *s, size_t len)
{
	size_t n = utf8_char_len(s, len);

	return n > 0 && utf8_space(utf8_char(s, n)) ? n : 0;
}

size_t
expr_utf16_len(const char *s, size_t len)
{
	struct expr_text t = { s, len };
	size_t n = 0;

	while (t.len > 0) {
		uint32_t c = next_char(&t);

		n += c >= 0x10000 && c < BAD_BYTE ? 2 : 1;
	}
	return n;
}

/* Where a character stands in the order of UTF-16: those beyond 0xffff are
 * written with two surrogates, which come before 0xe000. */
static uint32_t
utf16_order(uint32_t c)
{
	if (c < 0xe000)
		return c;
	return c < 0x10000 ? c + 0x200000 : c;
}

int
expr_text_compare(struct expr_text a, struct expr_text b)
{
	uint32_t x, y;

	while (a.len > 0 && b.len > 0) {
		x = utf16_order(utf8_upper(next_char(&a)));
		y = utf16_order(utf8_upper(next_char(&b)));
		if (x != y)
			return x < y ? -1 : 1;
	}
	return (a.len > 0) - (b.len > 0);
}

bool
expr_text_equal(struct expr_text a, struct expr_text b, bool case_sensitive)
{
	if (case_sensitive)
		return a.len == b.len && memcmp(a.s, b.s, a.len) == 0;
	return expr_text_compare(a, b) == 0;
}

/* In upper case; bytes that are not UTF-8 stay, so that a part is found where
 * it stands and nowhere else. */
static void
add_upper(struct str *out, struct expr_text t)
{
	char bytes[4];

	str_reserve(out, t.len);
	while (t.len > 0) {
		uint32_t c = next_char(&t);

		if (c >= BAD_BYTE)
			str_add_char(out, (char)(c - BAD_BYTE));
		else
			str_add_len(out, bytes,
			    utf8_encode(utf8_upper(c), bytes));
	}
}

bool
expr_text_match(struct expr_text text, struct expr_text part,
    enum expr_match where)
{
	struct str t = STR_INIT, p = STR_INIT;
	bool found = false;

	add_upper(&t, text);
	add_upper(&p, part);
	switch (where) {
	case EXPR_CONTAINS:
		/* linear in glibc, musl and the BSDs */
		found = memmem(t.s, t.len, p.s, p.len) != NULL;
		break;
	case EXPR_STARTS:
		found = t.len >= p.len && memcmp(t.s, p.s, p.len) == 0;
		break;
	case EXPR_ENDS:
		found = t.len >= p.len &&
		    memcmp(t.s + t.len - p.len, p.s, p.len) == 0;
		break;
	}
	str_release(&t);
	str_release(&p);
	return found;
}

struct expr_text
expr_text_trim(struct expr_text t)
{
	size_t n, end = 0;

	while ((n = expr_space_len(t.s, t.len)) > 0) {
		t.s += n;
		t.len -= n;
	}
	for (size_t i = 0; i < t.len; i += n) {
		n = utf8_char_len(t.s + i, t.len - i);
		if (n == 0)
			n = 1;
		if (expr_space_len(t.s + i, t.len - i) == 0)
			end = i + n;
	}
	t.len = end;
	return t;
}

static size_t
count_digits(struct expr_text t, size_t from)
{
	size_t i = from;

	while (i < t.len && t.s[i] >= '0' && t.s[i] <= '9')
		i++;
	return i - from;
}

/* [+-] digits [. digits] [e [+-] digits], with a digit before or behind the
 * point. */
static bool
is_decimal(struct expr_text t)
{
	size_t i = 0, whole, fraction = 0, n;

	if (i < t.len && (t.s[i] == '+' || t.s[i] == '-'))
		i++;
	i += whole = count_digits(t, i);
	if (i < t.len && t.s[i] == '.') {
		fraction = count_digits(t, i + 1);
		i += 1 + fraction;
	}
	if (whole + fraction == 0)
		return false;
	if (i < t.len && (t.s[i] == 'e' || t.s[i] == 'E')) {
		i++;
		if (i < t.len && (t.s[i] == '+' || t.s[i] == '-'))
			i++;
		n = count_digits(t, i);
		if (n == 0)
			return false;
		i += n;
	}
	return i == t.len;
}

static double
parse_decimal(struct expr_text t)
{
	char *copy = mem_strndup(t.s, t.len);
	double d = strtod(copy, NULL);

	free(copy);
	return d;
}

/* The digits behind 0x or 0o; NaN when one is none. */
static double
parse_digits(struct expr_text t, int base)
{
	static const char digits[] = "0123456789abcdef";
	double d = 0;

	if (t.len == 0)
		return NAN;
	for (size_t i = 0; i < t.len; i++) {
		char c = t.s[i] >= 'A' && t.s[i] <= 'F'
		    ? (char)(t.s[i] - 'A' + 'a') : t.s[i];
		const char *p = memchr(digits, c, (size_t)base);

		if (p == NULL)
			return NAN;
		d = d * base + (double)(p - digits);
	}
	return d;
}

double
expr_parse_number(struct expr_text text)
{
	static const struct {
		const char *word;
		double value;
	} words[] = {
		{ "Infinity", INFINITY },
		{ "+Infinity", INFINITY },
		{ "-Infinity", -INFINITY },
	};
	struct expr_text t = expr_text_trim(text);

	if (t.len == 0)
		return 0;
	if (is_decimal(t))
		return parse_decimal(t);
	if (t.len > 2 && t.s[0] == '0' && (t.s[1] == 'x' || t.s[1] == 'o'))
		return parse_digits((struct expr_text){ t.s + 2, t.len - 2 },
		    t.s[1] == 'x' ? 16 : 8);
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (t.len == strlen(words[i].word) &&
		    memcmp(t.s, words[i].word, t.len) == 0)
			return words[i].value;
	return NAN;
}

struct expr_text
expr_format_number(double d, struct arena *a)
{
	const char *s;

	if (isnan(d))
		s = "NaN";
	else if (isinf(d))
		s = d > 0 ? "Infinity" : "-Infinity";
	else if (d == 0)
		s = "0"; /* -0 too */
	else
		s = arena_printf(a, "%.15G", d);
	return (struct expr_text){ s, strlen(s) };
}
