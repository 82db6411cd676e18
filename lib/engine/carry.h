/*
 * carry.h - the words of pawl-init's packing, see init_carry.h.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_ENGINE_CARRY_H
#define PAWL_ENGINE_CARRY_H

#define CARRY_PACK "pack"
#define CARRY_UNPACK "unpack"

#define CARRY_ARTIFACT 'a' /* files that links stand for; names relative to
                              what all patterns have in common */
#define CARRY_TREE 't'     /* everything as it is; names are the number of
                              the pattern, from 0, and the path below what
                              stands before its first wildcard */
#define CARRY_HIDDEN 'h'   /* hidden files, too */
#define CARRY_QUIET 'q'    /* nothing is said of what is not there */
#define CARRY_LITERAL 'l'  /* the one pattern is a path */

#define CARRY_MAX_PATTERNS 100

/* The last line of the log when all went well. */
#define CARRY_DONE "::pawl-carried::"

#endif
