/*
 * late.h - a library that is loaded when it is first used, because most
 * processes never use it.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_BASE_LATE_H
#define PAWL_BASE_LATE_H

#include <stdbool.h>
#include <stddef.h>

struct late_function {
	const char *name;
	void *place; /* of the pointer to it, which is filled */
};

/* Load `library` and find all of these. What it loads stays loaded. False when
 * it or one of them is not there. */
bool
late_load(const char *library, const struct late_function *functions,
    size_t n);

#endif
