/*
 * mask_automaton.h - what mask.c builds and mask_stream.c walks; nobody else
 * includes it.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RUN_MASK_AUTOMATON_H
#define PAWL_RUN_MASK_AUTOMATON_H

#include <stddef.h>

/* Indexes into mask.nodes; 0 is the root and, as a link, "none". */
struct mask_node {
	unsigned child;   /* first child */
	unsigned sibling; /* next child of the same parent */
	unsigned fail;    /* longest proper suffix that is a prefix too */
	unsigned depth;   /* bytes from the root */
	unsigned match;   /* longest pattern that ends here; 0: none */
	unsigned char byte;
};

struct mask {
	struct mask_node *nodes;
	size_t n, cap;
	unsigned root[256];  /* the root's children by byte */
	unsigned generation; /* raised when patterns were added */
};

/* The node after one more byte. */
unsigned
mask_step(const struct mask *m, unsigned node, unsigned char byte);

#endif
