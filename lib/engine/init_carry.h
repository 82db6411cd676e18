/*
 * init_carry.h - pawl-init as a step's program: it packs files of the
 * container into an archive, and unpacks one.
 *
 * Artifacts and caches are files as a job sees them: below its home, behind
 * its links, on volumes of its image. So they are read and written where the
 * job is, with its rights, and no link of a job's can lead anywhere else. The
 * archive is descriptor 1 in both directions; words for the log go to 2.
 *
 *	init pack HOW HOME PATTERN...
 *	init unpack HOW HOME PATTERN...
 *
 * HOW is CARRY_ARTIFACT, CARRY_HIDDEN or CARRY_TREE, with CARRY_QUIET behind
 * it when nothing is to be said of patterns that match nothing.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_ENGINE_INIT_CARRY_H
#define PAWL_ENGINE_INIT_CARRY_H

#include <stdbool.h>
#include <stddef.h>
#include "lib/base/glob.h"
#include "lib/engine/carry.h"

struct carry_pattern {
	char text[GLOB_MAX_BYTES + 1]; /* absolute, without "." and ".." */
	char root[GLOB_MAX_BYTES + 1]; /* its folders before the first
	                                  wildcard; "/" is "" */
	const char *written;
	bool exclude, matched;
};

struct carry {
	bool tree;   /* everything as it is, links too, by pattern */
	bool hidden; /* names with a dot in front, too */
	bool quiet;
	bool literal; /* the only pattern is a path */
	const char *home;
	struct carry_pattern patterns[CARRY_MAX_PATTERNS];
	size_t n;
	char common[GLOB_MAX_BYTES + 1]; /* what names are relative to,
	                                    unless `tree` */
};

/* The program; does not return to init. */
int
init_carry(int argc, char **argv);

/* init_roots.c: read patterns; false when one cannot be, which is said. */
bool
init_roots_read(struct carry *c, char **patterns);

/* Is `path` the folder `root` or below it? The rest then is *rest, without
 * "/" in front. */
bool
init_below(const char *root, const char *path, const char **rest);

/* init_pack.c, init_unpack.c: exit codes. */
int
init_pack(struct carry *c);
int
init_unpack(struct carry *c);

/* A line for the log; `command` is "", "::warning::" or "::error::". */
void
init_carry_say(const char *command, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
