/*
 * words.h - a text as the words that a shell would make of it.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_ENGINE_WORDS_H
#define PAWL_ENGINE_WORDS_H

#include "lib/base/arena.h"
#include "lib/base/err.h"

#define WORDS_MAX 1000

/*
 * Split at spaces and newlines; quotes and backslashes are those of sh, and
 * nothing is expanded: "$HOME", "*" and ";" stand for themselves. The list ends
 * in NULL and lives in `a`. ERR_INVALID when a quote is not closed,
 * ERR_TOO_LARGE above WORDS_MAX words.
 */
int
words_split(const char *text, struct arena *a, const char *const **out,
    size_t *n, struct err *err);

#endif
