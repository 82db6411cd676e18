/*
 * yaml.c - fuzz: any bytes into a tree, then the tree and its problems are
 * walked, so that a place outside of the text or a hole is seen.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/str.h"
#include "lib/base/yaml.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_place(const struct yaml *node, size_t size)
{
	if (node->pos.line < 1 || node->pos.col < 1 || node->width < 1 ||
	    (size_t)node->pos.col > size + 1 || (size_t)node->width > size + 1)
		abort();
}

static void
walk(const struct yaml *node, int depth, size_t size)
{
	if (depth > YAML_MAX_DEPTH)
		abort();
	check_place(node, size);
	for (size_t i = 0; i < node->n_items; i++)
		walk(node->items[i], depth + 1, size);
	for (size_t i = 0; i < node->n_pairs; i++) {
		if (node->pairs[i].key->type >= YAML_LIST)
			abort();
		walk(node->pairs[i].key, depth + 1, size);
		walk(node->pairs[i].value, depth + 1, size);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a;
	struct diags d;
	struct str out = STR_INIT;
	const struct yaml *root;

	arena_init(&a, 16 << 20);
	diags_init(&d, &a, "x.yml", (const char *)data, size);
	root = yaml_read((const char *)data, size, &a, &d);
	if (root == NULL && d.n_errors == 0)
		abort();
	if (root != NULL)
		walk(root, 1, size);
	diags_sort(&d);
	diags_print(&d, &out);
	str_release(&out);
	arena_release(&a);
	return 0;
}
