/*
 * percent.c - see percent.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/base/percent.h"

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* The byte that "%XX" at `s` stands for, or -1. */
static int
encoded_byte(const char *s, size_t len)
{
	int hi, lo;

	if (len < 3)
		return -1;
	hi = hex_digit(s[1]);
	lo = hex_digit(s[2]);
	return hi == -1 || lo == -1 ? -1 : hi * 16 + lo;
}

bool
percent_decode(struct str *out, const char *s, size_t len, unsigned flags)
{
	str_reserve(out, len);
	for (size_t i = 0; i < len; i++) {
		int byte;

		if (s[i] == '+' && (flags & PERCENT_PLUS)) {
			str_add_char(out, ' ');
			continue;
		}
		if (s[i] != '%') {
			str_add_char(out, s[i]);
			continue;
		}
		byte = encoded_byte(s + i, len - i);
		if (byte == 0 || (byte == -1 && !(flags & PERCENT_LENIENT)))
			return false;
		str_add_char(out, byte == -1 ? '%' : (char)byte);
		i += byte == -1 ? 0 : 2;
	}
	return true;
}

static bool
is_unreserved(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
	    c == '~';
}

void
percent_encode(struct str *out, const char *s)
{
	for (; *s != '\0'; s++) {
		if (is_unreserved(*s))
			str_add_char(out, *s);
		else
			str_addf(out, "%%%02X", (unsigned)(unsigned char)*s);
	}
}
