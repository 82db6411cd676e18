/*
 * utf8.h - is it UTF-8?
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_BASE_UTF8_H
#define PAWL_BASE_UTF8_H

#include <stddef.h>

/* Length in bytes of the character at `s` (of `len` bytes), 1 to 4; 0 when
 * no valid one starts there: truncated, overlong, surrogate, too large
 * (RFC 3629, section 4). */
size_t
utf8_char_len(const char *s, size_t len);

/* Bytes from the start that are valid UTF-8; `len` when all are. */
size_t
utf8_valid_len(const char *s, size_t len);

#endif
