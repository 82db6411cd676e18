/*
 * mask_automaton.h - what mask.c builds and mask_stream.c walks; nobody else
 * includes it.
 *
 * There are two of the kind, for two views of the same bytes: one has every
 * text as it is; the other has encoded ones, which programs wrap, and its view
 * leaves single line ends out and knows one alphabet of base64.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RUN_MASK_AUTOMATON_H
#define PAWL_RUN_MASK_AUTOMATON_H

#include <stdbool.h>
#include <stddef.h>
#include "lib/run/mask_variants.h"

/* Indexes into mask_trie.nodes; 0 is the root and, as a link, "none". */
struct mask_node {
	unsigned child;   /* first child */
	unsigned sibling; /* next child of the same parent */
	unsigned fail;    /* longest proper suffix that is a prefix too */
	unsigned depth;   /* bytes from the root */
	unsigned match;   /* longest pattern that ends here; 0: none */
	unsigned char byte;
};

struct mask_trie {
	struct mask_node *nodes;
	size_t n, cap;
	unsigned root[256]; /* the root's children by byte */
};

struct mask {
	struct mask_trie tries[MASK_N_FORMS];
	/* The first two bytes of all patterns, as a set: most of a log is
	 * passed over by it. */
	unsigned char pairs[256 * 256 / 8];
	bool stale;          /* the fail links are to be set */
	unsigned generation; /* raised when patterns were added */
};

/* Make the automata ready, after patterns were added. */
void
mask_link(struct mask *m);

/* The node after one more byte. */
unsigned
mask_step(const struct mask_trie *t, unsigned node, unsigned char byte);

static inline bool
mask_may_begin(const struct mask *m, unsigned char a, unsigned char b)
{
	unsigned pair = 256u * a + b;

	return (m->pairs[pair / 8] & 1u << pair % 8) != 0;
}

/* How a byte is seen by the automaton of wrapped texts. */
static inline unsigned char
mask_fold(unsigned char byte)
{
	return byte == '-' ? '+' : byte == '_' ? '/' : byte;
}

#endif
