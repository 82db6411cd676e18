/*
 * expr_text.c - texts of expressions.
 *
 * Strings compare without regard to case, by the upper case of each
 * character (StringComparison.OrdinalIgnoreCase of .NET, which GitHub uses).
 * A byte that is not UTF-8 is a character of its own, equal only to itself.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/expr_internal.h"

#include <string.h>
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

static char
ascii_upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

/* Bytes at the start of both that are ASCII and the same letters: most of
 * most texts, so that only the rest is decoded. */
static size_t
same_ascii(struct expr_text a, struct expr_text b)
{
	size_t len = a.len < b.len ? a.len : b.len, i = 0;

	while (i < len && (unsigned char)a.s[i] < 0x80 &&
	    ascii_upper(a.s[i]) == ascii_upper(b.s[i]))
		i++;
	return i;
}

int
expr_text_compare(struct expr_text a, struct expr_text b)
{
	size_t same = same_ascii(a, b);
	uint32_t x, y;

	a.s += same;
	a.len -= same;
	b.s += same;
	b.len -= same;
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

/* Append the ASCII that a text begins with, in upper case. */
static void
add_ascii(struct str *out, struct expr_text *t)
{
	size_t from = out->len, n = 0;

	while (n < t->len && (unsigned char)t->s[n] < 0x80)
		n++;
	str_add_len(out, t->s, n);
	for (size_t i = from; i < out->len; i++)
		out->s[i] = ascii_upper(out->s[i]);
	t->s += n;
	t->len -= n;
}

/* In upper case; bytes that are not UTF-8 stay, so that a part is found where
 * it stands and nowhere else. */
static void
add_upper(struct str *out, struct expr_text t)
{
	char bytes[4];
	uint32_t c;

	str_reserve(out, t.len);
	for (add_ascii(out, &t); t.len > 0; add_ascii(out, &t)) {
		c = next_char(&t);
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
