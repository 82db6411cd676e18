/*
 * mask.c - the secrets of a job as automata (Aho and Corasick, 1975).
 *
 * A node is a prefix of one or more patterns. `fail` leads to the longest
 * proper suffix of it that is a prefix too, so every byte costs a constant
 * number of steps on average, however many secrets there are. The streams
 * that run over them are in mask_stream.c, the patterns of a value in
 * mask_variants.c.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/mask.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/run/mask_automaton.h"

static unsigned
node_new(struct mask_trie *t, unsigned depth, unsigned char byte)
{
	struct mask_node *node;

	if (t->n == t->cap) {
		t->cap = t->cap > 0 ? t->cap * 2 : 64;
		t->nodes = mem_realloc(t->nodes, t->cap, sizeof(*t->nodes));
	}
	node = &t->nodes[t->n];
	memset(node, 0, sizeof(*node));
	node->depth = depth;
	node->byte = byte;
	return (unsigned)t->n++;
}

struct mask *
mask_new(void)
{
	struct mask *m = mem_calloc(1, sizeof(*m));

	for (int form = 0; form < MASK_N_FORMS; form++)
		node_new(&m->tries[form], 0, 0);
	m->generation = 1;
	return m;
}

void
mask_free(struct mask *m)
{
	if (m == NULL)
		return;
	for (int form = 0; form < MASK_N_FORMS; form++) {
		struct mask_trie *t = &m->tries[form];

		sodium_memzero(t->nodes, t->cap * sizeof(*t->nodes));
		free(t->nodes);
	}
	free(m);
}

/* The child of a node for a byte, or 0: the root is nobody's child. */
static unsigned
child(const struct mask_trie *t, unsigned node, unsigned char byte)
{
	unsigned c;

	if (node == 0)
		return t->root[byte];
	c = t->nodes[node].child;
	while (c != 0 && t->nodes[c].byte != byte)
		c = t->nodes[c].sibling;
	return c;
}

unsigned
mask_step(const struct mask_trie *t, unsigned node, unsigned char byte)
{
	unsigned c;

	while ((c = child(t, node, byte)) == 0 && node != 0)
		node = t->nodes[node].fail;
	return c;
}

static void
add_pattern(void *ctx, enum mask_form form, const char *text, size_t len)
{
	struct mask_trie *t = &((struct mask *)ctx)->tries[form];
	unsigned node = 0, c;

	for (size_t i = 0; i < len; i++, node = c) {
		unsigned char byte = (unsigned char)text[i];

		c = child(t, node, byte);
		if (c != 0)
			continue;
		c = node_new(t, (unsigned)i + 1, byte);
		t->nodes[c].sibling = t->nodes[node].child;
		t->nodes[node].child = c;
		if (node == 0)
			t->root[byte] = c;
	}
	t->nodes[node].match = (unsigned)len;
}

/* One node's fail link, when all shallower ones have theirs. A pattern may
 * end here as the suffix of another: the longest one counts. */
static void
link_node(struct mask_trie *t, unsigned parent, unsigned node)
{
	struct mask_node *n = &t->nodes[node];

	n->fail = parent == 0 ? 0 :
	    mask_step(t, t->nodes[parent].fail, n->byte);
	if (n->match != n->depth)
		n->match = t->nodes[n->fail].match;
}

/* Set all fail links, breadth first. */
static void
link_nodes(struct mask_trie *t)
{
	unsigned *queue = mem_calloc(t->n, sizeof(*queue));
	size_t head = 0, tail = 1; /* the root is queue[0] */

	/* Matches that were inherited over fail links are found anew. */
	for (size_t i = 0; i < t->n; i++)
		if (t->nodes[i].match != t->nodes[i].depth)
			t->nodes[i].match = 0;
	while (head < tail) {
		unsigned node = queue[head++];
		unsigned c = t->nodes[node].child;

		for (; c != 0; c = t->nodes[c].sibling) {
			link_node(t, node, c);
			queue[tail++] = c;
		}
	}
	free(queue);
}

static void
add_pair(struct mask *m, unsigned a, unsigned b)
{
	unsigned pair = 256 * a + b;

	m->pairs[pair / 8] |= (unsigned char)(1u << pair % 8);
}

/* As bytes are before they are folded. */
static void
add_pairs(struct mask *m, enum mask_form form)
{
	const struct mask_trie *t = &m->tries[form];
	bool folded = form == MASK_WRAPPED;

	for (unsigned a = 0; a < 256; a++)
		for (unsigned b = 0; b < 256; b++) {
			unsigned char first = (unsigned char)a;
			unsigned char second = (unsigned char)b;
			unsigned c = child(t, 0, folded ? mask_fold(first) :
			    first);

			if (c != 0 && child(t, c, folded ?
			    mask_fold(second) : second) != 0)
				add_pair(m, a, b);
		}
}

void
mask_link(struct mask *m)
{
	if (!m->stale)
		return;
	for (int form = 0; form < MASK_N_FORMS; form++) {
		link_nodes(&m->tries[form]);
		add_pairs(m, (enum mask_form)form);
	}
	m->stale = false;
}

const char *
mask_check(const char *value, size_t len)
{
	const char *line = value, *newline;

	if (len < MASK_MIN_BYTES)
		return "it has less than 4 bytes, so it is not masked in logs";
	while ((newline = memchr(line, '\n', (size_t)(value + len - line))) !=
	    NULL) {
		if (newline > line && newline - line < MASK_MIN_BYTES)
			break;
		line = newline + 1;
	}
	len -= (size_t)(line - value);
	if (newline == NULL && (line == value || len == 0 ||
	    len >= MASK_MIN_BYTES))
		return NULL;
	return "it has lines of less than 4 bytes, which are not masked when "
	    "they stand alone in a log";
}

bool
mask_is_empty(const struct mask *m)
{
	return m->generation == 0;
}

enum mask_added
mask_add(struct mask *m, const char *value, size_t len)
{
	if (len < MASK_MIN_BYTES)
		return MASK_TOO_SHORT;
	if (m->tries[MASK_AS_IS].n + m->tries[MASK_WRAPPED].n >
	    MASK_MAX_NODES || len > MASK_MAX_BYTES)
		return MASK_FULL;
	mask_variants(value, len, add_pattern, m);
	m->stale = true;
	m->generation++;
	return MASK_ADDED;
}
