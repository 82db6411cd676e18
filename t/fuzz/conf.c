/*
 * conf.c - fuzz: any bytes as a configuration file.
 *
 * The text goes through a file, as it does in life; the reading of other
 * files, which a configuration may name, is part of it.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/base/conf.h"
#include "lib/base/file.h"
#include "lib/base/str.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[64];
	struct arena a;
	struct config c;
	struct str problems = STR_INIT;
	struct err err = { ERR_NONE, "" };
	int fd = memfd_create("conf", MFD_CLOEXEC);

	if (fd < 0 || file_write_fd(fd, (const char *)data, size, &err) < 0)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	arena_init(&a, 16 << 20);
	if (config_load(path, &a, &c, &problems, &err) < 0 &&
	    err.text[0] == '\0')
		abort();
	str_release(&problems);
	arena_release(&a);
	close(fd);
	return 0;
}
