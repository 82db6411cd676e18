/*
 * str.h - a string that grows; the one way to build text.
 *
 * `s` is always NUL terminated and never NULL after str_init or STR_INIT, so
 * it can be read at any time; it may hold NUL bytes inside, then `len` says
 * where it ends. The memory leaves only through str_detach().
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_BASE_STR_H
#define PAWL_BASE_STR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct str {
	char *s;
	size_t len; /* bytes before the closing NUL */
	size_t cap; /* bytes owned; 0 while `s` is the shared empty string */
};

extern char str_empty[1];
#define STR_INIT { str_empty, 0, 0 }

void
str_init(struct str *s);

/* Free the content; the string is empty and usable afterwards. */
void
str_release(struct str *s);

/* Set the length to 0 and keep the memory. */
void
str_clear(struct str *s);

/* Make room for `more` bytes beyond len, plus the NUL. */
void
str_reserve(struct str *s, size_t more);

void
str_add(struct str *s, const char *text);
void
str_add_len(struct str *s, const char *data, size_t len);
void
str_add_char(struct str *s, char c);
void
str_addf(struct str *s, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void
str_vaddf(struct str *s, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));

/* Append a text with U+FFFD for each byte that is not UTF-8. */
void
str_add_utf8(struct str *s, const char *text);

/* Cut to `len` bytes; longer than the string is a no-op. */
void
str_cut(struct str *s, size_t len);

/* The content as malloc'ed memory, which the caller frees; leaves `s` empty. */
char *
str_detach(struct str *s);

bool
str_equal(const char *a, const char *b); /* NULL equals only NULL */
bool
str_starts_with(const char *s, const char *prefix);
bool
str_ends_with(const char *s, const char *suffix);

/*
 * Read a whole base-10 number of the given range; nothing may stand before or
 * after it. Returns false, leaving *out alone, when it is not one.
 */
bool
str_to_int64(const char *s, long long min, long long max, long long *out);

#endif
