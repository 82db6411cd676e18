/*
 * mask.c - the secrets of a job as one automaton (Aho and Corasick, 1975).
 *
 * A node is a prefix of one or more patterns. `fail` leads to the longest
 * proper suffix of it that is a prefix too, so every byte costs a constant
 * number of steps on average, however many secrets there are. The streams
 * that run over it are in mask_stream.c.
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

/* A base64 text shorter than this turns up by chance. */
#define BASE64_MIN_BYTES 8

static unsigned
node_new(struct mask *m, unsigned depth, unsigned char byte)
{
	struct mask_node *node;

	if (m->n == m->cap) {
		m->cap = m->cap > 0 ? m->cap * 2 : 64;
		m->nodes = mem_realloc(m->nodes, m->cap, sizeof(*m->nodes));
	}
	node = &m->nodes[m->n];
	memset(node, 0, sizeof(*node));
	node->depth = depth;
	node->byte = byte;
	return (unsigned)m->n++;
}

struct mask *
mask_new(void)
{
	struct mask *m = mem_calloc(1, sizeof(*m));

	node_new(m, 0, 0);
	m->generation = 1;
	return m;
}

void
mask_free(struct mask *m)
{
	if (m == NULL)
		return;
	if (m->nodes != NULL)
		sodium_memzero(m->nodes, m->cap * sizeof(*m->nodes));
	free(m->nodes);
	free(m);
}

/* The child of a node for a byte, or 0: the root is nobody's child. */
static unsigned
child(const struct mask *m, unsigned node, unsigned char byte)
{
	unsigned c;

	if (node == 0)
		return m->root[byte];
	c = m->nodes[node].child;
	while (c != 0 && m->nodes[c].byte != byte)
		c = m->nodes[c].sibling;
	return c;
}

unsigned
mask_step(const struct mask *m, unsigned node, unsigned char byte)
{
	unsigned c;

	while ((c = child(m, node, byte)) == 0 && node != 0)
		node = m->nodes[node].fail;
	return c;
}

static void
add_pattern(struct mask *m, const char *bytes, size_t len)
{
	unsigned node = 0, c;

	for (size_t i = 0; i < len; i++, node = c) {
		unsigned char byte = (unsigned char)bytes[i];

		c = child(m, node, byte);
		if (c != 0)
			continue;
		c = node_new(m, (unsigned)i + 1, byte);
		m->nodes[c].sibling = m->nodes[node].child;
		m->nodes[node].child = c;
		if (node == 0)
			m->root[byte] = c;
	}
	m->nodes[node].match = (unsigned)len;
}

/* One node's fail link, when all shallower ones have theirs. A pattern may
 * end here as the suffix of another: the longest one counts. */
static void
link_node(struct mask *m, unsigned parent, unsigned node)
{
	struct mask_node *n = &m->nodes[node];

	n->fail = parent == 0 ? 0 :
	    mask_step(m, m->nodes[parent].fail, n->byte);
	if (n->match != n->depth)
		n->match = m->nodes[n->fail].match;
}

/* Set all fail links, breadth first. */
static void
link_nodes(struct mask *m)
{
	unsigned *queue = mem_calloc(m->n, sizeof(*queue));
	size_t head = 0, tail = 1; /* the root is queue[0] */

	while (head < tail) {
		unsigned node = queue[head++];
		unsigned c = m->nodes[node].child;

		for (; c != 0; c = m->nodes[c].sibling) {
			link_node(m, node, c);
			queue[tail++] = c;
		}
	}
	free(queue);
}

static void
add_lines(struct mask *m, const char *value, size_t len)
{
	const char *end = value + len;

	while (value < end) {
		const char *nl = memchr(value, '\n', (size_t)(end - value));
		const char *from = value, *to = nl != NULL ? nl : end;

		while (from < to && strchr(" \t\r", *from) != NULL)
			from++;
		while (to > from && strchr(" \t\r", to[-1]) != NULL)
			to--;
		if (to - from >= MASK_MIN_BYTES)
			add_pattern(m, from, (size_t)(to - from));
		value = nl != NULL ? nl + 1 : end;
	}
}

/*
 * The base64 text of the value inside a longer one, `shift` bytes after a
 * border of three: without the characters at both ends that neighbours have
 * a part in.
 */
static void
add_base64_at(struct mask *m, const char *value, size_t len, size_t shift,
    int variant)
{
	static const size_t own_start[3] = { 0, 2, 3 };
	static const size_t rest_own[3] = { 0, 1, 2 };
	size_t size = shift + len, text_size, from, to;
	unsigned char *bin = mem_calloc(size, 1);
	char *text;

	memcpy(bin + shift, value, len);
	text_size = sodium_base64_encoded_len(size, variant);
	text = mem_calloc(text_size, 1);
	sodium_bin2base64(text, text_size, bin, size, variant);
	from = own_start[shift];
	to = size / 3 * 4 + rest_own[size % 3];
	if (to >= from + BASE64_MIN_BYTES)
		add_pattern(m, text + from, to - from);
	sodium_memzero(bin, size);
	sodium_memzero(text, text_size);
	free(bin);
	free(text);
}

static void
add_base64(struct mask *m, const char *value, size_t len)
{
	for (size_t shift = 0; shift < 3; shift++) {
		add_base64_at(m, value, len, shift,
		    sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
		add_base64_at(m, value, len, shift,
		    sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	}
}

bool
mask_add(struct mask *m, const char *value, size_t len)
{
	if (len < MASK_MIN_BYTES)
		return false;
	/* Matches that were inherited over fail links are found anew. */
	for (size_t i = 0; i < m->n; i++)
		if (m->nodes[i].match != m->nodes[i].depth)
			m->nodes[i].match = 0;
	add_pattern(m, value, len);
	if (memchr(value, '\n', len) != NULL)
		add_lines(m, value, len);
	add_base64(m, value, len);
	link_nodes(m);
	m->generation++;
	return true;
}
