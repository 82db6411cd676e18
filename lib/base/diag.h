/*
 * diag.h - problems in text that a user wrote: collected, sorted by place,
 * printed for people and editors in one form.
 *
 *	.ci.yml:14:5: error: unknown key "need" in job "test"
 *	   14 |     need: build
 *	      |     ^~~~  did you mean "needs"?
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_BASE_DIAG_H
#define PAWL_BASE_DIAG_H

#include <stdbool.h>
#include <stddef.h>
#include "lib/base/arena.h"
#include "lib/base/pos.h"
#include "lib/base/str.h"

enum diag_level { DIAG_ERROR, DIAG_WARNING };

struct diag {
	enum diag_level level;
	struct pos pos;
	struct pos value; /* start of the value that holds the place, when it
	                     is another; else line 0 */
	int width;        /* bytes to underline, at least 1 */
	const char *rule; /* short name of the check, such as "unknown-key" */
	const char *text; /* what is wrong, one line */
	const char *hint; /* what to do, or NULL */
};

/* All problems of one file. The lists and texts live in `arena`. */
struct diags {
	const char *file;   /* as the user knows it, such as ".ci.yml" */
	const char *source; /* its text, for quoting; may be NULL */
	size_t source_len;
	struct arena *arena;
	struct diag *list;
	size_t n;
	size_t n_errors;
	struct diag *last; /* added last; NULL: it was dropped */
	bool truncated; /* more than DIAG_MAX were found; the rest is dropped */
};

#define DIAG_MAX 200

/* Strings and arena are borrowed for the life of `d`. */
void
diags_init(struct diags *d, struct arena *arena, const char *file,
    const char *source, size_t source_len);

/* Add one problem; the text is formatted into the arena. `hint` may be NULL
 * and is copied. Always returns -1, for `return diag_error(...)`. */
int
diag_error(struct diags *d, struct pos pos, int width, const char *rule,
    const char *hint, const char *fmt, ...)
    __attribute__((format(printf, 6, 7)));
int
diag_warning(struct diags *d, struct pos pos, int width, const char *rule,
    const char *hint, const char *fmt, ...)
    __attribute__((format(printf, 6, 7)));

/* Say where the value starts in which the problem lies that was added last:
 * some tools know whole values only. */
void
diag_value(struct diags *d, struct pos value);

/* Sort by place; equal places keep their order. Doubles are removed. */
void
diags_sort(struct diags *d);

/* "FILE:LINE:COL: TEXT" of the first error, in the arena; NULL: there is
 * none. */
const char *
diags_first_error(const struct diags *d);

/* Print one, with its line and underline, ending in a newline; or all. Bytes
 * of the source that are not printable are shown as "?" , tabs as one blank,
 * long lines are cut around the place. */
void
diag_print(const struct diags *d, const struct diag *one, struct str *out);
void
diags_print(const struct diags *d, struct str *out);

/* The word of `words` (ends in NULL) nearest to `word`, when it is near
 * enough to be a typing mistake; else NULL. */
const char *
suggest_word(const char *word, const char *const *words);

#endif
