/*
 * mask.c - fuzz target: any secrets, any text, any cuts.
 *
 * The first bytes are up to four secrets, each behind its length (4 to 19),
 * then how long the pieces are, then the text. What comes out never holds a
 * text that stands for a secret; when the text held none, it is what went in.
 * Stars are not among the secrets, or "***" could be a part of one.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/mask.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/run/mask_automaton.h"

#define MAX_SECRETS 4

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct secret {
	const char *s;
	size_t len;
};

static size_t
take_secrets(struct mask *m, const uint8_t **data, size_t *size,
    struct secret *list)
{
	size_t n = 0, len;

	while (n < MAX_SECRETS && *size > 1) {
		len = MASK_MIN_BYTES + (*data)[0] % 16;
		if (len + 1 > *size || memchr(*data + 1, '*', len) != NULL)
			break;
		list[n].s = (const char *)*data + 1;
		list[n].len = len;
		if (mask_add(m, list[n].s, len) != MASK_ADDED)
			abort();
		n++;
		*data += len + 1;
		*size -= len + 1;
	}
	return n;
}

/* A text as the two automata see it, line ends all left out of the second. */
struct view {
	struct str forms[MASK_N_FORMS];
	bool found;
};

static void
view_make(struct view *v, const char *data, size_t len, bool strip)
{
	memset(v, 0, sizeof(*v));
	for (int form = 0; form < MASK_N_FORMS; form++)
		str_init(&v->forms[form]);
	str_add_len(&v->forms[MASK_AS_IS], data, len);
	for (size_t i = 0; i < len; i++)
		if (!strip || (data[i] != '\n' && data[i] != '\r'))
			str_add_char(&v->forms[MASK_WRAPPED],
			    (char)mask_fold((unsigned char)data[i]));
}

static void
look(void *ctx, enum mask_form form, const char *text, size_t len)
{
	struct view *v = ctx;

	v->found = v->found || memmem(v->forms[form].s, v->forms[form].len,
	    text, len) != NULL;
}

/* Does a text hold anything of the secrets? */
static bool
holds(const char *data, size_t len, bool strip, const struct secret *list,
    size_t n)
{
	struct view v;

	view_make(&v, data, len, strip);
	for (size_t i = 0; i < n; i++)
		mask_variants(list[i].s, list[i].len, look, &v);
	for (int form = 0; form < MASK_N_FORMS; form++)
		str_release(&v.forms[form]);
	return v.found;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct secret list[MAX_SECRETS];
	struct mask *m = mask_new();
	struct mask_stream *s = mask_stream_new(m);
	struct str got = STR_INIT;
	size_t n = take_secrets(m, &data, &size, list), piece = 1;
	const char *text;

	if (size > 0) {
		piece += data[0];
		data++;
		size--;
	}
	text = (const char *)data;
	for (size_t i = 0; i < size; i += piece)
		mask_write(s, text + i, size - i < piece ? size - i : piece,
		    &got);
	mask_flush(s, &got);
	if (holds(got.s, got.len, false, list, n))
		abort();
	if (!holds(text, size, true, list, n) &&
	    (got.len != size || (size > 0 && memcmp(got.s, text, size) != 0)))
		abort();
	mask_stream_free(s);
	mask_free(m);
	str_release(&got);
	return 0;
}
