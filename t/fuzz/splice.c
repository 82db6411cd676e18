/*
 * splice.c - fuzz target: any script with a value from outside in it.
 *
 * The first byte says where the value stands. It has bytes that mean
 * something to a shell, so of it nothing but expansions may be in the script,
 * unless it stands in lines that expand nothing.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/splice.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define VALUE "$(id) `id` '\";"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };
	struct splice out;
	size_t at;

	if (size < 2)
		return 0;
	at = data[0] * (size - 1) / 255;
	const struct splice_piece pieces[] = {
		{ (const char *)data + 1, at, false, NULL },
		{ VALUE, strlen(VALUE), true, "github.head_ref" },
		{ (const char *)data + 1 + at, size - 1 - at, false, NULL },
		{ VALUE "2", strlen(VALUE "2"), true, "github.ref_name" },
	};

	if (splice_script(pieces, 4, "bash", &a, &out, &err) == 0 &&
	    strstr(out.script, VALUE) != NULL &&
	    memmem(data + 1, size - 1, VALUE, strlen(VALUE)) == NULL &&
	    memmem(data + 1, size - 1, "<<", 2) == NULL)
		abort();
	arena_release(&a);
	return 0;
}
