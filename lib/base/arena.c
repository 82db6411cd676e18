/*
 * arena.c - blocks of memory of one lifetime.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/base/arena.h"

#include <stdarg.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"

#define BLOCK_BYTES 4096

struct arena_block {
	struct arena_block *older;
	size_t size;
	size_t used;
	alignas(max_align_t) char data[];
};

void
arena_init(struct arena *a, size_t limit_bytes)
{
	a->block = NULL;
	a->used = 0;
	a->limit = limit_bytes;
}

void
arena_release(struct arena *a)
{
	struct arena_block *older;

	for (struct arena_block *b = a->block; b != NULL; b = older) {
		older = b->older;
		free(b);
	}
	arena_init(a, a->limit);
}

bool
arena_exceeded(const struct arena *a)
{
	return a->limit > 0 && a->used > a->limit;
}

/* Blocks grow with the arena, so that large ones need few. */
static struct arena_block *
add_block(struct arena *a, size_t least)
{
	size_t size = a->used > BLOCK_BYTES ? a->used : BLOCK_BYTES;
	struct arena_block *b;

	if (size > 1024 * 1024)
		size = 1024 * 1024;
	if (size < least)
		size = least;
	b = mem_calloc(1, sizeof(*b) + size);
	b->size = size;
	b->older = a->block;
	a->block = b;
	return b;
}

void *
arena_alloc(struct arena *a, size_t size)
{
	const size_t align = alignof(max_align_t);
	struct arena_block *b = a->block;
	void *p;

	size = (size + align - 1) / align * align;
	if (size == 0)
		size = align;
	if (b == NULL || b->size - b->used < size)
		b = add_block(a, size);
	p = b->data + b->used;
	b->used += size;
	a->used += size;
	return p;
}

char *
arena_strdup(struct arena *a, const char *s)
{
	return s == NULL ? NULL : arena_strndup(a, s, strlen(s));
}

char *
arena_strndup(struct arena *a, const char *s, size_t len)
{
	char *copy = arena_alloc(a, len + 1);

	memcpy(copy, s, len);
	return copy;
}

char *
arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char *text;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (len < 0)
		len = 0;
	text = arena_alloc(a, (size_t)len + 1);
	va_start(ap, fmt);
	vsnprintf(text, (size_t)len + 1, fmt, ap);
	va_end(ap);
	return text;
}

/* The capacity is the power of two at or above n, so it needs no field. */
void *
arena_push(struct arena *a, void *array, size_t *n, size_t size)
{
	char *old, *grown;

	memcpy(&old, array, sizeof(old));
	if ((*n & (*n - 1)) == 0) {
		grown = arena_alloc(a, (*n > 0 ? *n * 2 : 1) * size);
		if (*n > 0)
			memcpy(grown, old, *n * size);
		memcpy(array, &grown, sizeof(grown));
		old = grown;
	}
	return old + (*n)++ * size;
}
