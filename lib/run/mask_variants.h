/*
 * mask_variants.h - the texts that stand for a secret value: itself, and what
 * programs make of it on its way into a log.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RUN_MASK_VARIANTS_H
#define PAWL_RUN_MASK_VARIANTS_H

#include <stddef.h>

enum mask_form {
	MASK_AS_IS,   /* the bytes as they are printed */
	MASK_WRAPPED, /* base64 and hexadecimal, in the alphabet "+/": looked
	                 for also where lines of it end in between */
	MASK_N_FORMS,
};

/* A base64 or hexadecimal text shorter than this turns up by chance. */
#define MASK_WRAPPED_MIN_BYTES 8

/* A wrapped text may go on behind a line end when so much of it stands before
 * it; with less, the line's last letters would wait for the next line far
 * too often. What begins so late in a line is found from its second line on:
 * there are texts for that. */
#define MASK_WRAP_BYTES 4

/* Longer values, which are keys in files, have fewer variants as a whole;
 * each of their lines has its own. */
#define MASK_FULL_BYTES 8192

typedef void mask_variant_fn(void *ctx, enum mask_form form,
    const char *text, size_t len);

/*
 * Tell all texts of a value, some of them more than once; none shorter than
 * MASK_MIN_BYTES. Their sizes together stay below 80 times that of the value.
 */
void
mask_variants(const char *value, size_t len, mask_variant_fn *fn, void *ctx);

#endif
