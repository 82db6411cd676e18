/*
 * map.h - a map from strings to pointers that remembers the order of
 * insertion. Keys are copied; values are borrowed. Hashed with a seed of the
 * process (SipHash-like keyed hash), so that keys from outside cannot be
 * chosen to collide.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_BASE_MAP_H
#define PAWL_BASE_MAP_H

#include <stddef.h>

struct map_entry {
	char *key;
	void *value;
	unsigned hash;
};

struct map {
	struct map_entry *entries; /* in order of insertion */
	size_t n;
	size_t cap;
	unsigned *slots; /* index + 1 into entries; 0 is free */
	size_t n_slots;
};

#define MAP_INIT { NULL, 0, 0, NULL, 0 }

void
map_init(struct map *m);
void
map_release(struct map *m);

/* The value of a key, or NULL. A stored NULL cannot be told from absence:
 * store something. */
void *
map_get(const struct map *m, const char *key);

/* Set a key; returns the value it had before, or NULL when it is new. */
void *
map_set(struct map *m, const char *key, void *value);

/* Every entry: for (size_t i = 0; i < m.n; i++) use(m.entries[i]); */

#endif
