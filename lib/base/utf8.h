/*
 * utf8.h - is it UTF-8, and may it be shown?
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_BASE_UTF8_H
#define PAWL_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Length in bytes of the character at `s` (of `len` bytes), 1 to 4; 0 when
 * no valid one starts there: truncated, overlong, surrogate, too large
 * (RFC 3629, section 4). */
size_t
utf8_char_len(const char *s, size_t len);

/* Bytes from the start that are valid UTF-8; `len` when all are. */
size_t
utf8_valid_len(const char *s, size_t len);

/* Where a text of `len` bytes is cut so that at most `max` are left and no
 * character is cut apart; `len` when it is not longer. */
size_t
utf8_cut_len(const char *s, size_t len, size_t max);

/* The character that starts at `s`, where utf8_char_len() gave `n`, 1 to 4. */
uint32_t
utf8_char(const char *s, size_t n);

/* A character below 0x110000 as UTF-8; returns its bytes, 1 to 4. */
size_t
utf8_encode(uint32_t c, char out[4]);

/*
 * The upper case of a character, or itself: the one-to-one mapping of Unicode,
 * the same in every locale. The dotless i and the long s stay what they are,
 * so that they do not become equal to "i" and "s" (as .NET's ordinal
 * comparison without case has it, which GitHub's expressions use).
 */
uint32_t
utf8_upper(uint32_t c);

/* White space of Unicode (property White_Space). */
bool
utf8_space(uint32_t c);

/*
 * May a character be shown on a terminal as it is? Not so: control
 * characters, line separators, invisible ones, and those that turn the
 * direction of text, with which a line can be made to look like another.
 */
bool
utf8_printable(uint32_t c);

#endif
