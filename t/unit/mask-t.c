/*
 * mask-t.c - secrets never leave, everything else passes unchanged.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/mask.h"

#include <stdint.h>
#include <stdio.h>

#include "t/lib/mask_model.h"
#include "t/lib/tap.h"

/* The output for a text given in pieces of `piece` bytes. */
static void
masked(struct mask *m, const char *data, size_t len, size_t piece,
    struct str *out)
{
	struct mask_stream *s = mask_stream_new(m);

	str_clear(out);
	for (size_t i = 0; i < len; i += piece)
		mask_write(s, data + i, len - i < piece ? len - i : piece,
		    out);
	mask_flush(s, out);
	mask_stream_free(s);
}

/* Cut in pieces of every size, a text comes out as wanted. */
static void
is_masked(struct mask *m, const char *text, const char *want)
{
	struct str out = STR_INIT;
	size_t piece = 1, len = strlen(text);

	masked(m, text, len, piece, &out);
	while (strcmp(out.s, want) == 0 && piece < len)
		masked(m, text, len, ++piece, &out);
	is_str(out.s, want, "\"%.12s\" (%zu bytes) in pieces of up to %zu",
	    text, len, piece);
	str_release(&out);
}

static void
test_values(void)
{
	struct mask *m = mask_new();
	const char *key = "-----BEGIN KEY-----\r\n  c29tZXRoaW5n\n}\n";

	ok(mask_add(m, "abc", 3) == MASK_TOO_SHORT,
	    "three bytes are too short");
	ok(mask_add(m, "", 0) == MASK_TOO_SHORT, "nothing is too short");
	ok(mask_add(m, "hunter22", 8) == MASK_ADDED,
	    "eight bytes are masked");
	ok(mask_check("abc", 3) != NULL && mask_check("hunt", 4) == NULL,
	    "who stores one too short is told why");
	mask_add(m, "tersection", 10);
	mask_add(m, key, strlen(key));
	is_masked(m, "user hunter22, hunter2 and abc",
	    "user ***, hunter2 and abc");
	is_masked(m, "hunter22hunter22", "******");
	is_masked(m, "hunhunter22", "hun***");
	is_masked(m, "intersection", "in***");
	is_masked(m, "x -----BEGIN KEY----- y\n}\n", "x *** y\n}\n");
	is_masked(m, "c29tZXRoaW5n", "***");
	mask_free(m);
}

static void
test_overlap(void)
{
	struct mask *m = mask_new();

	mask_add(m, "abcdef", 6);
	mask_add(m, "defghi", 6);
	mask_add(m, "cdef", 4);
	mask_add(m, "aaaa", 4);
	is_masked(m, "abcdefghi", "***");
	is_masked(m, "abcdeabcdefghij", "abcde***j");
	is_masked(m, "xcdefx", "x***x");
	is_masked(m, "aaaaaaaa", "***");
	is_masked(m, "aaa", "aaa");
	mask_free(m);
}

static void
test_base64(void)
{
	struct mask *m = mask_new();

	mask_add(m, "correct horse?>~", 16);
	/* printf %s 'u:correct horse?>~' | base64, and one byte shifted */
	is_masked(m, "dTpjb3JyZWN0IGhvcnNlPz5+", "dTp***");
	is_masked(m, "dTpjb3JyZWN0IGhvcnNlPz5-", "dTp***");
	mask_free(m);
}

/* A pattern that comes while output is held back. */
static void
test_added_later(void)
{
	struct mask *m = mask_new();
	struct mask_stream *s = mask_stream_new(m);
	struct str out = STR_INIT;

	mask_add(m, "hunter22", 8);
	mask_write(s, "see hunt", 8, &out);
	is_str(out.s, "see ", "what may become a secret is held back");
	mask_add(m, "hunting", 7);
	mask_write(s, "ing hunter", 10, &out);
	mask_add(m, "other one", 9);
	mask_write(s, "22", 2, &out);
	mask_flush(s, &out);
	is_str(out.s, "see *** ***", "a secret added in the middle");
	mask_stream_free(s);
	mask_free(m);
	str_release(&out);
}

/* Messages of ours that were cut within a secret. */
static void
test_cut_message(void)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "no folder \"/a/tokentok...", "no folder \"/a/***..." },
		{ "no folder \"tokentok... (attempt 2)",
		    "no folder \"***... (attempt 2)" },
		{ "cut tok...", "cut tok..." },
		{ "cut tokentoken-1... and...", "cut ***... and..." },
		{ "with dots...in", "***" },
		{ "with dots...i", "***...i" },
		{ "tokentoken-1 tokent", "*** tokent" },
		{ "tokentokentok...", "token***..." },
		{ "...", "..." },
		{ "", "" },
	};
	struct mask *m = mask_new();
	struct str out = STR_INIT;

	mask_add(m, "tokentoken-1", 12);
	mask_add(m, "with dots...in", 14);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		str_clear(&out);
		mask_message(m, cases[i].text, strlen(cases[i].text), &out);
		is_str(out.s, cases[i].want, "a message: %s", cases[i].text);
	}
	mask_free(m);
	str_release(&out);
}

/* Random texts over a small alphabet, against the model. */
static void
test_random(void)
{
	static const struct mask_model_pattern pat[] = {
		{ "abab", 4 }, { "babb", 4 }, { "aabaab", 6 },
		{ "bbbbbbbbbb", 10 }, { "abbab", 5 }, { "a\0ab", 4 },
	};
	struct mask *m = mask_new();
	struct str want = STR_INIT, got = STR_INIT;
	char text[400];
	unsigned seed = 4711;
	int bad = 0;

	for (size_t i = 0; i < ARRAY_LEN(pat); i++)
		mask_add(m, pat[i].s, pat[i].len);
	for (int round = 0; round < 3000; round++) {
		size_t len;

		seed = seed * 1103515245 + 12345;
		len = (seed >> 8) % sizeof(text);
		for (size_t i = 0; i < len; i++) {
			seed = seed * 1103515245 + 12345;
			text[i] = "aabb\0c"[(seed >> 16) %
			    (round % 2 == 0 ? 4 : 6)];
		}
		str_clear(&want);
		mask_model(text, len, pat, ARRAY_LEN(pat), &want);
		masked(m, text, len, (size_t)round % 17 + 1, &got);
		if (want.len != got.len ||
		    memcmp(want.s, got.s, got.len) != 0)
			bad++;
	}
	is_int(bad, 0, "3000 random texts come out as the model says");
	mask_free(m);
	str_release(&want);
	str_release(&got);
}

int
main(void)
{
	test_values();
	test_overlap();
	test_base64();
	test_added_later();
	test_cut_message();
	test_random();
	return tap_done();
}
