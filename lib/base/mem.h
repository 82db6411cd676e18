/*
 * mem.h - memory that does not fail.
 *
 * Every size that comes from outside is bounded before it gets here, so
 * running out of memory means that the host is in trouble: these functions
 * end the process with a message, in one place, and no caller invents a path
 * for it.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_BASE_MEM_H
#define PAWL_BASE_MEM_H

#include <stddef.h>

/* Zeroed memory for n elements of `size`; checks the product. free() it. */
void *
mem_calloc(size_t n, size_t size);

/* As realloc(); a NULL `p` allocates. free() the result. */
void *
mem_realloc(void *p, size_t n, size_t size);

/* Copies; free() the result. mem_strdup(NULL) is NULL. */
char *
mem_strdup(const char *s);
char *
mem_strndup(const char *s, size_t len);

/* Elements of an array that the compiler can see. */
#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#endif
