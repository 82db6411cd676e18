/*
 * follow.h - a file that grows, copied to a descriptor as it grows.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CLI_FOLLOW_H
#define PAWL_CLI_FOLLOW_H

#include "lib/base/packed.h"

struct follow {
	int fd;    /* of the file, or -1 */
	int watch; /* of inotify(7), or -1: then waiting is by time alone */
	struct packed *packed; /* it was compressed, and grows no more */
};

#define FOLLOW_INIT { -1, -1, NULL }

/* Open a file and watch it. ERR_NOT_FOUND when it is not there. */
int
follow_open(struct follow *f, const char *path, struct err *err);
void
follow_close(struct follow *f);

/* Copy what has come since the last call to `out`. */
int
follow_copy(struct follow *f, int out, struct err *err);

/* Sleep until the file has grown, or for `timeout_ms`. */
void
follow_wait(struct follow *f, int timeout_ms);

#endif
