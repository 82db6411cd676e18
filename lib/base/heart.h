/*
 * heart.h - is pawl-workerd there, and when did it look last? It says so in
 * the file that it has locked as long as it lives, so that whoever may read
 * the state directory can tell, without the database.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_BASE_HEART_H
#define PAWL_BASE_HEART_H

#include <stdbool.h>
#include <stdint.h>
#include "lib/base/err.h"

/* The file below the state directory. */
#define HEART_FILE "workerd.lock"

/* Write down that this process begins now; `fd` is that of the locked file. */
int
heart_begin(int fd, struct err *err);

/* It has looked after everything. Failing does no harm: one looks late. */
void
heart_beat(int fd);

struct heart {
	bool alive;
	int64_t started_at_ms; /* 0: not known */
	int64_t looked_at_ms;  /* 0: never; by the clock of the file system */
};

/* No file is a heart that does not beat. ERR_IO, ERR_DENIED. */
int
heart_read(const char *state_dir, struct heart *out, struct err *err);

#endif
