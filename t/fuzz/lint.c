/*
 * lint.c - fuzz: any bytes through the reader and all checks; what is printed
 * has to stay within the file.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>

#include "lib/base/str.h"
#include "lib/pipeline/model.h"
#include "t/fuzz/require.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = ARENA_INIT(256 << 20);
	struct str out = STR_INIT;
	int n_lines = count_lines((const char *)data, size);
	struct workflow *w;
	struct diags d;

	diags_init(&d, &a, ".ci.yml", (const char *)data, size);
	w = workflow_read((const char *)data, size, &a, &d);
	if (w == NULL && d.n_errors == 0)
		abort();
	if (w != NULL)
		workflow_lint(w, &a, &d);
	for (size_t i = 0; i < d.n; i++)
		if (d.list[i].pos.line > n_lines || d.list[i].pos.col < 0)
			abort();
	if (arena_exceeded(&a))
		abort();
	diags_print(&d, &out);
	str_release(&out);
	arena_release(&a);
	return 0;
}
