/*
 * mask_model.h - what a mask must do, in the plainest way: mark every byte
 * of every occurrence, then print. Shared by the unit test and the fuzzer.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_T_MASK_MODEL_H
#define PAWL_T_MASK_MODEL_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "lib/base/mem.h"
#include "lib/base/str.h"

struct mask_model_pattern {
	const char *s;
	size_t len;
};

/* Occurrences that overlap become one "***"; those that only touch, two. */
static inline void
mask_model(const char *data, size_t len, const struct mask_model_pattern *pat,
    size_t n, struct str *out)
{
	unsigned char *inside = mem_calloc(len + 1, 1);
	unsigned char *joined = mem_calloc(len + 1, 1);

	for (size_t k = 0; k < n; k++)
		for (size_t i = 0; i + pat[k].len <= len; i++) {
			if (memcmp(data + i, pat[k].s, pat[k].len) != 0)
				continue;
			memset(inside + i, 1, pat[k].len);
			memset(joined + i + 1, 1, pat[k].len - 1);
		}
	for (size_t i = 0; i < len; i++) {
		if (!inside[i])
			str_add_char(out, data[i]);
		else if (!joined[i])
			str_add(out, "***");
	}
	free(inside);
	free(joined);
}

#endif
