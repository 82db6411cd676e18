/*
 * crc32.h - the checksum of zip archives (ISO 3309).
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_BASE_CRC32_H
#define PAWL_BASE_CRC32_H

#include <stddef.h>
#include <stdint.h>

/* Of more bytes behind those that gave `crc`; 0 of none. */
uint32_t
crc32_add(uint32_t crc, const void *data, size_t len);

#endif
