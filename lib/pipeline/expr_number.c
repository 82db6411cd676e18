/*
 * expr_number.c - numbers of expressions, from text and to text.
 *
 * As Number() of JavaScript reads and "G15" of .NET writes; both are the same
 * in every locale as long as LC_NUMERIC is left alone.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/expr_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "lib/base/mem.h"

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
