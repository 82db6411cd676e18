/*
 * pos.h - a place in a text that a user wrote.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_BASE_POS_H
#define PAWL_BASE_POS_H

/* Line and column count from 1; the column counts bytes. Line 0: no place. */
struct pos {
	int line;
	int col;
};

#endif
