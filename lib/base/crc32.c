/*
 * crc32.c - the checksum of zip archives: four bytes at a time, by tables that
 * are made at the first use.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/base/crc32.h"

#include <stdbool.h>

#define POLYNOMIAL 0xedb88320u
#define SLICES 4

static uint32_t table[SLICES][256];

static void
make_table(void)
{
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t c = i;

		for (int bit = 0; bit < 8; bit++)
			c = (c & 1) != 0 ? c >> 1 ^ POLYNOMIAL : c >> 1;
		table[0][i] = c;
	}
	for (int k = 1; k < SLICES; k++)
		for (int i = 0; i < 256; i++)
			table[k][i] = table[k - 1][i] >> 8 ^
			    table[0][table[k - 1][i] & 255];
}

uint32_t
crc32_add(uint32_t crc, const void *data, size_t len)
{
	const unsigned char *p = data;

	if (table[0][1] == 0)
		make_table();
	crc = ~crc;
	for (; len >= SLICES; p += SLICES, len -= SLICES) {
		crc ^= p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
		    (uint32_t)p[3] << 24;
		crc = table[3][crc & 255] ^ table[2][crc >> 8 & 255] ^
		    table[1][crc >> 16 & 255] ^ table[0][crc >> 24];
	}
	while (len-- > 0)
		crc = crc >> 8 ^ table[0][(crc ^ *p++) & 255];
	return ~crc;
}
