/*
 * suggest.c - the nearest right spelling.
 *
 * The distance counts letters left out, added, changed, and two neighbours
 * swapped; upper and lower case are the same letter here, so that "Jobs" is
 * near to "jobs".
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/base/diag.h"

#include <string.h>

/* No key of ours is longer; what a stranger writes may be. */
#define MAX_WORD 64

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static unsigned
min3(unsigned a, unsigned b, unsigned c)
{
	unsigned m = a < b ? a : b;

	return m < c ? m : c;
}

/*
 * The distance of two words, or `most` + 1 when it is larger. Only the cells
 * near the diagonal can be within `most`; the others are left out, for there
 * may be a thousand words to compare with.
 */
static unsigned
word_distance(const char *a, size_t n_a, const char *b, size_t n_b,
    unsigned most)
{
	unsigned rows[3][MAX_WORD + 2];
	unsigned *before = rows[0], *last = rows[1], *row = rows[2];

	if (n_a > n_b + most || n_b > n_a + most)
		return most + 1;
	for (size_t j = 0; j <= n_b; j++)
		last[j] = (unsigned)j;
	for (size_t i = 1; i <= n_a; i++) {
		size_t first = i > most ? i - most : 1;
		size_t end = i + most < n_b ? i + most : n_b;

		row[first - 1] = first == 1 ? (unsigned)i : most + 1;
		for (size_t j = first; j <= end; j++) {
			char x = lower(a[i - 1]), y = lower(b[j - 1]);

			row[j] = min3(last[j] + 1, row[j - 1] + 1,
			    last[j - 1] + (x != y));
			if (i > 1 && j > 1 && x == lower(b[j - 2]) &&
			    y == lower(a[i - 2]) && before[j - 2] + 1 < row[j])
				row[j] = before[j - 2] + 1;
		}
		row[end + 1] = most + 1;
		unsigned *spare = before;
		before = last;
		last = row;
		row = spare;
	}
	return last[n_b] <= most ? last[n_b] : most + 1;
}

/* How many slips may be in a word of this length. */
static unsigned
most_slips(size_t len)
{
	if (len < 3)
		return len == 2 ? 1 : 0;
	return len < 6 ? 1 : len < 10 ? 2 : 3;
}

const char *
suggest_word(const char *word, const char *const *words)
{
	size_t len = strlen(word);
	unsigned most = most_slips(len), best = most + 1;
	const char *found = NULL;

	if (len > MAX_WORD)
		return NULL;
	for (; *words != NULL; words++) {
		size_t n = strlen(*words);
		unsigned distance;

		if (n > MAX_WORD)
			continue;
		distance = word_distance(word, len, *words, n, most);
		if (distance < best) {
			best = distance;
			found = *words;
		}
	}
	return found;
}
