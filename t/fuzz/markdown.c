/*
 * markdown.c - fuzz target: any text becomes HTML of which every tag is one of
 * ours, and closed.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/web/markdown.h"

#include <stdint.h>

#include "t/lib/html_check.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str out = STR_INIT;
	struct err err = { 0 };

	if (markdown_html((const char *)data, size, 1 << 20, &out, &err) == 0 &&
	    !html_is_ours(out.s, out.len))
		abort();
	str_release(&out);
	return 0;
}
