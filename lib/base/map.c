/*
 * map.c - strings to pointers, in order of insertion: an array of entries
 * and an open-addressed index of positions in it.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/base/map.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"

/* libsodium's SipHash-2-4 with a key of this process: a stranger who knows
 * neither cannot choose keys that collide. */
static unsigned
hash_key(const char *key)
{
	static unsigned char seed[crypto_shorthash_KEYBYTES];
	static int seeded;
	unsigned char out[crypto_shorthash_BYTES];
	unsigned hash;

	if (!seeded) {
		crypto_shorthash_keygen(seed);
		seeded = 1;
	}
	crypto_shorthash(out, (const unsigned char *)key, strlen(key), seed);
	memcpy(&hash, out, sizeof(hash));
	return hash;
}

void
map_init(struct map *m)
{
	memset(m, 0, sizeof(*m));
}

void
map_release(struct map *m)
{
	for (size_t i = 0; i < m->n; i++)
		free(m->entries[i].key);
	free(m->entries);
	free(m->slots);
	map_init(m);
}

/* The slot that holds the key, or the free one where it belongs. n_slots is
 * a power of two, and at most half of the slots are taken. */
static unsigned *
find_slot(const struct map *m, const char *key, unsigned hash)
{
	size_t at = hash & (m->n_slots - 1);
	const struct map_entry *e;

	while (m->slots[at] != 0) {
		e = &m->entries[m->slots[at] - 1];
		if (e->hash == hash && strcmp(e->key, key) == 0)
			break;
		at = (at + 1) & (m->n_slots - 1);
	}
	return &m->slots[at];
}

void *
map_get(const struct map *m, const char *key)
{
	unsigned slot;

	if (m->n == 0)
		return NULL;
	slot = *find_slot(m, key, hash_key(key));
	return slot == 0 ? NULL : m->entries[slot - 1].value;
}

static void
grow(struct map *m)
{
	m->cap = m->cap > 0 ? m->cap * 2 : 8;
	m->entries = mem_realloc(m->entries, m->cap, sizeof(*m->entries));
	free(m->slots);
	m->n_slots = m->cap * 2;
	m->slots = mem_calloc(m->n_slots, sizeof(*m->slots));
	for (size_t i = 0; i < m->n; i++)
		*find_slot(m, m->entries[i].key, m->entries[i].hash) =
		    (unsigned)i + 1;
}

void *
map_set(struct map *m, const char *key, void *value)
{
	unsigned hash = hash_key(key), *slot;
	void *before;

	if (m->n == m->cap)
		grow(m);
	slot = find_slot(m, key, hash);
	if (*slot != 0) {
		before = m->entries[*slot - 1].value;
		m->entries[*slot - 1].value = value;
		return before;
	}
	m->entries[m->n].key = mem_strdup(key);
	m->entries[m->n].value = value;
	m->entries[m->n].hash = hash;
	*slot = (unsigned)++m->n;
	return NULL;
}
